//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel

#if canImport(FoundationEssentials)
    private import FoundationEssentials
#else
    private import Foundation
#endif

/// Arguments a model gave, checked against the tool's description.
package struct ToolArguments: Hashable, Sendable {
    private let values: [String: JSONValue]

    /// Parses and checks `json`; empty text means no arguments.
    ///
    /// - Throws: ``ToolError`` with a sentence the model can repair its call by.
    package init(json: String, for tool: ToolDescription) throws(ToolError) {
        let text = json.allSatisfy(\.isWhitespace) ? "{}" : json
        guard case .object(let object)? = try? JSONDecoder().decode(JSONValue.self, from: Data(text.utf8)) else {
            throw ToolError("The arguments are not a JSON object.")
        }
        for name in object.keys.sorted() where !tool.parameters.contains(where: { $0.name == name }) {
            throw ToolError("There is no argument \"\(name)\".")
        }
        var values: [String: JSONValue] = [:]
        for parameter in tool.parameters {
            let value = object[parameter.name] ?? .null
            if value == .null {
                guard !parameter.isRequired else { throw ToolError("The argument \"\(parameter.name)\" is missing.") }
                continue
            }
            values[parameter.name] = try Self.check(value, parameter)
        }
        self.values = values
    }

    /// The text of an argument; nil when it was left out.
    package func string(_ name: String) -> String? {
        if case .string(let text)? = values[name] { text } else { nil }
    }

    /// The number of an argument; nil when it was left out.
    package func integer(_ name: String) -> Int? {
        if case .integer(let number)? = values[name] { Int(number) } else { nil }
    }

    /// The truth of an argument; false when it was left out.
    package func flag(_ name: String) -> Bool { values[name] == .bool(true) }

    private static func check(
        _ value: JSONValue, _ parameter: ToolDescription.Parameter
    ) throws(ToolError) -> JSONValue {
        switch (parameter.kind, value) {
        case (.string, .string(let text)):
            guard text.utf8.count <= 8192 else { throw ToolError("The argument \"\(parameter.name)\" is too long.") }
            if let allowed = parameter.allowed, !allowed.contains(text) {
                throw ToolError("The argument \"\(parameter.name)\" must be one of \(allowed.joined(separator: ", ")).")
            }
            return value
        // Numbers where text is expected, and the other way round, are what models most often get wrong harmlessly.
        case (.string, .integer(let number)) where parameter.allowed == nil: return .string(String(number))
        case (.integer, .integer), (.boolean, .bool): return value
        case (.integer, .string(let text)):
            guard let number = Int64(text) else { break }
            return .integer(number)
        default: break
        }
        throw ToolError("The argument \"\(parameter.name)\" must be of type \(parameter.kind.rawValue).")
    }
}

/// Why a tool did nothing, in a sentence for the model.
package struct ToolError: Error, Hashable, Sendable {
    /// The sentence.
    package var message: String

    /// An error from its sentence.
    package init(_ message: String) { self.message = message }
}
