//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// Unpacks the `.xz` streams Apple keeps handwriting in: one LZMA2 filter, no other.
///
/// Sizes are checked, the checksum over the content is not: the strokes are stored without one.
package enum XZStream {
    /// Why a stream cannot be unpacked.
    package enum Failure: Error, Hashable, Sendable {
        /// It ends before it should.
        case truncated
        /// It is no `.xz` stream, or uses what Apple does not.
        case unsupported
        /// Its content contradicts itself.
        case corrupt
        /// It would unpack to more than was allowed.
        case tooLong
    }

    /// The content of `bytes`, at most `limit` bytes of it.
    ///
    /// - Throws: ``Failure``; a stream that says more than `limit` is refused before anything is allocated for it.
    package static func unpack(_ bytes: [UInt8], limit: Int) throws(Failure) -> [UInt8] {
        var input = Input(bytes)
        guard try input.take(6) == [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0] else { throw .unsupported }
        let flags = try input.take(2)
        _ = try input.take(4)
        guard flags[flags.startIndex] == 0, let checkSize = checkSizes[flags[flags.startIndex + 1]] else {
            throw .unsupported
        }
        var output: [UInt8] = []
        // An index follows the last block; it begins with a zero where a block has its size.
        while true {
            let start = input.offset
            let size = try input.byte()
            guard size != 0 else { return output }
            try readHeader(&input, end: start + (Int(size) + 1) * 4)
            var chunks = LZMA2Chunks(limit: limit, output: output)
            try chunks.unpack(&input)
            output = chunks.output
            while (input.offset - start) % 4 != 0 { guard try input.byte() == 0 else { throw .corrupt } }
            _ = try input.take(checkSize)
        }
    }

    /// How long the check of each kind is: none, CRC-32, CRC-64, SHA-256.
    private static let checkSizes: [UInt8: Int] = [0: 0, 1: 4, 4: 8, 10: 32]

    private static func readHeader(_ input: inout Input, end: Int) throws(Failure) {
        let flags = try input.byte()
        // One filter, no reserved bits.
        guard flags & 0x3F == 0 else { throw .unsupported }
        if flags & 0x40 != 0 { _ = try input.number() }
        if flags & 0x80 != 0 { _ = try input.number() }
        guard try input.number() == 0x21, try input.number() == 1 else { throw .unsupported }
        _ = try input.byte()
        guard end - 4 >= input.offset else { throw .corrupt }
        _ = try input.take(end - input.offset)
    }

    /// Bytes that are read from the front.
    struct Input {
        private let bytes: [UInt8]
        private(set) var offset = 0

        init(_ bytes: [UInt8]) { self.bytes = bytes }

        mutating func byte() throws(Failure) -> UInt8 {
            guard offset < bytes.count else { throw .truncated }
            defer { offset += 1 }
            return bytes[offset]
        }

        mutating func take(_ count: Int) throws(Failure) -> ArraySlice<UInt8> {
            guard count >= 0, count <= bytes.count - offset else { throw .truncated }
            defer { offset += count }
            return bytes[offset..<offset + count]
        }

        /// Two bytes, the high one first.
        mutating func short() throws(Failure) -> Int { Int(try byte()) << 8 | Int(try byte()) }

        /// Seven bits a byte, the low ones first.
        mutating func number() throws(Failure) -> UInt64 {
            var value: UInt64 = 0
            for shift in stride(from: UInt64(0), through: 56, by: 7) {
                let next = try byte()
                value |= UInt64(next & 0x7F) << shift
                if next & 0x80 == 0 { return value }
            }
            throw .corrupt
        }
    }
}

/// The chunks of an LZMA2 stream.
private struct LZMA2Chunks {
    private(set) var output: [UInt8]
    private let limit: Int
    private var decoder: LZMADecoder
    private var needsDictionary = true
    private var needsProperties = true

    init(limit: Int, output: [UInt8]) {
        self.limit = limit
        self.output = output
        decoder = LZMADecoder(dictionaryStart: output.count)
    }

    mutating func unpack(_ input: inout XZStream.Input) throws(XZStream.Failure) {
        while true {
            let control = try input.byte()
            if control == 0 { return }
            if control == 1 || control >= 0xE0 {
                needsDictionary = false
                decoder.restart(at: output.count)
            }
            guard !needsDictionary else { throw .corrupt }
            if control < 0x80 {
                guard control <= 2 else { throw .corrupt }
                let count = try input.short() + 1
                try reserve(count)
                output += try input.take(count)
                continue
            }
            let count = Int(control & 0x1F) << 16 + (try input.short()) + 1
            let packed = try input.short() + 1
            if control >= 0xC0 {
                guard decoder.setProperties(try input.byte()) else { throw .corrupt }
                needsProperties = false
            } else if control >= 0xA0 {
                decoder.resetState()
            }
            guard !needsProperties else { throw .corrupt }
            try reserve(count)
            try decoder.decode(Array(try input.take(packed)), count: count, into: &output)
        }
    }

    private func reserve(_ count: Int) throws(XZStream.Failure) {
        guard count <= limit - output.count else { throw .tooLong }
    }
}
