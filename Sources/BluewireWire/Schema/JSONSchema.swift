//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// What a JSON value of the API looks like, as JSON Schema 2020-12 says it (the dialect of OpenAPI 3.1).
package indirect enum JSONSchema: Hashable, Sendable {
    /// Text, with more rules where there are any.
    case string(ValueRule? = nil)
    /// A whole number of 64 bits, with more rules where there are any.
    case integer(ValueRule? = nil)
    /// True or false.
    case boolean
    /// A list.
    case array(JSONSchema, ValueRule? = nil)
    /// A component by its name.
    case reference(String)
    /// That, or null.
    case nullable(JSONSchema)
    /// An object with any members of one kind.
    case map(JSONSchema)
    /// One of several.
    case anyOf([JSONSchema])
    /// Anything.
    case any

    /// The schema as a JSON value.
    package var json: OrderedJSON {
        switch self {
        case .string(let rule): .object([.init("type", "string")] + (rule?.members ?? []))
        case .integer(let rule):
            .object([.init("type", "integer"), .init("format", "int64")] + (rule?.members ?? []))
        case .boolean: ["type": "boolean"]
        case .array(let element, let rule):
            .object([.init("type", "array"), .init("items", element.json)] + (rule?.members ?? []))
        case .reference(let name): ["$ref": .string("#/components/schemas/" + name)]
        case .nullable(let schema): schema.nullableJSON
        case .map(let element): ["type": "object", "additionalProperties": element.json]
        case .anyOf(let schemas): ["anyOf": .array(schemas.map(\.json))]
        case .any: [:]
        }
    }

    /// The schema with a rule of a member put on it.
    package func with(_ rule: ValueRule?) -> JSONSchema {
        guard let rule else { return self }
        switch self {
        case .string: return .string(rule)
        case .integer: return .integer(rule)
        case .array(let element, _): return .array(element, rule)
        case .nullable(let schema): return .nullable(schema.with(rule))
        case .boolean, .reference, .map, .anyOf, .any: return self
        }
    }

    private var nullableJSON: OrderedJSON {
        guard case .object(var members) = json else { return json }
        if let index = members.firstIndex(where: { $0.name == "type" }) {
            members[index].value = .array([members[index].value, "null"])
            if let choices = members.firstIndex(where: { $0.name == "enum" }),
                case .array(let values) = members[choices].value
            {
                members[choices].value = .array(values + [.null])
            }
            return .object(members)
        }
        if case .array(let choices)? = json["anyOf"] { return ["anyOf": .array(choices + [["type": "null"]])] }
        return members.isEmpty ? json : ["anyOf": [json, ["type": "null"]]]
    }
}

/// What a value must obey beside its type.
package struct ValueRule: Hashable, Sendable {
    /// The keywords of JSON Schema.
    package var members: [OrderedJSON.Member]

    /// A rule from keywords.
    package init(_ members: [OrderedJSON.Member]) { self.members = members }

    /// One of these texts and no other; only where the gateway refuses others.
    package static func oneOf(_ values: [String]) -> ValueRule {
        ValueRule([.init("enum", .array(values.map(OrderedJSON.string)))])
    }

    /// A text of so many characters.
    package static func length(_ range: ClosedRange<Int>) -> ValueRule {
        ValueRule([.init("minLength", .integer(range.lowerBound)), .init("maxLength", .integer(range.upperBound))])
    }

    /// A text that matches an expression.
    package static func pattern(_ expression: String) -> ValueRule {
        ValueRule([.init("pattern", .string(expression))])
    }

    /// A number in a range.
    package static func range(_ range: ClosedRange<Int>) -> ValueRule {
        ValueRule([.init("minimum", .integer(range.lowerBound)), .init("maximum", .integer(range.upperBound))])
    }

    /// A list of so many elements.
    package static func count(_ range: ClosedRange<Int>) -> ValueRule {
        ValueRule([.init("minItems", .integer(range.lowerBound)), .init("maxItems", .integer(range.upperBound))])
    }

    /// A text in a known format of JSON Schema.
    package static func format(_ name: String) -> ValueRule { ValueRule([.init("format", .string(name))]) }
}
