//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel

/// The body of `POST /chat/completions`.
///
/// Names are the wire's.
struct ChatCompletionsRequest: Encodable {
    var model: String
    var messages: [Entry]
    var stream = true
    var stream_options: StreamOptions?
    var tools: [Tool]?
    var max_tokens: Int?
    var max_completion_tokens: Int?
    var temperature: Double?

    struct StreamOptions: Encodable {
        var include_usage = true
    }

    struct Entry: Encodable {
        var role: String
        var content: String?
        var tool_calls: [Call]?
        var tool_call_id: String?
    }

    struct Call: Encodable {
        var id: String
        var type = "function"
        var function: Function
    }

    struct Function: Encodable {
        var name: String
        var arguments: String
    }

    struct Tool: Encodable {
        var type = "function"
        var function: Definition
    }

    struct Definition: Encodable {
        var name: String
        var description: String
        var parameters: JSONValue
    }
}

extension ChatCompletionsRequest {
    /// Renders a neutral request; text of other people is fenced.
    init(_ request: ModelRequest, configuration: ChatCompletionsProvider.Configuration, fence: TextFence) {
        model = configuration.model
        let time = "It is \(request.now.rfc3339); the person's time zone is \(request.zone)."
        var system = [request.instructions, time]
        if request.messages.contains(where: \.holdsQuotes) { system.append(fence.explanation) }
        messages = [Entry(role: "system", content: system.filter { !$0.isEmpty }.joined(separator: "\n\n"))]
        for message in request.messages { messages += Self.entries(of: message, fence: fence) }
        stream_options = configuration.sendsStreamOptions ? StreamOptions() : nil
        if !request.tools.isEmpty {
            tools = request.tools.map {
                Tool(function: Definition(name: $0.name, description: $0.summary, parameters: $0.schema))
            }
        }
        if configuration.usesLegacyTokenLimit {
            max_tokens = configuration.maximumTokens
        } else {
            max_completion_tokens = configuration.maximumTokens
        }
        temperature = configuration.temperature
    }

    private static func entries(of message: ModelMessage, fence: TextFence) -> [Entry] {
        var texts: [String] = []
        var calls: [Call] = []
        var results: [Entry] = []
        for part in message.parts {
            switch part {
            case .text(let text): texts.append(text)
            case .quoted(let quote): texts.append(fence.enclose(quote))
            case .toolCall(let call):
                let arguments = call.arguments.isEmpty ? "{}" : call.arguments
                calls.append(Call(id: call.id, function: Function(name: call.name, arguments: arguments)))
            case .toolResult(let result):
                let text = fence.enclose(QuotedText(label: "tool \(result.name)", text: result.text))
                results.append(Entry(role: "tool", content: text, tool_call_id: result.callID))
            }
        }
        let text = texts.joined(separator: "\n")
        guard message.role != .tool else { return results }
        let content = text.isEmpty && !calls.isEmpty ? nil : text
        return [Entry(role: message.role.rawValue, content: content, tool_calls: calls.isEmpty ? nil : calls)] + results
    }
}

extension ModelMessage {
    fileprivate var holdsQuotes: Bool {
        parts.contains { part in
            switch part {
            case .quoted, .toolResult: true
            case .text, .toolCall: false
            }
        }
    }
}
