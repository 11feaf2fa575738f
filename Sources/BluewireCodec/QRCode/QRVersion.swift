//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// One size of a QR code at error correction level M.
struct QRVersion: Hashable, Sendable {
    /// Its number.
    let number: Int
    /// How many codewords for correction each block has.
    let correction: Int
    /// How many data codewords each block has; the short blocks come first.
    let blocks: [Int]
    /// Where the centres of alignment patterns lie, in both directions.
    let alignment: [Int]

    private init(_ number: Int, _ correction: Int, _ blocks: [(count: Int, data: Int)], _ alignment: [Int] = []) {
        self.number = number
        self.correction = correction
        self.blocks = blocks.flatMap { Array(repeating: $0.data, count: $0.count) }
        self.alignment = alignment
    }

    /// The versions this encoder knows, smallest first (tables 9 and E.1 of the standard).
    static let all: [QRVersion] = [
        QRVersion(1, 10, [(1, 16)]),
        QRVersion(2, 16, [(1, 28)], [6, 18]),
        QRVersion(3, 26, [(1, 44)], [6, 22]),
        QRVersion(4, 18, [(2, 32)], [6, 26]),
        QRVersion(5, 24, [(2, 43)], [6, 30]),
        QRVersion(6, 16, [(4, 27)], [6, 34]),
        QRVersion(7, 18, [(4, 31)], [6, 22, 38]),
        QRVersion(8, 22, [(2, 38), (2, 39)], [6, 24, 42]),
        QRVersion(9, 22, [(3, 36), (2, 37)], [6, 26, 46]),
        QRVersion(10, 26, [(4, 43), (1, 44)], [6, 28, 50]),
        QRVersion(11, 30, [(1, 50), (4, 51)], [6, 30, 54]),
        QRVersion(12, 22, [(6, 36), (2, 37)], [6, 32, 58]),
        QRVersion(13, 22, [(8, 37), (1, 38)], [6, 34, 62]),
    ]

    /// How many modules a side has.
    var size: Int { 17 + 4 * number }

    /// How many bytes it holds.
    var capacity: Int { blocks.reduce(0, +) - (number < 10 ? 2 : 3) }

    /// The codewords of `bytes`, corrected and interleaved, as they are drawn.
    func codewords(of bytes: [UInt8]) -> [UInt8] {
        let data = padded(bytes)
        var parts: [ArraySlice<UInt8>] = []
        var start = 0
        for length in blocks {
            parts.append(data[start..<start + length])
            start += length
        }
        let code = ReedSolomon(count: correction)
        let remainders = parts.map { code.remainder(of: Array($0)) }
        var words: [UInt8] = []
        for index in 0..<(blocks.last ?? 0) {
            for part in parts where index < part.count { words.append(part[part.startIndex + index]) }
        }
        for index in 0..<correction {
            for remainder in remainders { words.append(remainder[index]) }
        }
        return words
    }

    /// Mode, count and bytes, filled up to the data codewords of the version.
    private func padded(_ bytes: [UInt8]) -> [UInt8] {
        var bits = QRBits()
        bits.append(0b0100, count: 4)
        bits.append(bytes.count, count: number < 10 ? 8 : 16)
        for byte in bytes { bits.append(Int(byte), count: 8) }
        // The terminator fills the last byte.
        var words = bits.bytes
        let total = blocks.reduce(0, +)
        var filler: UInt8 = 0xEC
        while words.count < total {
            words.append(filler)
            filler ^= 0xEC ^ 0x11
        }
        return words
    }
}

/// Bits in the order they are written, the highest first.
private struct QRBits {
    private(set) var bytes: [UInt8] = []
    private var count = 0

    mutating func append(_ value: Int, count width: Int) {
        for shift in (0..<width).reversed() {
            if count % 8 == 0 { bytes.append(0) }
            if value >> shift & 1 == 1 { bytes[count / 8] |= 0x80 >> UInt8(count % 8) }
            count += 1
        }
    }
}
