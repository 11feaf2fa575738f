//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// Reads the archives Apple writes for message bodies without building a graph.
///
/// It accepts a subset of what ``TypedStreamReader`` accepts and gives the same result for it; at anything unusual it
/// stops, and the caller takes the general reader. So it needs no judgement of its own about damaged data.
struct BodyParser {
    /// Something this parser leaves to the general reader.
    struct Unusual: Error {}

    /// The text: where its bytes lie, or nil before it was read.
    private(set) var textOffset = 0
    /// The text: how many bytes it has.
    private(set) var textLength = 0
    /// The attribute runs, in order.
    private(set) var runs: [BodyAssembler.Run] = []
    /// The attribute dictionaries, in order of first use.
    private(set) var sets: [AttributeSet] = []

    private var position = 0
    private var strings: [Shared] = []
    private var objects: [Object] = []

    /// A shared string that means something to this parser.
    private enum Word: UInt8 {
        case other, object, bytes, character, integer, unsigned, double, cString, runPair, raw
        case nsObject, nsString, nsAttributedString, nsDictionary, nsNumber, nsValue, nsURL, nsData
    }

    private struct Shared {
        var word: Word
        /// The count of a raw array.
        var count: Int
    }

    private struct Object {
        enum Kind: UInt8 { case pending, type, cString, string, integer, real, url, data }
        var kind: Kind
        var word: Word
        var first: Int
        var second: Int
    }

    init() {
        strings.reserveCapacity(32)
        objects.reserveCapacity(64)
        runs.reserveCapacity(8)
        sets.reserveCapacity(8)
    }

    /// Reads a whole body; the tables of the previous one are reused.
    mutating func parse(_ bytes: LentBytes) throws(Unusual) {
        strings.removeAll(keepingCapacity: true)
        objects.removeAll(keepingCapacity: true)
        runs.removeAll(keepingCapacity: true)
        sets.removeAll(keepingCapacity: true)
        guard bytes.count > 20, bytes[0] == 4, bytes[1] == 11, bytes.matches("streamtyped", at: 2), bytes[13] == 0x81
        else {
            throw Unusual()
        }
        position = 16
        try expect(.object, bytes)
        guard try next(bytes) == 0x84 else { throw Unusual() }
        objects.append(Object(kind: .pending, word: .other, first: 0, second: 0))
        guard try type(bytes) == .nsAttributedString else { throw Unusual() }
        try expect(.object, bytes)
        let text = objects[try object(bytes)]
        guard text.kind == .string else { throw Unusual() }
        textOffset = text.first
        textLength = text.second
        while true {
            let head = try next(bytes)
            if head == 0x86 { break }
            guard try word(head, bytes).word == .runPair else { throw Unusual() }
            let index = try integer(bytes)
            let length = try unsigned(bytes)
            if index == sets.count + 1 {
                try expect(.object, bytes)
                try dictionary(bytes)
            } else if index < 1 || index > sets.count {
                throw Unusual()
            }
            runs.append(BodyAssembler.Run(length: length, set: index - 1))
        }
        guard position == bytes.count else { throw Unusual() }
    }

    // MARK: Objects

    /// Reads an attribute dictionary into ``sets``.
    private mutating func dictionary(_ bytes: LentBytes) throws(Unusual) {
        guard try next(bytes) == 0x84 else { throw Unusual() }
        objects.append(Object(kind: .pending, word: .other, first: 0, second: 0))
        guard try type(bytes) == .nsDictionary else { throw Unusual() }
        try expect(.integer, bytes)
        var count = try integer(bytes)
        var set = AttributeSet()
        while count > 0 {
            count -= 1
            try expect(.object, bytes)
            let key = objects[try object(bytes)]
            guard key.kind == .string else { throw Unusual() }
            try expect(.object, bytes)
            let value = objects[try object(bytes)]
            let meaning = AttributeKey(bytes, key.first, key.second)
            set.apply(
                meaning,
                name: bytes.repairedText(key.first, key.second),
                value: meaning == .ignored ? .other : Self.value(value, bytes)
            )
            if meaning == .oneTimeCode { throw Unusual() }
        }
        guard count == 0, try next(bytes) == 0x86 else { throw Unusual() }
        sets.append(set)
    }

    @inline(__always)
    private static func value(_ object: Object, _ bytes: LentBytes) -> AttributeSet.Value {
        switch object.kind {
        case .integer: .integer(Int64(object.first))
        case .real: .real(Double(bitPattern: UInt64(bitPattern: Int64(object.first))))
        case .string: .text(bytes.repairedText(object.first, object.second))
        case .url: .url(bytes.repairedText(object.first, object.second))
        case .data: .data(bytes, offset: object.first, length: object.second)
        case .pending, .type, .cString: .other
        }
    }

