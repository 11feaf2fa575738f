//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// Random numbers that depend on the seed only, so that a run can be repeated.
struct SeededGenerator: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// A generator; `stream` tells restarts of one seed apart.
    init(seed: UInt64, stream: UInt64 = 0) {
        state = seed &+ stream &* 0xD1B5_4A32_D192_ED03
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }

    /// An upper-case UUID, as Apple names rows.
    mutating func uuid() -> String {
        var digits: [Character] = []
        for word in [next(), next()] {
            let text = String(word, radix: 16, uppercase: true)
            digits += String(repeating: "0", count: 16 - text.count) + text
        }
        // Version 4, variant 1: what Apple's random UUIDs carry.
        digits[12] = "4"
        digits[16] = ["8", "9", "A", "B"][Int(next() % 4)]
        let cuts = [0..<8, 8..<12, 12..<16, 16..<20, 20..<32]
        return cuts.map { String(digits[$0]) }.joined(separator: "-")
    }

    /// A duration between two bounds in milliseconds.
    mutating func milliseconds(_ range: ClosedRange<Int64>) -> Duration {
        .milliseconds(Int64.random(in: range, using: &self))
    }
}
