//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// A closed Swift type over an open set of values: what Apple or a peer adds later stays representable.
public protocol OpenValue: RawRepresentable, Hashable, Sendable, Codable where RawValue: Codable & Hashable & Sendable {
    /// Wraps any raw value, known or not.
    init(rawValue: RawValue)
}

extension OpenValue {
    public init(from decoder: any Decoder) throws {
        self.init(rawValue: try decoder.singleValueContainer().decode(RawValue.self))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }
}

extension OpenValue where RawValue == String {
    /// The raw value.
    public var description: String { rawValue }
}
