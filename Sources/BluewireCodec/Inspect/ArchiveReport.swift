//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel

/// The facts of an archive graph.
struct ArchiveReport {
    let archive: TypedStreamArchive

    /// Text, runs and parts of an attributed string.
    func body(_ groups: [TypedStreamArchive.Group]) -> JSONValue {
        guard let first = groups.first?.values.first, case .string(let text) = value(first, depth: 0) else {
            return .null
        }
        var tables: [[String: JSONValue]] = []
        var runs: [JSONValue] = []
        var parts: [JSONValue] = []
        var start: Int64 = 0
        var position = 1
        while position < groups.count {
            guard case .integer(let index)? = groups[position].values.first,
                case .unsigned(let length)? = groups[position].values.last
            else { break }
            position += 1
            if index == Int64(tables.count + 1), position < groups.count, let dictionary = groups[position].values.first
            {
                tables.append(members(dictionary))
                position += 1
            }
            guard index >= 1, index <= Int64(tables.count) else { break }
            var attributes = tables[Int(index) - 1]
            let part = attributes.removeValue(forKey: "__kIMMessagePartAttributeName")?["value"] ?? .null
            if part != .null, !parts.contains(part) { parts.append(part) }
            runs.append(
                .object([
                    "attributes": .object(attributes), "length": .integer(Int64(clamping: length)), "part": part,
                    "start": .integer(start),
                ]))
            start += Int64(clamping: length)
        }
        return .object([
            "attributeTableCount": .integer(Int64(tables.count)), "partCount": .integer(Int64(parts.count)),
            "partIndexes": .array(parts), "runs": .array(runs), "text": .string(text),
            "utf16Length": .integer(Int64(text.utf16.count)),
        ])
    }

    private func members(_ value: TypedStreamArchive.Value) -> [String: JSONValue] {
        if case .object(let facts) = self.value(value, depth: 0), case .object(let members)? = facts["dict"] {
            members
        } else {
            [:]
        }
    }

    /// One value, Foundation's classes unwrapped.
    func value(_ value: TypedStreamArchive.Value?, depth: Int) -> JSONValue {
        guard case .object(let entry?)? = value, let object = archive.object(entry), depth < 32 else { return .null }
        let values = object.groups.flatMap(\.values)
        for (name, _) in archive.classChain(of: object.class) {
            switch name {
            case "NSString":
                if case .bytes(let bytes)? = values.first { return .string(String(decoding: bytes, as: UTF8.self)) }
            case "NSNumber": return number(values)
            case "NSAttributedString": return .object(["attributedString": body(object.groups)])
            case "NSDictionary": return dictionary(values, depth: depth)
            case "NSArray": return .object(["array": elements(values, depth: depth)])
            case "NSSet": return .object(["set": elements(values, depth: depth)])
            case "NSURL": return url(values, depth: depth)
            case "NSNull": return .object(["null": .bool(true)])
            case "NSDate": if case .double(let seconds)? = values.first { return .object(["date": .number(seconds)]) }
            case "NSData": if case .bytes(let bytes)? = values.last { return .object(["data": data(bytes)]) }
            default: continue
            }
        }
        return .object(["class": archive.classChain(of: object.class).first.map { .string($0.name) } ?? .null])
    }

    private func number(_ values: [TypedStreamArchive.Value]) -> JSONValue {
        guard values.count == 2, case .cString(let entry?) = values[0], case .cString(let type) = archive.entries[entry]
        else { return .null }
        let number: JSONValue =
            switch values[1] {
            case .integer(let number): .integer(number)
            case .unsigned(let number): .integer(Int64(clamping: number))
            case .float(let number): .number(Double(number))
            case .double(let number): .number(number)
            default: .null
            }
        return .object(["number": .string(type), "value": number])
    }

    private func dictionary(_ values: [TypedStreamArchive.Value], depth: Int) -> JSONValue {
        var members: [String: JSONValue] = [:]
        var position = 1
        while position + 1 < values.count {
            if case .string(let key) = value(values[position], depth: depth + 1) {
                members[key] = value(values[position + 1], depth: depth + 1)
            }
            position += 2
        }
        return .object(["dict": .object(members)])
    }

    private func elements(_ values: [TypedStreamArchive.Value], depth: Int) -> JSONValue {
        .array(values.dropFirst().map { value($0, depth: depth + 1) })
    }

    private func url(_ values: [TypedStreamArchive.Value], depth: Int) -> JSONValue {
        guard values.count >= 2 else { return .null }
        if case .integer(1) = values[0], values.count >= 3 {
            return .object(["url": value(values[2], depth: depth + 1), "base": value(values[1], depth: depth + 1)])
        }
        return .object(["url": value(values[1], depth: depth + 1)])
    }

    private func data(_ bytes: [UInt8]) -> JSONValue {
        var facts: [String: JSONValue] = ["length": .integer(Int64(bytes.count))]
        guard let archive = KeyedArchive(bytes) else {
            if bytes.count <= 64 { facts["hex"] = .string(BlobReport.hex(bytes)) }
            return .object(facts)
        }
        facts["archive"] = .string("NSKeyedArchiver")
        if let result = archive.root(named: "dd-result") {
            var found = Self.detected(result)
            found["class"] = result.className.map { .string($0) } ?? .null
            found["subresults"] = .array((result["SR"]?.array ?? []).map { .object(Self.detected($0)) })
            if case .range(let location, let length)? = result["AR"] {
                found["range"] = .array([.integer(location), .integer(length)])
            }
            facts["ddResult"] = .object(found)
        }
        return .object(facts)
    }

    private static func detected(_ result: ArchivedValue) -> [String: JSONValue] {
        var facts: [String: JSONValue] = [:]
        if let text = result["MS"]?.text { facts["matched"] = .string(text) }
        if let text = result["T"]?.text { facts["type"] = .string(text) }
        if let text = result["V"]?.text { facts["value"] = .string(text) }
        return facts
    }
}
