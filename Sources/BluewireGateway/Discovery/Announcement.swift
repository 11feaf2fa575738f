//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// What the local network is told about the gateway; pure.
///
/// Everybody in the network can read it, so it holds no token, no name and no number.
struct Announcement: Hashable, Sendable {
    /// The port.
    var port: Int
    /// Whether it speaks TLS.
    var isTLS: Bool
    /// The pin of its key.
    var pin: String?

    /// The type clients look for.
    static let type = "_bluewire._tcp"
    /// The name people see in lists; responders number it where there are several.
    static let name = "Bluewire"
    /// How much of the pin is shown: enough to tell gateways apart, too little to be checked instead of the whole.
    static let pinLength = 16

    /// The members of the TXT record.
    var record: [String] {
        ["v=1", "path=/v1", "tls=\(isTLS ? 1 : 0)"] + (pin.map { ["pin=\($0.prefix(Self.pinLength))"] } ?? [])
    }

    /// What a responder's program is told.
    func arguments(for responder: Responder) -> [String] {
        switch responder {
        case .dnsSD: ["-R", Self.name, Self.type, "local", "\(port)"] + record
        case .avahi: ["-s", Self.name, Self.type, "\(port)"] + record
        }
    }
}
