//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// Reads a whole archive into a graph, strictly: anything Apple's reader would refuse is an error with its offset.
///
/// Unknown classes and encodings are kept as they are. Work and memory are bounded by the size of the input.
package struct TypedStreamReader {
    /// How deep values may nest.
    package static let maximumDepth = 256
    /// How many entries and values an archive may have.
    package static let maximumCount = 1_000_000

    private let bytes: LentBytes
    private var position = 0
    private var isBigEndian = false
    private var strings: [SharedString] = []
    private var entries: [TypedStreamArchive.Entry] = []
    private var valueCount = 0

    /// Reads an archive.
    ///
    /// - Throws: ``TypedStreamError``; nothing of a damaged archive is returned.
    package static func read(_ bytes: [UInt8]) throws(TypedStreamError) -> TypedStreamArchive {
        try LentBytes.lending(bytes) { (lent) throws(TypedStreamError) in try read(lent) }
    }

    /// Reads an archive from lent bytes.
    package static func read(_ bytes: LentBytes) throws(TypedStreamError) -> TypedStreamArchive {
        var reader = TypedStreamReader(bytes: bytes)
        return try reader.archive()
    }

    private init(bytes: LentBytes) { self.bytes = bytes }

    private struct SharedString {
        let text: String
        var types: [TypedStreamType]?
    }

    private mutating func archive() throws(TypedStreamError) -> TypedStreamArchive {
        let version = try byte()
        guard version == 4 else { throw error(version == 3 ? .unsupportedVersion : .badHeader, at: 0) }
        guard try byte() == 11 else { throw error(.badHeader, at: 1) }
        if bytes.matches("streamtyped", at: position) {
            isBigEndian = false
        } else if bytes.matches("typedstream", at: position) {
            isBigEndian = true
        } else {
            throw error(.badHeader, at: position)
        }
        position += 11
        let system = try integer(head: try byte())
        var groups: [TypedStreamArchive.Group] = []
        while position < bytes.count {
            groups.append(try group(head: try byte(), depth: 0))
        }
        return TypedStreamArchive(isBigEndian: isBigEndian, systemVersion: system, entries: entries, groups: groups)
    }

    private mutating func group(head: UInt8, depth: Int) throws(TypedStreamError) -> TypedStreamArchive.Group {
        let start = position - 1
        guard let index = try sharedString(head: head) else { throw error(.badEncoding, at: start) }
        let types: [TypedStreamType]
        if let known = strings[index].types {
            types = known
        } else {
            guard let parsed = TypedStreamType.parse(strings[index].text) else { throw error(.badEncoding, at: start) }
            strings[index].types = parsed
            types = parsed
        }
        var values: [TypedStreamArchive.Value] = []
        values.reserveCapacity(min(types.count, 16))
        for type in types { values.append(try value(type, depth: depth + 1)) }
        return TypedStreamArchive.Group(strings[index].text, values)
    }

    private mutating func value(
        _ type: TypedStreamType, depth: Int
    ) throws(TypedStreamError) -> TypedStreamArchive.Value {
        guard depth < Self.maximumDepth else { throw error(.tooDeep, at: position) }
        valueCount += 1
        guard valueCount <= Self.maximumCount else { throw error(.tooLarge, at: position) }
        switch type {
        case .character: return .integer(Int64(Int8(bitPattern: try byte())))
        case .byte: return .unsigned(UInt64(try byte()))
        case .integer: return .integer(try integer(head: try byte()))
        case .unsigned: return .unsigned(try unsigned(head: try byte()))
        case .float:
            let head = try byte()
            guard head == 0x83 else { return .float(Float(try integer(head: head))) }
            return .float(Float(bitPattern: UInt32(truncatingIfNeeded: try raw(4))))
        case .double:
            let head = try byte()
            guard head == 0x83 else { return .double(Double(try integer(head: head))) }
            return .double(Double(bitPattern: try raw(8)))
        case .object: return .object(try object(depth: depth))
        case .class: return .class(try classEntry(depth: depth))
        case .cString: return .cString(try cString())
        case .atom: return .atom(try sharedString(head: try byte()).map { strings[$0].text })
        case .bytes:
            let length = try length()
            defer { position += length }
            return .bytes(bytes.array(position, length))
        case .rawArray(let length):
            guard length <= bytes.count - position else { throw error(.truncated, at: position) }
            defer { position += length }
            return .bytes(bytes.array(position, length))
        case .array(let count, let element):
            // Every real element takes at least a byte, so this bounds the work before anything is allocated.
            guard count <= bytes.count - position else { throw error(.truncated, at: position) }
            var elements: [TypedStreamArchive.Value] = []
            for _ in 0..<count { elements.append(try value(element, depth: depth + 1)) }
            return .array(elements)
        case .structure(let members):
            var values: [TypedStreamArchive.Value] = []
            for member in members { values.append(try value(member, depth: depth + 1)) }
            return .structure(values)
        }
    }

    // MARK: Numbered things

    private mutating func object(depth: Int) throws(TypedStreamError) -> Int? {
        let start = position
        let head = try byte()
        guard head == 0x84 else {
            guard let entry = try reference(head: head) else { return nil }
            guard case .object = entries[entry] else { throw error(.badReference, at: start) }
            return entry
        }
        // The object takes its number before its class is read.
        let entry = try reserve(.object(class: -1, groups: []))
        guard let type = try classEntry(depth: depth) else { throw error(.badObject, at: start) }
        var groups: [TypedStreamArchive.Group] = []
        while true {
            let head = try byte()
            if head == 0x86 { break }
            groups.append(try group(head: head, depth: depth + 1))
        }
        entries[entry] = .object(class: type, groups: groups)
        return entry
    }

    private mutating func classEntry(depth: Int) throws(TypedStreamError) -> Int? {
        var first: Int?
        var previous: Int?
        var level = depth
        while true {
            level += 1
            guard level < Self.maximumDepth else { throw error(.tooDeep, at: position) }
            let start = position
            let head = try byte()
            let found: Int?
            let isNew = head == 0x84
            if isNew {
                guard let name = try sharedString(head: try byte()) else { throw error(.badObject, at: start) }
                let version = try integer(head: try byte())
                found = try reserve(.class(name: strings[name].text, version: version, superclass: nil))
            } else {
                found = try reference(head: head)
                if let found {
                    guard case .class = entries[found] else { throw error(.badReference, at: start) }
                }
            }
            if let previous, case .class(let name, let version, _) = entries[previous] {
                entries[previous] = .class(name: name, version: version, superclass: found)
            } else {
                first = found
            }
            guard isNew else { return first }
            previous = found
        }
    }

    private mutating func cString() throws(TypedStreamError) -> Int? {
        let start = position
        let head = try byte()
        guard head == 0x84 else {
            guard let entry = try reference(head: head) else { return nil }
            guard case .cString = entries[entry] else { throw error(.badReference, at: start) }
            return entry
        }
        guard let index = try sharedString(head: try byte()) else { throw error(.badObject, at: start) }
        return try reserve(.cString(strings[index].text))
    }

    private mutating func reserve(_ entry: TypedStreamArchive.Entry) throws(TypedStreamError) -> Int {
        guard entries.count < Self.maximumCount else { throw error(.tooLarge, at: position) }
        entries.append(entry)
        return entries.count - 1
    }

    private mutating func reference(head: UInt8) throws(TypedStreamError) -> Int? {
        if head == 0x85 { return nil }
        let start = position - 1
        let (entry, overflow) = try integer(head: head).addingReportingOverflow(110)
        guard !overflow, entry >= 0, entry < Int64(entries.count) else { throw error(.badReference, at: start) }
        return Int(entry)
    }

    private mutating func sharedString(head: UInt8) throws(TypedStreamError) -> Int? {
        let start = position - 1
        switch head {
        case 0x85: return nil
        case 0x84:
            let length = try length()
            guard let text = bytes.text(position, length) else { throw error(.invalidText, at: position) }
            position += length
            guard strings.count < Self.maximumCount else { throw error(.tooLarge, at: start) }
            strings.append(SharedString(text: text, types: nil))
            return strings.count - 1
        default:
            let (index, overflow) = try integer(head: head).addingReportingOverflow(110)
            guard !overflow, index >= 0, index < Int64(strings.count) else { throw error(.badReference, at: start) }
            return Int(index)
        }
    }

    // MARK: Numbers

    private mutating func byte() throws(TypedStreamError) -> UInt8 {
        guard position < bytes.count else { throw error(.truncated, at: position) }
        defer { position += 1 }
        return bytes[position]
    }

    /// A length that is known to fit into the bytes that are left.
    private mutating func length() throws(TypedStreamError) -> Int {
        let start = position
        let value = try unsigned(head: try byte())
        guard value <= UInt64(bytes.count - position) else { throw error(.truncated, at: start) }
        return Int(value)
    }

    private mutating func raw(_ width: Int) throws(TypedStreamError) -> UInt64 {
        guard width <= bytes.count - position else { throw error(.truncated, at: position) }
        var value: UInt64 = 0
        for index in 0..<width {
            let byte = UInt64(bytes[position + index])
            value = isBigEndian ? value << 8 | byte : value | byte << UInt64(8 * index)
        }
        position += width
        return value
    }

    private mutating func integer(head: UInt8) throws(TypedStreamError) -> Int64 {
        switch head {
        case 0x81: return Int64(Int16(truncatingIfNeeded: try raw(2)))
        case 0x82: return Int64(Int32(truncatingIfNeeded: try raw(4)))
        case 0x87: return Int64(bitPattern: try raw(8))
        case 0x83...0x86: throw error(.unexpectedHead, at: position - 1)
        case 0x80, 0x88...0x91: throw error(.reservedHead, at: position - 1)
        default: return Int64(Int8(bitPattern: head))
        }
    }

    private mutating func unsigned(head: UInt8) throws(TypedStreamError) -> UInt64 {
        switch head {
        case 0x81: return try raw(2)
        case 0x82: return try raw(4)
        case 0x87: return try raw(8)
        case 0x83...0x86: throw error(.unexpectedHead, at: position - 1)
        case 0x80, 0x88...0x91: throw error(.reservedHead, at: position - 1)
        default: return UInt64(head)
        }
    }

    private func error(_ reason: TypedStreamError.Reason, at offset: Int) -> TypedStreamError {
        TypedStreamError(reason, at: offset)
    }
}
