//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// A permission to reach something the policy refuses otherwise: one host, or one block of addresses.
package struct EgressGrant: Hashable, Sendable, CustomStringConvertible {
    private enum Scope: Hashable {
        case host(String)
        case subdomains(of: String)
        case network(IPNetwork)
    }

    private let scope: Scope
    private let port: Int?
    package let description: String

    /// Reads one entry of the `egress` settings: `host`, `host:port`, `*.domain`, an address, `address:port`,
    /// `[v6]:port` or a block in CIDR notation.
    ///
    /// `*.domain` does not match the domain itself.
    ///
    /// - Returns: nil when `text` is none of these.
    package init?(_ text: String) {
        description = text
        if let network = IPNetwork(text) {
            scope = .network(network)
            port = nil
            return
        }
        var name = text.lowercased()
        if name.hasPrefix("["), let end = name.lastIndex(of: "]") {
            let rest = name[name.index(after: end)...]
            guard let network = IPNetwork(String(name[name.index(after: name.startIndex)..<end])) else { return nil }
            scope = .network(network)
            if rest.isEmpty {
                port = nil
            } else {
                guard rest.hasPrefix(":"), let number = Self.port(rest.dropFirst()) else { return nil }
                port = number
            }
            return
        }
        var number: Int?
        if let colon = name.lastIndex(of: ":") {
            guard let value = Self.port(name[name.index(after: colon)...]) else { return nil }
            number = value
            name = String(name[..<colon])
        }
        port = number
        if let network = IPNetwork(name) {
            scope = .network(network)
            return
        }
        let bare = name.hasPrefix("*.") ? String(name.dropFirst(2)) : name
        guard EgressDestination.isPlausibleName(bare) else { return nil }
        scope = name.hasPrefix("*.") ? .subdomains(of: bare) : .host(bare)
    }

    /// Whether it covers reaching `address` by that destination.
    func covers(_ destination: EgressDestination, address: IPAddress) -> Bool {
        guard port == nil || port == destination.port else { return false }
        switch scope {
        case .host(let name): return destination.host == name
        case .subdomains(let domain): return destination.host.hasSuffix("." + domain)
        case .network(let network): return network.contains(address)
        }
    }

    private static func port(_ text: Substring) -> Int? {
        guard let value = Int(text), (1...65_535).contains(value) else { return nil }
        return value
    }
}
