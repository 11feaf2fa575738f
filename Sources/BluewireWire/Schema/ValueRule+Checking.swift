//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

extension ValueRule {
    /// Whether a value obeys the rule; null and values of another type are not the rule's business.
    package func accepts(_ value: OrderedJSON) -> Bool {
        members.allSatisfy { keyword in
            switch (keyword.name, keyword.value, value) {
            case ("enum", .array(let values), .string): values.contains(value)
            case ("minLength", .integer(let least), .string(let text)): text.unicodeScalars.count >= least
            case ("maxLength", .integer(let most), .string(let text)): text.unicodeScalars.count <= most
            case ("pattern", .string(let pattern), .string(let text)): Self.matches(text, pattern)
            case ("minimum", .integer(let least), .integer(let number)): number >= least
            case ("maximum", .integer(let most), .integer(let number)): number <= most
            case ("minItems", .integer(let least), .array(let values)): values.count >= least
            case ("maxItems", .integer(let most), .array(let values)): values.count <= most
            default: true
            }
        }
    }

    private static func matches(_ text: String, _ pattern: String) -> Bool {
        guard let expression = try? Regex(pattern) else { return false }
        return text.firstMatch(of: expression) != nil
    }
}

extension StrictRequest where Self: SchemaDescribed {
    /// Reads a request body and holds its members to the rules the API description tells.
    ///
    /// - Throws: ``RequestError``; ``RuleError`` names the member that breaks its rule.
    package init(checked bytes: [UInt8]) throws {
        try self.init(json: bytes)
        let description = Self.schemaDescription
        guard description.members.contains(where: { $0.rule != nil }) else { return }
        let body = try OrderedJSON(json: bytes)
        for member in description.members {
            guard let rule = member.rule, let value = body[member.name], !rule.accepts(value) else { continue }
            throw RuleError(member: member.name, rule: rule)
        }
    }
}

/// A member of a request breaks its rule.
package struct RuleError: Error, Hashable, Sendable {
    /// The member.
    package var member: String
    /// The rule.
    package var rule: ValueRule

    /// The rule in words, for example `minLength 1, maxLength 100`.
    package var wording: String {
        rule.members.map { keyword in
            let value =
                switch keyword.value {
                case .integer(let number): String(number)
                case .string(let text): text
                case .array(let values):
                    values.map { if case .string(let text) = $0 { text } else { "" } }.joined(separator: "|")
                default: ""
                }
            return "\(keyword.name) \(value)"
        }.joined(separator: ", ")
    }
}