    /// Reads a string, number, URL or data object, or a reference to one; gives its number.
    private mutating func object(_ bytes: LentBytes) throws(Unusual) -> Int {
        let head = try next(bytes)
        guard head == 0x84 else {
            let entry = try reference(head, bytes, count: objects.count)
            switch objects[entry].kind {
            case .pending, .type, .cString: throw Unusual()
            default: return entry
            }
        }
        let entry = objects.count
        objects.append(Object(kind: .pending, word: .other, first: 0, second: 0))
        var read = Object(kind: .pending, word: .other, first: 0, second: 0)
        switch try type(bytes) {
        case .nsString:
            try expect(.bytes, bytes)
            let length = try unsigned(bytes)
            guard length <= bytes.count - position else { throw Unusual() }
            read = Object(kind: .string, word: .other, first: position, second: length)
            position += length
        case .nsNumber:
            try expect(.cString, bytes)
            let encoding = try cString(bytes)
            try number(encoding, &read, bytes)
        case .nsURL:
            try expect(.character, bytes)
            guard try next(bytes) == 0 else { throw Unusual() }
            try expect(.object, bytes)
            let text = objects[try object(bytes)]
            guard text.kind == .string else { throw Unusual() }
            read = Object(kind: .url, word: .other, first: text.first, second: text.second)
        case .nsData:
            try expect(.integer, bytes)
            let length = try integer(bytes)
            let array = try word(try next(bytes), bytes)
            guard array.word == .raw, array.count == length, length <= bytes.count - position else { throw Unusual() }
            read = Object(kind: .data, word: .other, first: position, second: length)
            position += length
        default: throw Unusual()
        }
        guard try next(bytes) == 0x86 else { throw Unusual() }
        objects[entry] = read
        return entry
    }

    @inline(__always)
    private mutating func number(_ encoding: Word, _ read: inout Object, _ bytes: LentBytes) throws(Unusual) {
        guard try word(try next(bytes), bytes).word == encoding else { throw Unusual() }
        switch encoding {
        case .integer:
            read = Object(kind: .integer, word: .other, first: try integer(bytes), second: 0)
        case .character:
            read = Object(kind: .integer, word: .other, first: Int(Int8(bitPattern: try next(bytes))), second: 0)
        case .double:
            guard position < bytes.count else { throw Unusual() }
            var value: Double
            if bytes[position] == 0x83 {
                guard bytes.count - position >= 9 else { throw Unusual() }
                value = Double(bitPattern: UInt64(littleEndian: bytes.word(at: position + 1)))
                position += 9
            } else {
                value = Double(try integer(bytes))
            }
            read = Object(kind: .real, word: .other, first: Int(Int64(bitPattern: value.bitPattern)), second: 0)
        default: throw Unusual()
        }
    }

    /// Reads a class with its superclasses; gives what the leaf is to us.
    @inline(__always)
    private mutating func type(_ bytes: LentBytes) throws(Unusual) -> Word {
        let head = try next(bytes)
        if head != 0x84 {
            let entry = try reference(head, bytes, count: objects.count)
            guard objects[entry].kind == .type else { throw Unusual() }
            return objects[entry].word
        }
        return try newType(bytes)
    }

    private mutating func newType(_ bytes: LentBytes) throws(Unusual) -> Word {
        var leaf: Word?
        for _ in 0..<8 {
            let name = try word(try next(bytes), bytes).word
            _ = try integer(bytes)
            objects.append(Object(kind: .type, word: name, first: 0, second: 0))
            if leaf == nil { leaf = name }
            let head = try next(bytes)
            if head == 0x84 { continue }
            if head != 0x85 {
                let entry = try reference(head, bytes, count: objects.count)
                guard objects[entry].kind == .type else { throw Unusual() }
            }
            guard let leaf else { break }
            return leaf
        }
        throw Unusual()
    }

    private mutating func cString(_ bytes: LentBytes) throws(Unusual) -> Word {
        let head = try next(bytes)
        if head == 0x84 {
            let content = try word(try next(bytes), bytes).word
            objects.append(Object(kind: .cString, word: content, first: 0, second: 0))
            return content
        }
        let entry = try reference(head, bytes, count: objects.count)
        guard objects[entry].kind == .cString else { throw Unusual() }
        return objects[entry].word
    }

    // MARK: Shared strings

    @inline(__always)
    private mutating func expect(_ wanted: Word, _ bytes: LentBytes) throws(Unusual) {
        let head = try next(bytes)
        guard try word(head, bytes).word == wanted else { throw Unusual() }
    }

    @inline(__always)
    private mutating func word(_ head: UInt8, _ bytes: LentBytes) throws(Unusual) -> Shared {
        if head == 0x84 { return try newWord(bytes) }
        return strings[try reference(head, bytes, count: strings.count)]
    }

