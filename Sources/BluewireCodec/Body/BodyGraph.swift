//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel

/// Reads a body out of an archive graph: the general way, for everything ``BodyParser`` leaves alone.
struct BodyGraph {
    let archive: TypedStreamArchive

    private static let stringClasses: Set<String> = ["NSString", "NSMutableString"]
    private static let dictionaryClasses: Set<String> = ["NSDictionary", "NSMutableDictionary"]
    private static let dataClasses: Set<String> = ["NSData", "NSMutableData"]

    /// The body of the first top-level object.
    func body() throws(TypedStreamError) -> MessageBody {
        guard let root = archive.root, let object = archive.object(root) else {
            throw TypedStreamError(.notAnAttributedString, at: 0)
        }
        return try body(groups: object.groups, class: object.class)
    }

    /// The body of an attributed-string object.
    func body(groups: [TypedStreamArchive.Group], class type: Int) throws(TypedStreamError) -> MessageBody {
        guard kind(type) == .attributedString, let text = groups.first, text.encoding == "@",
            let bytes = string(text.values.first)
        else { throw TypedStreamError(.notAnAttributedString, at: 0) }
        var runs: [BodyAssembler.Run] = []
        var sets: [AttributeSet] = []
        var position = 1
        while position < groups.count {
            guard case (.integer(let index)?, .unsigned(let length)?) = pair(groups[position]), index >= 1,
                index <= Int64(sets.count + 1), length <= UInt64(Int32.max)
            else { throw TypedStreamError(.inconsistentRuns, at: 0) }
            position += 1
            if index == Int64(sets.count + 1) {
                guard position < groups.count, groups[position].encoding == "@",
                    let set = set(groups[position].values.first)
                else { throw TypedStreamError(.inconsistentRuns, at: 0) }
                sets.append(set)
                position += 1
            }
            runs.append(BodyAssembler.Run(length: Int(length), set: Int(index) - 1))
        }
        guard let string = String(validating: bytes, as: UTF8.self) else { throw TypedStreamError(.invalidText, at: 0) }
        let body = LentBytes.lending(bytes) { lent in
            BodyAssembler.body(lent, 0, bytes.count, string: string, runs: runs, sets: sets)
        }
        guard let body else { throw TypedStreamError(.inconsistentRuns, at: 0) }
        return body
    }

    private enum Kind { case attributedString, string, dictionary, number, url, data, other }

    /// The first class of the chain that means something decides.
    private func kind(_ type: Int) -> Kind {
        for (name, _) in archive.classChain(of: type) {
            switch name {
            case "NSAttributedString", "NSMutableAttributedString": return .attributedString
            case "NSNumber": return .number
            case "NSURL": return .url
            case let name where Self.stringClasses.contains(name): return .string
            case let name where Self.dictionaryClasses.contains(name): return .dictionary
            case let name where Self.dataClasses.contains(name): return .data
            default: continue
            }
        }
        return .other
    }

    private func pair(
        _ group: TypedStreamArchive.Group
    ) -> (TypedStreamArchive.Value?, TypedStreamArchive.Value?) {
        guard group.encoding == "iI", group.values.count == 2 else { return (nil, nil) }
        return (group.values[0], group.values[1])
    }

    private func string(_ value: TypedStreamArchive.Value?) -> [UInt8]? {
        guard case .object(let entry?)? = value, let object = archive.object(entry), kind(object.class) == .string,
            case .bytes(let bytes)? = object.groups.first?.values.first
        else { return nil }
        return bytes
    }

    /// The keys and values of a dictionary object; nil when it is none.
    private func members(_ value: TypedStreamArchive.Value?) -> [(key: [UInt8], value: TypedStreamArchive.Value)]? {
        guard case .object(let entry?)? = value, let object = archive.object(entry), kind(object.class) == .dictionary
        else { return nil }
        let values = object.groups.flatMap(\.values)
        guard case .integer(let count)? = values.first, count >= 0,
            values.count >= 1 + 2 * min(Int(count), values.count)
        else { return nil }
        var members: [(key: [UInt8], value: TypedStreamArchive.Value)] = []
        for index in 0..<Int(count) {
            guard let key = string(values[1 + 2 * index]) else { return nil }
            members.append((key, values[2 + 2 * index]))
        }
        return members
    }

    private func set(_ value: TypedStreamArchive.Value?) -> AttributeSet? {
        guard let members = members(value) else { return nil }
        var set = AttributeSet()
        for (key, value) in members {
            let meaning = LentBytes.lending(key) { AttributeKey($0, 0, key.count) }
            let name = String(decoding: key, as: UTF8.self)
            if case .object(let entry?) = value, let object = archive.object(entry), kind(object.class) == .data,
                case .bytes(let data)? = object.groups.last?.values.first
            {
                LentBytes.lending(data) { lent in
                    set.apply(meaning, name: name, value: .data(lent, offset: 0, length: data.count))
                }
            } else {
                set.apply(meaning, name: name, value: self.value(value))
            }
        }
        return set
    }

    private func value(_ value: TypedStreamArchive.Value) -> AttributeSet.Value {
        guard case .object(let entry?) = value, let object = archive.object(entry) else { return .other }
        switch kind(object.class) {
        case .string: return string(value).map { .text(String(decoding: $0, as: UTF8.self)) } ?? .other
        case .number: return number(object.groups)
        case .url: return url(object.groups, depth: 0).map { .url($0) } ?? .other
        case .dictionary:
            let code = members(value)?.first { $0.key == Array("code".utf8) }
            return code.flatMap { string($0.value) }.map { .code(String(decoding: $0, as: UTF8.self)) } ?? .other
        case .data, .attributedString, .other: return .other
        }
    }

    private func number(_ groups: [TypedStreamArchive.Group]) -> AttributeSet.Value {
        guard groups.count >= 2, let value = groups[1].values.first else { return .other }
        switch value {
        case .integer(let number): return .integer(number)
        case .unsigned(let number): return Int64(exactly: number).map { .integer($0) } ?? .other
        case .float(let number): return .real(Double(number))
        case .double(let number): return .real(number)
        default: return .other
        }
    }

    /// The absolute form; a relative URL is appended to the folder of its base.
    private func url(_ groups: [TypedStreamArchive.Group], depth: Int) -> String? {
        let values = groups.flatMap(\.values)
        guard case .integer(let form)? = values.first, depth < 8 else { return nil }
        if form == 0 {
            return values.dropFirst().first.flatMap { string($0) }.map { String(decoding: $0, as: UTF8.self) }
        }
        guard values.count >= 3, let relative = string(values[2]).map({ String(decoding: $0, as: UTF8.self) }) else {
            return nil
        }
        guard !relative.contains(":"), case .object(let entry?) = values[1], let base = archive.object(entry),
            let prefix = url(base.groups, depth: depth + 1), let slash = prefix.lastIndex(of: "/")
        else { return relative }
        return prefix[...slash] + relative
    }
}
