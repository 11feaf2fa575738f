//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Where a caller sits, as far as limits are concerned.
struct ClientAddress: Hashable, Sendable {
    /// What limits are counted under: the IPv4 address, or the /64 network of an IPv6 address, which one caller owns.
    let key: String
    /// Whether it is this machine itself.
    let isLoopback: Bool

    /// Reads a numeric address; what is none is counted under its text.
    init(_ text: String) {
        let bytes = Self.bytes(of: text)
        switch bytes.count {
        case 16 where bytes.prefix(12).elementsEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]):
            key = bytes.suffix(4).map(String.init).joined(separator: ".")
            isLoopback = bytes[12] == 127
        case 16:
            key = bytes.prefix(8).map { String($0, radix: 16) }.joined(separator: ":")
            isLoopback = bytes.dropLast().allSatisfy { $0 == 0 } && bytes[15] == 1
        default:
            key = text
            isLoopback = bytes.first == 127
        }
    }

    /// The bytes of a numeric address in network order; none when it is none.
    static func bytes(of text: String) -> [UInt8] {
        var short = in_addr()
        if inet_pton(AF_INET, text, &short) == 1 { return withUnsafeBytes(of: short) { Array($0) } }
        var long = in6_addr()
        if inet_pton(AF_INET6, text, &long) == 1 { return withUnsafeBytes(of: long) { Array($0) } }
        return []
    }
}