    private mutating func newWord(_ bytes: LentBytes) throws(Unusual) -> Shared {
        let length = try unsigned(bytes)
        guard length <= bytes.count - position else { throw Unusual() }
        let shared = Self.meaning(bytes, position, length)
        // Other words may be text the general reader refuses.
        guard shared.word != .other else { throw Unusual() }
        strings.append(shared)
        position += length
        return shared
    }

    private static func meaning(_ bytes: LentBytes, _ offset: Int, _ length: Int) -> Shared {
        let word: Word
        switch length {
        case 1: word = single(bytes[offset])
        case 2: word = bytes.matches("iI", at: offset) ? .runPair : .other
        case 5: word = bytes.matches("NSURL", at: offset) ? .nsURL : .other
        case 6: word = bytes.matches("NSData", at: offset) ? .nsData : .other
        case 7: word = bytes.matches("NSValue", at: offset) ? .nsValue : .other
        case 8:
            word =
                bytes.matches("NSString", at: offset)
                ? .nsString
                : bytes.matches("NSObject", at: offset)
                    ? .nsObject
                    : bytes.matches("NSNumber", at: offset) ? .nsNumber : .other
        case 12: word = bytes.matches("NSDictionary", at: offset) ? .nsDictionary : .other
        case 15: word = bytes.matches("NSMutableString", at: offset) ? .nsString : .other
        case 18: word = bytes.matches("NSAttributedString", at: offset) ? .nsAttributedString : .other
        case 25: word = bytes.matches("NSMutableAttributedString", at: offset) ? .nsAttributedString : .other
        default: word = .other
        }
        if word == .other, length > 3, length < 12, bytes[offset] == UInt8(ascii: "["),
            bytes[offset + length - 2] == UInt8(ascii: "c"), bytes[offset + length - 1] == UInt8(ascii: "]")
        {
            return rawArray(bytes, offset + 1, offset + length - 2)
        }
        return Shared(word: word, count: 0)
    }

    @inline(__always)
    private static func single(_ byte: UInt8) -> Word {
        switch byte {
        case UInt8(ascii: "@"): .object
        case UInt8(ascii: "+"): .bytes
        case UInt8(ascii: "*"): .cString
        case UInt8(ascii: "i"), UInt8(ascii: "q"): .integer
        case UInt8(ascii: "c"): .character
        case UInt8(ascii: "d"): .double
        default: .other
        }
    }

    private static func rawArray(_ bytes: LentBytes, _ start: Int, _ end: Int) -> Shared {
        var count = 0
        for index in start..<end {
            guard (0x30...0x39).contains(bytes[index]) else { return Shared(word: .other, count: 0) }
            count = count * 10 + Int(bytes[index] - 0x30)
        }
        return Shared(word: .raw, count: count)
    }

    // MARK: Numbers

    @inline(__always)
    private mutating func next(_ bytes: LentBytes) throws(Unusual) -> UInt8 {
        guard position < bytes.count else { throw Unusual() }
        defer { position += 1 }
        return bytes[position]
    }

    @inline(__always)
    private mutating func reference(_ head: UInt8, _ bytes: LentBytes, count: Int) throws(Unusual) -> Int {
        let entry = try integer(head: head, bytes) + 110
        guard entry >= 0, entry < count else { throw Unusual() }
        return entry
    }

    @inline(__always)
    private mutating func integer(_ bytes: LentBytes) throws(Unusual) -> Int {
        try integer(head: try next(bytes), bytes)
    }

    @inline(__always)
    private mutating func integer(head: UInt8, _ bytes: LentBytes) throws(Unusual) -> Int {
        if head >= 0x92 || head < 0x80 { return Int(Int8(bitPattern: head)) }
        return try wide(head, bytes, signed: true)
    }

    @inline(__always)
    private mutating func unsigned(_ bytes: LentBytes) throws(Unusual) -> Int {
        let head = try next(bytes)
        if head >= 0x92 || head < 0x80 { return Int(head) }
        return try wide(head, bytes, signed: false)
    }

    /// The two- and four-byte forms; eight bytes do not occur in bodies that this parser takes.
    private mutating func wide(_ head: UInt8, _ bytes: LentBytes, signed: Bool) throws(Unusual) -> Int {
        let width = head == 0x81 ? 2 : head == 0x82 ? 4 : 0
        guard width > 0, width <= bytes.count - position else { throw Unusual() }
        var value = 0
        for index in 0..<width { value |= Int(bytes[position + index]) << (8 * index) }
        position += width
        guard signed else { return value }
        return width == 2 ? Int(Int16(truncatingIfNeeded: value)) : Int(Int32(truncatingIfNeeded: value))
    }
}
