//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// An archive of NSKeyedArchiver: objects that refer to each other by number.
///
/// References are resolved on demand, each at most once on a path, so cycles end; numbers out of range, which damaged
/// archives have, read as nothing and leave the rest intact.
package struct KeyedArchive: Sendable {
    /// How many values one resolution may produce; shared objects may otherwise multiply without bound.
    private static let maximumCount = 100_000
    private static let maximumDepth = 64

    /// The named roots: usually one, `root`.
    package let top: [String: PropertyListValue]
    private let objects: [PropertyListValue]

    /// An archive from a property list; nil when it is none.
    package init?(_ list: PropertyListValue) {
        guard let objects = list["$objects"]?.array, let top = list["$top"]?.dictionary else { return nil }
        self.objects = objects
        self.top = top
    }

    /// An archive from bytes; nil when they are none.
    package init?(_ bytes: [UInt8]) {
        guard let list = try? PropertyList.decode(bytes) else { return nil }
        self.init(list)
    }

    /// The value of the root named `root`, else of the only root there is; nil without one.
    package var root: ArchivedValue? {
        if let value = top["root"] { return resolve(value) }
        return top.count == 1 ? top.first.map { resolve($0.value) } : nil
    }

    /// The value of a named root.
    package func root(named name: String) -> ArchivedValue? { top[name].map { resolve($0) } }

    /// A value with all its references resolved.
    package func resolve(_ value: PropertyListValue) -> ArchivedValue {
        var walk = Walk(objects: objects, budget: Self.maximumCount)
        return walk.value(value, depth: 0)
    }

    private struct Walk {
        let objects: [PropertyListValue]
        var budget: Int
        var path: Set<Int> = []

        mutating func value(_ value: PropertyListValue, depth: Int) -> ArchivedValue {
            budget -= 1
            guard budget > 0, depth < KeyedArchive.maximumDepth else { return .null }
            switch value {
            case .uid(let number): return reference(number, depth: depth)
            case .null: return .null
            case .bool(let flag): return .bool(flag)
            case .integer(let number): return .integer(number)
            case .unsigned(let number): return .real(Double(number))
            case .real(let number): return .real(number)
            case .date(let seconds): return .date(seconds)
            case .data(let bytes): return .data(bytes)
            case .string(let text): return .string(text)
            case .array(let values), .set(let values): return .array(values.map { self.value($0, depth: depth + 1) })
            case .dictionary(let fields): return object(fields, depth: depth)
            }
        }

        private mutating func reference(_ number: UInt64, depth: Int) -> ArchivedValue {
            guard number > 0, let index = Int(exactly: number), index < objects.count,
                path.insert(index).inserted
            else { return .null }
            defer { path.remove(index) }
            return value(objects[index], depth: depth + 1)
        }

        private mutating func object(_ fields: [String: PropertyListValue], depth: Int) -> ArchivedValue {
            let name = className(fields["$class"])
            switch name {
            case "NSDictionary", "NSMutableDictionary": return dictionary(fields, depth: depth)
            case "NSArray", "NSMutableArray", "NSSet", "NSMutableSet", "NSOrderedSet":
                return .array((fields["NS.objects"]?.array ?? []).map { value($0, depth: depth + 1) })
            case "NSString", "NSMutableString": return field("NS.string", fields, depth) ?? .null
            case "NSAttributedString", "NSMutableAttributedString":
                return field("NSString", fields, depth).flatMap(\.text).map { .string($0) } ?? .null
            case "NSURL":
                guard let relative = field("NS.relative", fields, depth)?.text else { return .null }
                return .url(relative, base: field("NS.base", fields, depth)?.text)
            case "NSDate", "NSMutableDate": return fields["NS.time"]?.real.map { .date($0) } ?? .null
            case "NSData", "NSMutableData": return field("NS.data", fields, depth) ?? .null
            case "NSUUID": return uuid(fields["NS.uuidbytes"]?.data)
            case "NSNull": return .null
            case "NSValue": return range(fields, depth: depth)
            default: return other(name, fields, depth: depth)
            }
        }

        private mutating func field(_ key: String, _ fields: [String: PropertyListValue], _ depth: Int)
            -> ArchivedValue?
        {
            fields[key].map { value($0, depth: depth + 1) }
        }

        private func className(_ value: PropertyListValue?) -> String? {
            guard case .uid(let number)? = value, let index = Int(exactly: number), index < objects.count else {
                return nil
            }
            return objects[index]["$classname"]?.string
        }

        private mutating func dictionary(_ fields: [String: PropertyListValue], depth: Int) -> ArchivedValue {
            guard let keys = fields["NS.keys"]?.array, let values = fields["NS.objects"]?.array else {
                return .dictionary([:])
            }
            var result: [String: ArchivedValue] = [:]
            for (key, member) in zip(keys, values) {
                let name: String
                switch value(key, depth: depth + 1) {
                case .string(let text), .uuid(let text): name = text
                case .integer(let number): name = String(number)
                default: continue
                }
                result[name] = value(member, depth: depth + 1)
            }
            return .dictionary(result)
        }

        private func uuid(_ bytes: [UInt8]?) -> ArchivedValue {
            guard let bytes, bytes.count == 16 else { return .null }
            var text = ""
            for (index, byte) in bytes.enumerated() {
                if index == 4 || index == 6 || index == 8 || index == 10 { text += "-" }
                let digits = String(byte, radix: 16, uppercase: true)
                text += digits.count == 1 ? "0" + digits : digits
            }
            return .uuid(text)
        }

        private mutating func range(_ fields: [String: PropertyListValue], depth: Int) -> ArchivedValue {
            guard fields.keys.contains(where: { $0.hasPrefix("NS.rangeval") }) else {
                return other("NSValue", fields, depth: depth)
            }
            let location = field("NS.rangeval.location", fields, depth)?.integer ?? 0
            return .range(location: location, length: field("NS.rangeval.length", fields, depth)?.integer ?? 0)
        }

        private mutating func other(
            _ name: String?, _ fields: [String: PropertyListValue], depth: Int
        ) -> ArchivedValue {
            var values: [String: ArchivedValue] = [:]
            for (key, member) in fields where key != "$class" { values[key] = value(member, depth: depth + 1) }
            return name.map { .object(class: $0, fields: values) } ?? .dictionary(values)
        }
    }
}
