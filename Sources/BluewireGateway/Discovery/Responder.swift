//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// The system's own multicast DNS, spoken to through the program that comes with it.
enum Responder: Hashable, Sendable, CaseIterable {
    /// Bonjour of macOS.
    case dnsSD
    /// Avahi.
    case avahi

    /// That of this system.
    static var own: Responder {
        #if os(macOS)
            .dnsSD
        #else
            .avahi
        #endif
    }

    /// Its program.
    var program: String {
        switch self {
        case .dnsSD: "dns-sd"
        case .avahi: "avahi-publish"
        }
    }

    /// What to do where the program is absent or gives up.
    var remedy: String {
        switch self {
        case .dnsSD: "Check that /usr/bin/dns-sd can be run, or set discovery: false."
        case .avahi: "Install avahi-daemon and avahi-utils and start the daemon, or set discovery: false."
        }
    }
}
