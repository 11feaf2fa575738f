//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// A block of addresses in CIDR notation.
package struct IPNetwork: Hashable, Sendable {
    private let base: IPAddress
    private let length: Int

    /// Reads `10.0.0.0/8`, `fc00::/7` or a bare address; nil for anything else.
    package init?(_ text: String) {
        let pieces = text.split(separator: "/", omittingEmptySubsequences: false)
        guard pieces.count <= 2, let address = IPAddress(String(pieces[0])) else { return nil }
        let width = if case .v4 = address { 32 } else { 128 }
        base = address
        guard pieces.count == 2 else {
            length = width
            return
        }
        guard let bits = Int(pieces[1]), (0...width).contains(bits) else { return nil }
        length = bits
    }

    /// Whether `address` lies in the block.
    package func contains(_ address: IPAddress) -> Bool {
        switch (base, address) {
        case (.v4(let mine), .v4(let other)):
            return length == 0 || (mine ^ other) >> UInt32(32 - length) == 0
        case (.v6(let high, let low), .v6(let otherHigh, let otherLow)):
            if length == 0 { return true }
            if length <= 64 { return (high ^ otherHigh) >> UInt64(64 - length) == 0 }
            return high == otherHigh && (low ^ otherLow) >> UInt64(128 - length) == 0
        default:
            return false
        }
    }
}

extension IPNetwork {
    /// Blocks that no permission opens: cloud metadata, link-local, unspecified, multicast, reserved.
    static let neverReachable: [IPNetwork] = [
        "0.0.0.0/8", "169.254.0.0/16", "192.0.0.0/24", "192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24",
        "224.0.0.0/4", "240.0.0.0/4", "::/128", "fe80::/10", "ff00::/8", "2001:db8::/32", "100::/64",
        "192.88.99.0/24", "3fff::/20",
        // Metadata services outside the link-local block: Amazon, Google, Alibaba, Azure.
        "fd00:ec2::254/128", "fd20:ce::254/128", "100.100.100.200/32", "168.63.129.16/32",
    ].compactMap { IPNetwork($0) }

    /// Blocks that need a permission: private networks, this machine, carrier-grade NAT (and Tailscale), benchmarking.
    static let local: [IPNetwork] = [
        "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8", "100.64.0.0/10", "198.18.0.0/15",
        "fc00::/7", "fec0::/10", "::1/128",
    ].compactMap { IPNetwork($0) }
}
