//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// The LZMA decoder within an LZMA2 stream: one state that goes on from chunk to chunk.
struct LZMADecoder {
    private typealias Failure = XZStream.Failure

    /// The probabilities of one length coder.
    private struct Lengths {
        var choice: [UInt16] = .init(repeating: half, count: 2)
        var low: [UInt16] = .init(repeating: half, count: 16 << 3)
        var middle: [UInt16] = .init(repeating: half, count: 16 << 3)
        var high: [UInt16] = .init(repeating: half, count: 256)
    }

    /// Everything that a reset of the state forgets.
    private struct Model {
        var state = 0
        var distances: [Int] = [0, 0, 0, 0]
        var isMatch: [UInt16] = .init(repeating: half, count: 12 << 4)
        var isRepeat: [UInt16] = .init(repeating: half, count: 12)
        var isFirst: [UInt16] = .init(repeating: half, count: 12)
        var isSecond: [UInt16] = .init(repeating: half, count: 12)
        var isThird: [UInt16] = .init(repeating: half, count: 12)
        var isLong: [UInt16] = .init(repeating: half, count: 12 << 4)
        var slots: [UInt16] = .init(repeating: half, count: 4 << 6)
        var special: [UInt16] = .init(repeating: half, count: 128)
        var aligned: [UInt16] = .init(repeating: half, count: 16)
        var matchLengths = Lengths()
        var repeatLengths = Lengths()
        var literals: [UInt16]

        init(literalBits: Int) { literals = .init(repeating: half, count: 0x300 << literalBits) }
    }

    /// The range coder over one chunk.
    private struct Coder {
        let bytes: [UInt8]
        var offset = 5
        var range = UInt32.max
        var code: UInt32

        init(_ bytes: [UInt8]) throws(Failure) {
            guard bytes.count >= 5, bytes[0] == 0 else { throw .corrupt }
            self.bytes = bytes
            code = bytes[1..<5].reduce(0) { $0 << 8 | UInt32($1) }
        }

        mutating func normalise() throws(Failure) {
            guard range < 1 << 24 else { return }
            guard offset < bytes.count else { throw .truncated }
            range <<= 8
            code = code << 8 | UInt32(bytes[offset])
            offset += 1
        }

        mutating func bit(_ probabilities: inout [UInt16], _ index: Int) throws(Failure) -> Int {
            try normalise()
            let probability = probabilities[index]
            let bound = (range >> 11) &* UInt32(probability)
            if code < bound {
                range = bound
                probabilities[index] = probability + (2048 - probability) >> 5
                return 0
            }
            range -= bound
            code -= bound
            probabilities[index] = probability - probability >> 5
            return 1
        }

        mutating func direct(_ count: Int) throws(Failure) -> Int {
            var value = 0
            for _ in 0..<count {
                try normalise()
                range >>= 1
                let isOne = code >= range
                if isOne { code -= range }
                value = value << 1 | (isOne ? 1 : 0)
            }
            return value
        }

        /// A number of `count` bits, the high one first, from the tree at `base`.
        mutating func tree(_ probabilities: inout [UInt16], at base: Int, _ count: Int) throws(Failure) -> Int {
            var node = 1
            for _ in 0..<count { node = node << 1 | (try bit(&probabilities, base + node)) }
            return node - 1 << count
        }

        /// A number of `count` bits, the low one first.
        mutating func reverseTree(_ probabilities: inout [UInt16], at base: Int, _ count: Int) throws(Failure) -> Int {
            var node = 1
            var value = 0
            for place in 0..<count {
                let next = try bit(&probabilities, base + node)
                node = node << 1 | next
                value |= next << place
            }
            return value
        }
    }

    private static let half: UInt16 = 1024

    private var dictionaryStart: Int
    private var contextBits = 0
    private var positionBits = 0
    private var phaseBits = 0
    private var model = Model(literalBits: 0)

    init(dictionaryStart: Int) { self.dictionaryStart = dictionaryStart }

    /// Forgets what came before: nothing before `position` of the output may be repeated.
    mutating func restart(at position: Int) { dictionaryStart = position }

    mutating func resetState() { model = Model(literalBits: contextBits + positionBits) }

