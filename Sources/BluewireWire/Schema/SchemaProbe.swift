//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// Finds the members of a type by letting it decode from nothing and noting what it asks for.
enum SchemaProbe {
    /// A member a type asks for.
    struct Member {
        /// Its name.
        var name: String
        /// Whether it may be absent or null.
        var isOptional: Bool
        /// Its type.
        let type: any Decodable.Type
    }

    /// The members a type asks for, in its own order.
    ///
    /// - Throws: what the type throws when it does not take the values offered; such a type describes itself as a leaf.
    static func members(of type: any Decodable.Type) throws -> [Member] {
        let notes = Notes()
        _ = try type.init(from: Probe(notes: notes))
        return notes.members
    }

    /// What was asked for so far.
    private final class Notes {
        var members: [Member] = []

        func note(_ name: String, _ type: any Decodable.Type, isOptional: Bool) {
            members.append(Member(name: name, isOptional: isOptional, type: type))
        }
    }

    /// A value of a type to go on with.
    private static func value<Value: Decodable>(_ type: Value.Type) throws -> Value {
        if let leaf = type as? any SchemaLeaf.Type, let value = leaf.sample as? Value { return value }
        if let list = type as? any SchemaList.Type, let value = list.empty as? Value { return value }
        if let map = type as? any SchemaMap.Type, let value = map.empty as? Value { return value }
        return try type.init(from: Probe(notes: Notes()))
    }

    private struct Probe: Decoder {
        let notes: Notes
        let codingPath: [any CodingKey] = []
        let userInfo: [CodingUserInfoKey: Any] = [:]

        func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedDecodingContainer<Key> {
            KeyedDecodingContainer(Keyed(notes: notes))
        }

        func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
            throw SchemaError(message: "a list is described by its type")
        }

        func singleValueContainer() -> any SingleValueDecodingContainer { Single() }
    }

    private struct Keyed<Key: CodingKey>: KeyedDecodingContainerProtocol {
        let notes: Notes
        let codingPath: [any CodingKey] = []
        var allKeys: [Key] { [] }

        func contains(_ key: Key) -> Bool { true }
        func decodeNil(forKey key: Key) -> Bool { false }

        func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
            notes.note(key.stringValue, type, isOptional: false)
            return try SchemaProbe.value(type)
        }

        func decodeIfPresent<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value? {
            notes.note(key.stringValue, type, isOptional: true)
            return nil
        }

        func decodeIfPresent(_ type: String.Type, forKey key: Key) throws -> String? { absent(type, key) }
        func decodeIfPresent(_ type: Bool.Type, forKey key: Key) throws -> Bool? { absent(type, key) }
        func decodeIfPresent(_ type: Int.Type, forKey key: Key) throws -> Int? { absent(type, key) }
        func decodeIfPresent(_ type: Int64.Type, forKey key: Key) throws -> Int64? { absent(type, key) }

        private func absent<Value: Decodable>(_ type: Value.Type, _ key: Key) -> Value? {
            notes.note(key.stringValue, type, isOptional: true)
            return nil
        }

        func nestedContainer<Nested: CodingKey>(
            keyedBy type: Nested.Type, forKey key: Key
        ) throws -> KeyedDecodingContainer<Nested> {
            throw SchemaError(message: "nested members are described by a type of their own")
        }

        func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
            throw SchemaError(message: "nested lists are described by their type")
        }

        func superDecoder() throws -> any Decoder { Probe(notes: notes) }
        func superDecoder(forKey key: Key) throws -> any Decoder { Probe(notes: notes) }
    }

    private struct Single: SingleValueDecodingContainer {
        let codingPath: [any CodingKey] = []

        func decodeNil() -> Bool { false }
        func decode(_ type: String.Type) -> String { "" }
        func decode(_ type: Bool.Type) -> Bool { false }
        func decode(_ type: Int.Type) -> Int { 0 }
        func decode(_ type: Int64.Type) -> Int64 { 0 }
        func decode(_ type: Double.Type) -> Double { 0 }
        func decode(_ type: Float.Type) -> Float { 0 }
        func decode(_ type: Int8.Type) -> Int8 { 0 }
        func decode(_ type: Int16.Type) -> Int16 { 0 }
        func decode(_ type: Int32.Type) -> Int32 { 0 }
        func decode(_ type: UInt.Type) -> UInt { 0 }
        func decode(_ type: UInt8.Type) -> UInt8 { 0 }
        func decode(_ type: UInt16.Type) -> UInt16 { 0 }
        func decode(_ type: UInt32.Type) -> UInt32 { 0 }
        func decode(_ type: UInt64.Type) -> UInt64 { 0 }

        func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try SchemaProbe.value(type) }
    }
}
