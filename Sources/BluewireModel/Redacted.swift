//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// Stands for a personal value in logs: prints its length, never its content.
public struct Redacted: CustomStringConvertible, Sendable {
    private let count: Int

    /// Hides `value`.
    public init(_ value: String) { count = value.utf8.count }

    /// Hides the address of `handle`.
    public init(_ handle: Handle) { self.init(handle.address) }

    public var description: String { "<redacted \(count) bytes>" }
}
