//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import Foundation

/// A small deterministic generator (SplitMix64), so that failures can be repeated.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}

/// Damages bytes the way disks, syncs and attackers do.
enum Mutations {
    /// How many per blob: `BLUEWIRE_MUTATIONS`, or enough for every run.
    static let count = ProcessInfo.processInfo.environment["BLUEWIRE_MUTATIONS"].flatMap { Int($0) } ?? 2000

    static func mutate(_ bytes: [UInt8], using random: inout SeededGenerator) -> [UInt8] {
        var bytes = bytes
        guard !bytes.isEmpty else { return bytes }
        for _ in 0...Int.random(in: 0...2, using: &random) {
            let position = Int.random(in: 0..<bytes.count, using: &random)
            switch Int.random(in: 0..<5, using: &random) {
            case 0: bytes[position] = UInt8.random(in: 0...255, using: &random)
            case 1: bytes[position] = UInt8.random(in: 0x80...0x92, using: &random)
            case 2: bytes[position] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            case 3:
                bytes.remove(at: position)
                if bytes.isEmpty { return [0] }
            default: bytes.insert(UInt8.random(in: 0...255, using: &random), at: position)
            }
        }
        return bytes
    }
}
