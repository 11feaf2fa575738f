//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// What carried a message.
///
/// Values Apple adds later stay representable.
public struct Channel: OpenValue, CustomStringConvertible {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }

    /// Apple's own service.
    public static let iMessage = Channel(rawValue: "iMessage")
    /// Text messages, MMS included, relayed by a phone.
    public static let sms = Channel(rawValue: "SMS")
    /// Rich Communication Services.
    public static let rcs = Channel(rawValue: "RCS")
    /// iMessage over satellite.
    public static let satellite = Channel(rawValue: "iMessageLite")
    /// Apple Messages for Business.
    public static let business = Channel(rawValue: "Business")
    /// Not known: an empty service or macOS 26's `any`.
    public static let unknown = Channel(rawValue: "")

    /// Reads a `service` column: `rcs` and `any` are normalised, everything else is kept.
    public init(service: String?) {
        switch service ?? "" {
        case "rcs": self = .rcs
        case "any", "": self = .unknown
        case let other: self.init(rawValue: other)
        }
    }
}
