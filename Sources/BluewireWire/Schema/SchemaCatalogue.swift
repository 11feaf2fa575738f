//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// The components of the API description, collected from the types that routes take and give.
package struct SchemaCatalogue: Sendable {
    /// Every component, by name.
    package private(set) var components: [String: Component] = [:]

    /// A catalogue without components.
    package init() {}

    /// A described type with the members its decoding asks for.
    package struct Component: Hashable, Sendable {
        /// What it is in words.
        package var description: SchemaDescription
        /// Its members in the order of the description.
        package var members: [Member]

        /// A member as the description shows it.
        package struct Member: Hashable, Sendable {
            /// Its name.
            package var name: String
            /// Whether it may be absent or null.
            package var isOptional: Bool
            /// What it looks like.
            package var schema: JSONSchema
        }
    }

    /// What a type looks like; a described one, and all it holds, become components.
    ///
    /// - Throws: SchemaError when a type or member is not described, or a description names a member that is not there.
    package mutating func schema(of type: any Decodable.Type) throws -> JSONSchema {
        switch type {
        case is String.Type: return .string()
        case is Bool.Type: return .boolean
        case is Int.Type, is Int64.Type, is Int32.Type, is UInt64.Type: return .integer()
        default: break
        }
        if let leaf = type as? any SchemaLeaf.Type { return leaf.schema }
        if let list = type as? any SchemaList.Type { return .array(try schema(of: list.elementType)) }
        if let map = type as? any SchemaMap.Type { return .map(try schema(of: map.valueType)) }
        guard let described = type as? any SchemaDescribed.Type else {
            throw SchemaError(message: "\(type) is not described")
        }
        let description = described.schemaDescription
        if components[description.name] == nil {
            // Its place is taken before its members are looked at: types may hold themselves.
            components[description.name] = Component(description: description, members: [])
            let members = try members(of: described, description)
            components[description.name]?.members = members
        }
        return .reference(description.name)
    }

    /// An example of a type, made of the examples of its members.
    package func example(of schema: JSONSchema, depth: Int = 0) -> OrderedJSON {
        switch schema {
        case .string: return "text"
        case .integer: return 1
        case .boolean: return true
        case .array(let element, _): return depth > 5 ? [] : .array([example(of: element, depth: depth + 1)])
        case .nullable(let inner): return depth > 4 ? .null : example(of: inner, depth: depth + 1)
        case .anyOf(let schemas): return schemas.first.map { example(of: $0, depth: depth) } ?? .null
        case .map, .any: return [:]
        case .reference(let name):
            guard let component = components[name] else { return [:] }
            var members: [OrderedJSON.Member] = []
            for (described, member) in zip(component.description.members, component.members) {
                let value = described.example ?? example(of: member.schema, depth: depth + 1)
                // What need not be there is left out when it would say nothing.
                if value == .null, component.description.isStrict { continue }
                members.append(.init(member.name, value))
            }
            return .object(members)
        }
    }

    /// The components as JSON Schema, sorted by name.
    package var json: OrderedJSON {
        .object(components.sorted { $0.key < $1.key }.map { .init($0.key, $0.value.json) })
    }

    private mutating func members(
        of type: any SchemaDescribed.Type, _ description: SchemaDescription
    ) throws -> [Component.Member] {
        let found = try SchemaProbe.members(of: type)
        let names = Set(found.map(\.name))
        if let stray = description.members.first(where: { !names.contains($0.name) }) {
            throw SchemaError(message: "\(description.name) describes “\(stray.name)”, which it does not have")
        }
        let described = Set(description.members.map(\.name))
        if let missing = found.first(where: { !described.contains($0.name) }) {
            throw SchemaError(message: "\(description.name) does not describe “\(missing.name)”")
        }
        var members: [Component.Member] = []
        for member in description.members {
            guard let one = found.first(where: { $0.name == member.name }) else { continue }
            let schema = try schema(of: one.type).with(member.rule)
            members.append(
                .init(
                    name: one.name, isOptional: one.isOptional, schema: one.isOptional ? .nullable(schema) : schema))
        }
        return members
    }
}

extension SchemaCatalogue.Component {
    /// The component as JSON Schema.
    var json: OrderedJSON {
        var properties: [OrderedJSON.Member] = []
        for (described, member) in zip(description.members, members) {
            guard case .object(var keywords) = member.schema.json else { continue }
            let isReference = keywords.first?.name == "$ref"
            keywords.append(.init("description", .string(described.summary)))
            if let example = described.example, !isReference { keywords.append(.init("examples", .array([example]))) }
            properties.append(.init(member.name, .object(keywords)))
        }
        let required = members.filter { !$0.isOptional }.map { OrderedJSON.string($0.name) }
        var json: [OrderedJSON.Member] = [
            .init("type", "object"), .init("description", .string(description.summary)),
            .init("properties", .object(properties)),
        ]
        if !required.isEmpty { json.append(.init("required", .array(required))) }
        if description.isStrict { json.append(.init("additionalProperties", false)) }
        return .object(json)
    }
}

/// A wire type and its description do not fit.
package struct SchemaError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What does not fit.
    package var message: String

    package var description: String { message }
}
