//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel

/// A wire type that the API description explains.
///
/// Names, types and presence of its members are taken from how it decodes; only what code cannot say is written down.
package protocol SchemaDescribed: Decodable, SendableMetatype {
    /// What it is and what its members mean.
    static var schemaDescription: SchemaDescription { get }
}

/// What a wire type is, in words.
package struct SchemaDescription: Hashable, Sendable {
    /// Its name among the components.
    package var name: String
    /// What it is, in one sentence.
    package var summary: String
    /// Whether members beside the known ones are refused.
    package var isStrict: Bool
    /// Its members, in the order the description lists them.
    package var members: [Member]

    /// A description from its parts.
    package init(
        _ name: String, _ summary: String, isStrict: Bool = false, _ members: [Member]
    ) {
        self.name = name
        self.summary = summary
        self.isStrict = isStrict
        self.members = members
    }

    /// What a member means.
    package struct Member: Hashable, Sendable {
        /// Its name on the wire.
        package var name: String
        /// What it says, in one sentence.
        package var summary: String
        /// A value it may have; nil takes the example of its type.
        package var example: OrderedJSON?
        /// What its value must obey.
        package var rule: ValueRule?

        /// A member from its parts.
        package init(_ name: String, _ summary: String, _ example: OrderedJSON? = nil, _ rule: ValueRule? = nil) {
            self.name = name
            self.summary = summary
            self.example = example
            self.rule = rule
        }
    }
}

/// A wire type that is one JSON value and explains itself.
package protocol SchemaLeaf: Decodable {
    /// What it looks like.
    static var schema: JSONSchema { get }
    /// A value to go on with where a type is only looked at.
    static var sample: Self { get }
}

extension NativeTime: SchemaLeaf {
    package static var schema: JSONSchema { .string(.format("date-time")) }
    package static var sample: NativeTime { NativeTime(.init(nanoseconds: 0)) }
}

/// An array, whatever its elements; lets the probe look at the element type.
protocol SchemaList {
    static var elementType: any Decodable.Type { get }
    static var empty: Self { get }
}

extension Array: SchemaList where Element: Decodable {
    static var elementType: any Decodable.Type { Element.self }
    static var empty: [Element] { [] }
}

/// A dictionary by name, whatever its values.
protocol SchemaMap {
    static var valueType: any Decodable.Type { get }
    static var empty: Self { get }
}

extension Dictionary: SchemaMap where Key == String, Value: Decodable {
    static var valueType: any Decodable.Type { Value.self }
    static var empty: [String: Value] { [:] }
}
