//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// The correction codewords of QR codes: remainders of polynomials over GF(256) with the modulus 0x11D.
struct ReedSolomon: Hashable, Sendable {
    /// The coefficients of the generator after the leading one, the highest power first.
    private let generator: [UInt8]

    /// A code with `count` codewords for correction.
    init(count: Int) {
        var generator = [UInt8](repeating: 0, count: count)
        generator[count - 1] = 1
        var root: UInt8 = 1
        for _ in 0..<count {
            for index in generator.indices {
                generator[index] = Self.product(generator[index], root)
                if index + 1 < count { generator[index] ^= generator[index + 1] }
            }
            root = Self.product(root, 2)
        }
        self.generator = generator
    }

    /// The codewords that follow `data`.
    func remainder(of data: [UInt8]) -> [UInt8] {
        var remainder = [UInt8](repeating: 0, count: generator.count)
        for byte in data {
            let factor = byte ^ remainder.removeFirst()
            remainder.append(0)
            for index in remainder.indices { remainder[index] ^= Self.product(generator[index], factor) }
        }
        return remainder
    }

    /// The product of two elements.
    private static func product(_ left: UInt8, _ right: UInt8) -> UInt8 {
        var result: UInt8 = 0
        for shift in (0..<8).reversed() {
            let overflows = result & 0x80 != 0
            result <<= 1
            if overflows { result ^= 0x1D }
            if right >> UInt8(shift) & 1 == 1 { result ^= left }
        }
        return result
    }
}