    /// Takes the byte that holds the three parameters; false when it is none.
    mutating func setProperties(_ byte: UInt8) -> Bool {
        guard byte < 9 * 5 * 5 else { return false }
        contextBits = Int(byte) % 9
        positionBits = Int(byte) / 9 % 5
        phaseBits = Int(byte) / 45
        guard contextBits + positionBits <= 4 else { return false }
        resetState()
        return true
    }

    /// Decodes one chunk that unpacks to `count` bytes.
    mutating func decode(_ bytes: [UInt8], count: Int, into output: inout [UInt8]) throws(XZStream.Failure) {
        var coder = try Coder(bytes)
        let end = output.count + count
        while output.count < end {
            let phase = (output.count - dictionaryStart) & (1 << phaseBits - 1)
            if try coder.bit(&model.isMatch, model.state << 4 + phase) == 0 {
                output.append(try literal(&coder, after: output))
                model.state = model.state < 4 ? 0 : model.state < 10 ? model.state - 3 : model.state - 6
                continue
            }
            let length = try match(&coder, phase: phase)
            let distance = model.distances[0] + 1
            guard distance <= output.count - dictionaryStart, length <= end - output.count else { throw .corrupt }
            for _ in 0..<length { output.append(output[output.count - distance]) }
        }
        try coder.normalise()
        guard coder.offset == bytes.count, coder.code == 0 else { throw .corrupt }
    }

    private mutating func literal(_ coder: inout Coder, after output: [UInt8]) throws(Failure) -> UInt8 {
        let position = output.count - dictionaryStart
        let previous = position > 0 ? Int(output[output.count - 1]) : 0
        let context = (position & (1 << positionBits - 1)) << contextBits + previous >> (8 - contextBits)
        let base = 0x300 * context
        var symbol = 1
        if model.state >= 7 {
            guard model.distances[0] < position else { throw .corrupt }
            var match = Int(output[output.count - model.distances[0] - 1])
            while symbol < 0x100 {
                let expected = match >> 7 & 1
                match <<= 1
                let bit = try coder.bit(&model.literals, base + (1 + expected) << 8 + symbol)
                symbol = symbol << 1 | bit
                if bit != expected { break }
            }
        }
        while symbol < 0x100 { symbol = symbol << 1 | (try coder.bit(&model.literals, base + symbol)) }
        return UInt8(truncatingIfNeeded: symbol)
    }

    /// Reads a repetition: its distance goes to the front of the distances, its length is returned.
    private mutating func match(_ coder: inout Coder, phase: Int) throws(Failure) -> Int {
        let state = model.state
        if try coder.bit(&model.isRepeat, state) == 0 {
            let length = try Self.length(&coder, &model.matchLengths, phase)
            model.state = state < 7 ? 7 : 10
            model.distances = [try distance(&coder, length: length)] + model.distances.prefix(3)
            return length
        }
        if try coder.bit(&model.isFirst, state) == 0 {
            if try coder.bit(&model.isLong, state << 4 + phase) == 0 {
                model.state = state < 7 ? 9 : 11
                return 1
            }
        } else {
            var index = 1
            if try coder.bit(&model.isSecond, state) == 1 { index = try coder.bit(&model.isThird, state) == 0 ? 2 : 3 }
            model.distances.insert(model.distances.remove(at: index), at: 0)
        }
        let length = try Self.length(&coder, &model.repeatLengths, phase)
        model.state = state < 7 ? 8 : 11
        return length
    }

    private static func length(
        _ coder: inout Coder, _ lengths: inout Lengths, _ phase: Int
    ) throws(Failure) -> Int {
        if try coder.bit(&lengths.choice, 0) == 0 { return try coder.tree(&lengths.low, at: phase << 3, 3) + 2 }
        if try coder.bit(&lengths.choice, 1) == 0 { return try coder.tree(&lengths.middle, at: phase << 3, 3) + 10 }
        return try coder.tree(&lengths.high, at: 0, 8) + 18
    }

    private mutating func distance(_ coder: inout Coder, length: Int) throws(Failure) -> Int {
        let slot = try coder.tree(&model.slots, at: min(length - 2, 3) << 6, 6)
        guard slot >= 4 else { return slot }
        let bits = slot >> 1 - 1
        let base = (2 | slot & 1) << bits
        if slot < 14 { return base + (try coder.reverseTree(&model.special, at: base - slot, bits)) }
        let high = try coder.direct(bits - 4) << 4
        return base + high + (try coder.reverseTree(&model.aligned, at: 0, 4))
    }
}
