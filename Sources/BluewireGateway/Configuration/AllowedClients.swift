//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireNetwork

/// The addresses that may connect, besides this machine's own.
package struct AllowedClients: Hashable, Sendable {
    private let networks: [IPNetwork]

    /// This machine.
    static let loopback = ["127.0.0.0/8", "::1/128"].compactMap { IPNetwork($0) }

    /// Reads addresses and blocks in CIDR notation; nil when one is neither.
    package init?(_ entries: [String]) {
        var networks = Self.loopback
        for entry in entries {
            guard let network = IPNetwork(entry) else { return nil }
            networks.append(network)
        }
        self.networks = networks
    }

    /// Whether a numeric address may connect; an IPv4 address may be written as IPv6, as a listener on `::` sees it.
    package func contains(_ text: String) -> Bool {
        // The interface an address belongs to does not matter here.
        guard let address = IPAddress(String(text.prefix { $0 != "%" })) else { return false }
        let faces = [address] + (address.isMappedV4 ? address.embeddedV4.map { .v4($0) } : [])
        return faces.contains { face in networks.contains { $0.contains(face) } }
    }
}
