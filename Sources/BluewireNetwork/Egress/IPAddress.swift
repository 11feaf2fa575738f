//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// An IP address as bits, parsed from canonical text only.
///
/// Octal, hexadecimal, decimal and shortened IPv4 spellings are not addresses here: the system's resolver would take
/// them, which is how filters that look at text are deceived.
package enum IPAddress: Hashable, Sendable {
    /// An IPv4 address.
    case v4(UInt32)
    /// An IPv6 address: its upper and lower half.
    case v6(UInt64, UInt64)

    /// Reads a canonical dotted quad or an IPv6 address without zone; nil for anything else.
    package init?(_ text: String) {
        if text.utf8.contains(UInt8(ascii: ":")) {
            guard let value = Self.parseV6(text) else { return nil }
            self = value
        } else {
            guard let value = Self.parseV4(text) else { return nil }
            self = .v4(value)
        }
    }

    /// The IPv4 addresses hidden in an IPv6 address by a transition mechanism (mapped, compatible, translated, NAT64, 6to4,
    /// Teredo).
    package var embeddedV4: [UInt32] {
        guard case .v6(let high, let low) = self else { return [] }
        var found: [UInt32] = []
        let lowWord = UInt32(truncatingIfNeeded: low)
        if high == 0, low >> 32 == 0xFFFF || (low >> 32 == 0 && low > 1) { found.append(lowWord) }
        if high == 0x0064_FF9B_0000_0000, low >> 32 == 0 { found.append(lowWord) }
        if high == 0, low >> 32 == 0xFFFF_0000 { found.append(lowWord) }
        // A /48 for NAT64 holds the address before its middle byte (RFC 6052); some translators put it at the end.
        if high >> 16 == 0x0064_FF9B_0001 {
            let readings = [lowWord, UInt32(high & 0xFFFF) << 16 | UInt32(low >> 40 & 0xFFFF)]
            found += readings.contains { $0 != 0 } ? readings.filter { $0 != 0 } : [0]
        }
        if high >> 48 == 0x2002 { found.append(UInt32(truncatingIfNeeded: high >> 16)) }
        if high >> 32 == 0x2001_0000 { found.append(~lowWord) }
        return found
    }

    /// Whether it is an IPv4 address written as IPv6 (`::ffff:…`).
    package var isMappedV4: Bool {
        guard case .v6(let high, let low) = self else { return false }
        return high == 0 && low >> 32 == 0xFFFF
    }

    private static func parseV4(_ text: String) -> UInt32? {
        let pieces = text.split(separator: ".", omittingEmptySubsequences: false)
        guard pieces.count == 4 else { return nil }
        var value: UInt32 = 0
        for piece in pieces {
            guard
                (1...3).contains(piece.utf8.count), piece.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
                piece.utf8.count == 1 || piece.utf8.first != 0x30, let byte = UInt8(piece)
            else { return nil }
            value = value << 8 | UInt32(byte)
        }
        return value
    }

    private static func parseV6(_ text: String) -> IPAddress? {
        var tail: [UInt16] = []
        var body = text[...]
        if text.utf8.contains(UInt8(ascii: ".")) {
            guard let colon = text.lastIndex(of: ":"), let quad = parseV4(String(text[text.index(after: colon)...]))
            else { return nil }
            tail = [UInt16(quad >> 16), UInt16(truncatingIfNeeded: quad)]
            body = text[...colon]
            // "::1.2.3.4" keeps both colons; "1:…:6:1.2.3.4" loses the separating one.
            if !body.hasSuffix("::") { body = body.dropLast() }
        }
        let halves = body.split(separator: "::", maxSplits: 2, omittingEmptySubsequences: false)
        guard halves.count <= 2, let front = groups(halves[0]) else { return nil }
        if halves.count == 1 {
            let all = front + tail
            return all.count == 8 ? make(all) : nil
        }
        guard let back = groups(halves[1]), front.count + back.count + tail.count <= 7 else { return nil }
        let zeros = [UInt16](repeating: 0, count: 8 - front.count - back.count - tail.count)
        return make(front + zeros + back + tail)
    }

    private static func groups(_ text: Substring) -> [UInt16]? {
        guard !text.isEmpty else { return [] }
        var values: [UInt16] = []
        for piece in text.split(separator: ":", omittingEmptySubsequences: false) {
            guard (1...4).contains(piece.utf8.count), piece.allSatisfy(\.isHexDigit),
                let value = UInt16(piece, radix: 16)
            else { return nil }
            values.append(value)
        }
        return values
    }

    private static func make(_ groups: [UInt16]) -> IPAddress {
        let half = { (slice: ArraySlice<UInt16>) in slice.reduce(UInt64(0)) { $0 << 16 | UInt64($1) } }
        return .v6(half(groups[0..<4]), half(groups[4..<8]))
    }
}

extension IPAddress: CustomStringConvertible {
    package var description: String {
        switch self {
        case .v4(let value):
            return [24, 16, 8, 0].map { String(value >> UInt32($0) & 0xFF) }.joined(separator: ".")
        case .v6(let high, let low):
            let words = [high, low].flatMap { half in [48, 32, 16, 0].map { half >> UInt64($0) & 0xFFFF } }
            return words.map { String($0, radix: 16) }.joined(separator: ":")
        }
    }
}
