//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// Reads the XML form of property lists: only what Apple writes, without a general XML parser.
struct XMLPropertyList {
    private let bytes: [UInt8]
    private var position = 0
    private var count = 0

    static func decode(_ bytes: [UInt8]) throws(PropertyListError) -> PropertyListValue {
        var reader = XMLPropertyList(bytes: bytes)
        guard let tag = try reader.tag(), tag.name == "plist", !tag.isEnd, let first = try reader.tag() else {
            throw PropertyListError(reason: .badHeader, offset: 0)
        }
        return try reader.value(first, depth: 0)
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private struct Tag {
        var name: String
        var isEnd: Bool
        var isEmpty: Bool
    }

    /// The next element tag; comments, declarations and text before it are skipped.
    private mutating func tag() throws(PropertyListError) -> Tag? {
        while position < bytes.count {
            guard bytes[position] == UInt8(ascii: "<") else {
                position += 1
                continue
            }
            let start = position + 1
            if bytes[start...].starts(with: "!--".utf8) {
                position = find("-->", from: start) ?? bytes.count
                continue
            }
            guard let end = find(">", from: start) else { throw error(.truncated) }
            position = end + 1
            guard start < end, bytes[start] != UInt8(ascii: "?"), bytes[start] != UInt8(ascii: "!") else { continue }
            let isEnd = bytes[start] == UInt8(ascii: "/")
            let isEmpty = bytes[end - 1] == UInt8(ascii: "/")
            let name = bytes[(isEnd ? start + 1 : start)..<end].prefix { byte in
                byte != UInt8(ascii: " ") && byte != UInt8(ascii: "/") && byte != 10
            }
            return Tag(name: String(decoding: name, as: UTF8.self), isEnd: isEnd, isEmpty: isEmpty && !isEnd)
        }
        return nil
    }

    private mutating func value(_ tag: Tag, depth: Int) throws(PropertyListError) -> PropertyListValue {
        guard depth < BinaryPropertyList.maximumDepth else { throw error(.tooDeep) }
        count += 1
        guard count < BinaryPropertyList.maximumCount else { throw error(.tooLarge) }
        guard !tag.isEnd else { throw error(.badValue) }
        switch tag.name {
        case "true": return try finish(tag, .bool(true))
        case "false": return try finish(tag, .bool(false))
        case "string": return .string(try text(tag))
        case "integer":
            let text = try text(tag)
            if let number = Int64(text) { return .integer(number) }
            guard let number = UInt64(text) else { throw error(.badValue) }
            return .unsigned(number)
        case "real":
            guard let number = Double(try text(tag)) else { throw error(.badValue) }
            return .real(number)
        case "date":
            guard let time = AppleTime.fractionalSeconds(rfc3339: try text(tag)) else { throw error(.badValue) }
            return .date(time)
        case "data":
            guard let bytes = Base64.decode(try text(tag)) else { throw error(.badValue) }
            return .data(bytes)
        case "array": return .array(try elements(tag, depth: depth))
        case "dict": return try dictionary(tag, depth: depth)
        default: throw error(.badValue)
        }
    }

    private mutating func elements(_ tag: Tag, depth: Int) throws(PropertyListError) -> [PropertyListValue] {
        var values: [PropertyListValue] = []
        guard !tag.isEmpty else { return values }
        while let next = try self.tag() {
            if next.isEnd { return values }
            values.append(try value(next, depth: depth + 1))
        }
        throw error(.truncated)
    }

    private mutating func dictionary(_ tag: Tag, depth: Int) throws(PropertyListError) -> PropertyListValue {
        var values: [String: PropertyListValue] = [:]
        guard !tag.isEmpty else { return .dictionary(values) }
        while let next = try self.tag() {
            if next.isEnd { return uidOrDictionary(values) }
            guard next.name == "key" else { throw error(.badValue) }
            let key = try text(next)
            guard let member = try self.tag() else { throw error(.truncated) }
            values[key] = try value(member, depth: depth + 1)
        }
        throw error(.truncated)
    }

    /// XML has no UIDs; Apple writes them as a dictionary of this one key.
    private func uidOrDictionary(_ values: [String: PropertyListValue]) -> PropertyListValue {
        if values.count == 1, case .integer(let number)? = values["CF$UID"], number >= 0 { return .uid(UInt64(number)) }
        return .dictionary(values)
    }

    private mutating func finish(_ tag: Tag, _ value: PropertyListValue) throws(PropertyListError) -> PropertyListValue
    {
        if !tag.isEmpty { _ = try self.tag() }
        return value
    }

    /// The text up to the end tag, with entities resolved.
    private mutating func text(_ tag: Tag) throws(PropertyListError) -> String {
        guard !tag.isEmpty else { return "" }
        let start = position
        guard let end = find("<", from: start) else { throw error(.truncated) }
        position = end
        guard let close = try self.tag(), close.isEnd, close.name == tag.name else { throw error(.badValue) }
        let raw = String(decoding: bytes[start..<end], as: UTF8.self)
        guard raw.utf8.contains(UInt8(ascii: "&")) else { return raw }
        return Self.resolvingEntities(raw)
    }

    private static func resolvingEntities(_ text: String) -> String {
        var output = ""
        var rest = text[...]
        while let mark = rest.firstIndex(of: "&") {
            output += rest[..<mark]
            guard let end = rest[mark...].firstIndex(of: ";") else { break }
            let name = rest[rest.index(after: mark)..<end]
            output += entity(name).map(String.init) ?? String(rest[mark...end])
            rest = rest[rest.index(after: end)...]
        }
        return output + rest
    }

    private static func entity(_ name: Substring) -> Character? {
        switch name {
        case "lt": return "<"
        case "gt": return ">"
        case "amp": return "&"
        case "quot": return "\""
        case "apos": return "'"
        default:
            guard name.hasPrefix("#") else { return nil }
            let digits = name.dropFirst()
            let code = digits.hasPrefix("x") ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
            return code.flatMap(Unicode.Scalar.init).map(Character.init)
        }
    }

    private func find(_ text: StaticString, from start: Int) -> Int? {
        let wanted = Array(text.description.utf8)
        var index = start
        while index + wanted.count <= bytes.count {
            if bytes[index..<index + wanted.count].elementsEqual(wanted) { return index }
            index += 1
        }
        return nil
    }

    private func error(_ reason: PropertyListError.Reason) -> PropertyListError {
        PropertyListError(reason: reason, offset: position)
    }
}
