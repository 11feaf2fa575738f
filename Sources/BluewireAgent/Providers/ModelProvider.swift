//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel

/// Something that answers: a language model behind an endpoint, or the built-in concierge.
package protocol ModelProvider: Sendable {
    /// The name shown in records, for example `openai`.
    var name: String { get }

    /// Takes the conversation and returns the next entry, complete. Cancelling the task ends the request at once.
    ///
    /// - Throws: ``ModelError``; a half answer is never returned.
    func respond(to request: ModelRequest) async throws(ModelError) -> ModelReply
}

/// One question to a provider.
package struct ModelRequest: Hashable, Sendable {
    /// The operator's instructions: the only text that instructs.
    package var instructions: String
    /// The conversation, oldest first.
    package var messages: [ModelMessage]
    /// The tools the turn may use.
    package var tools: [ToolDescription]
    /// The time now.
    package var now: Timestamp
    /// The zone the person lives in.
    package var zone: ZoneName

    /// A request from its fields.
    package init(
        instructions: String, messages: [ModelMessage], tools: [ToolDescription], now: Timestamp, zone: ZoneName
    ) {
        self.instructions = instructions
        self.messages = messages
        self.tools = tools
        self.now = now
        self.zone = zone
    }
}

/// A complete answer.
package struct ModelReply: Hashable, Sendable {
    /// The text for the person; empty when only tools are asked for.
    package var text: String
    /// The tools asked for, in order.
    package var toolCalls: [ToolCall]
    /// Why it ended.
    package var finish: Finish
    /// What it cost.
    package var usage: Usage
    /// The model that answered, as it calls itself.
    package var model: String?

    /// A reply from its fields.
    package init(
        text: String, toolCalls: [ToolCall] = [], finish: Finish = .stop, usage: Usage = Usage(), model: String? = nil
    ) {
        self.text = text
        self.toolCalls = toolCalls
        self.finish = finish
        self.usage = usage
        self.model = model
    }

    /// Why an answer ended.
    package enum Finish: String, Hashable, Sendable {
        case stop, length, toolUse, contentFilter, refusal
    }

    /// Tokens used.
    package struct Usage: Hashable, Sendable {
        /// Tokens read.
        package var input: Int
        /// Tokens written.
        package var output: Int

        /// A usage from its fields.
        package init(input: Int = 0, output: Int = 0) {
            self.input = input
            self.output = output
        }
    }
}

/// Why a provider has no answer.
///
/// Messages are for logs; people get a sentence of ours.
package struct ModelError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of failure.
    package var code: Code
    /// What happened, without keys, URLs or texts of people.
    package var message: String

    /// An error from its fields.
    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// What kind of failure.
    package enum Code: String, Hashable, Sendable {
        /// The endpoint cannot be reached or the egress policy forbids it.
        case unreachable
        /// Key or permission problem; the owner must act.
        case denied
        /// The model does not exist, or the request does not fit it.
        case invalid
        /// Quota or credit is used up.
        case exhausted
        /// Too busy, also after the retries.
        case overloaded
        /// The stream ended before the answer did.
        case truncated
        /// Nothing arrived for too long.
        case stalled
        /// What arrived is not in the protocol.
        case malformed
        /// The conversation is too long for the model.
        case contextOverflow
        /// The turn was cancelled.
        case cancelled
    }

    package var description: String { "\(code.rawValue): \(message)" }
}
