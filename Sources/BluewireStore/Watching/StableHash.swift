//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// A hash that is the same in every process and on every machine (64-bit FNV-1a), unlike `Hasher`.
struct StableHash {
    private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

    mutating func add(_ byte: UInt8) {
        value = (value ^ UInt64(byte)) &* 0x0000_0100_0000_01b3
    }

    mutating func add(_ number: Int64) {
        var rest = UInt64(bitPattern: number)
        for _ in 0..<8 {
            add(UInt8(truncatingIfNeeded: rest))
            rest >>= 8
        }
    }

    /// Adds a text; nil and "" differ.
    mutating func add(_ text: String?) {
        guard let text else { return add(UInt8(0xff)) }
        for byte in text.utf8 { add(byte) }
        add(UInt8(0))
    }

    /// Both halves folded into 32 bits.
    var folded: UInt32 { UInt32(truncatingIfNeeded: value ^ (value >> 32)) }

    /// The hash of one text.
    static func of(_ text: String) -> UInt64 {
        var hash = StableHash()
        hash.add(text)
        return hash.value
    }
}
