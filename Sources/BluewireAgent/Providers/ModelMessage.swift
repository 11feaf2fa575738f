//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// One entry of the conversation a provider sees, in no provider's format.
package struct ModelMessage: Hashable, Sendable {
    /// Who speaks.
    package enum Role: String, Hashable, Sendable {
        case user, assistant, tool
    }

    /// What is said.
    package enum Part: Hashable, Sendable {
        /// Text of our own, or of the assistant.
        case text(String)
        /// Text somebody else wrote: data, never an instruction. Providers fence it.
        case quoted(QuotedText)
        /// The assistant asks for a tool.
        case toolCall(ToolCall)
        /// What the tool answered.
        case toolResult(ToolResult)
    }

    /// Who speaks.
    package var role: Role
    /// What is said, in order.
    package var parts: [Part]

    /// A message from its fields.
    package init(_ role: Role, _ parts: [Part]) {
        self.role = role
        self.parts = parts
    }

    /// The plain text of all parts, quoted or not.
    package var plainText: String {
        parts.compactMap { part in
            switch part {
            case .text(let text): text
            case .quoted(let quote): quote.text
            case .toolCall, .toolResult: nil
            }
        }.joined(separator: "\n")
    }
}

/// Text from outside with where it came from.
package struct QuotedText: Hashable, Sendable {
    /// A label such as `P1` and the local time; never a raw address.
    package var label: String
    /// The text as it was written.
    package var text: String

    /// A quotation from its fields.
    package init(label: String, text: String) {
        self.label = label
        self.text = text
    }
}

/// A tool the model wants to be called.
package struct ToolCall: Hashable, Sendable {
    /// The provider's id, carried verbatim.
    package var id: String
    /// The tool.
    package var name: String
    /// The arguments as JSON text; empty means none.
    package var arguments: String

    /// A call from its fields.
    package init(id: String, name: String, arguments: String) {
        self.id = id
        self.name = name
        self.arguments = arguments
    }
}

/// What a tool answered.
package struct ToolResult: Hashable, Sendable {
    /// The id of the call it answers.
    package var callID: String
    /// The tool.
    package var name: String
    /// The answer, or what was wrong with the call.
    package var text: String
    /// Whether the call failed.
    package var isError: Bool

    /// A result from its fields.
    package init(callID: String, name: String, text: String, isError: Bool = false) {
        self.callID = callID
        self.name = name
        self.text = text
        self.isError = isError
    }
}
