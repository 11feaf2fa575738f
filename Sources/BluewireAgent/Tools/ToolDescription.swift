//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel

/// What a model is told about a tool.
package struct ToolDescription: Hashable, Sendable {
    /// The name, `[a-z_]`.
    package var name: String
    /// What it does and when to use it.
    package var summary: String
    /// Its arguments.
    package var parameters: [Parameter]

    /// A description from its fields.
    package init(name: String, summary: String, parameters: [Parameter] = []) {
        self.name = name
        self.summary = summary
        self.parameters = parameters
    }

    /// One argument.
    package struct Parameter: Hashable, Sendable {
        /// The types arguments can have.
        package enum Kind: String, Hashable, Sendable {
            case string, integer, boolean
        }

        /// The name.
        package var name: String
        /// Its type.
        package var kind: Kind
        /// What it means.
        package var summary: String
        /// Whether it must be there.
        package var isRequired: Bool
        /// The values allowed; nil for any.
        package var allowed: [String]?

        /// An argument from its fields.
        package init(
            _ name: String, _ kind: Kind, _ summary: String, isRequired: Bool = false, allowed: [String]? = nil
        ) {
            self.name = name
            self.kind = kind
            self.summary = summary
            self.isRequired = isRequired
            self.allowed = allowed
        }
    }

    /// The arguments as JSON Schema.
    package var schema: JSONValue {
        var properties: [String: JSONValue] = [:]
        for parameter in parameters {
            var fields: [String: JSONValue] = [
                "type": .string(parameter.kind.rawValue), "description": .string(parameter.summary),
            ]
            if let allowed = parameter.allowed { fields["enum"] = .array(allowed.map { .string($0) }) }
            properties[parameter.name] = .object(fields)
        }
        return .object([
            "type": "object", "properties": .object(properties), "additionalProperties": false,
            "required": .array(parameters.filter(\.isRequired).map { .string($0.name) }),
        ])
    }
}
