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

/// The assistant that works without any model: tasks, reminders, search and help; it says so when asked for more.
///
/// It is a provider like any other: what it does, it does by asking for the same tools.
package struct ConciergeProvider: ModelProvider {
    /// The concierge.
    package init() {}

    package var name: String { "concierge" }

    package func respond(to request: ModelRequest) async throws(ModelError) -> ModelReply {
        let results = request.messages.reversed().prefix { $0.role == .tool }.reversed().flatMap(\.results)
        var before = request.messages[...]
        if !results.isEmpty {
            while before.last?.role == .tool { before = before.dropLast() }
            before = before.dropLast()
        }
        let asked = before.reversed().prefix { $0.role == .user }.reversed().map(\.plainText)
        let earlier = before.dropLast(asked.count).last { $0.role == .assistant }?.plainText
        let intents = asked.enumerated().map { index, text in
            ConciergeIntent(text, answering: index == 0 ? earlier : nil, now: request.now, zone: request.zone)
        }
        guard results.isEmpty else {
            return ModelReply(text: Self.answer(intents, results: results), model: name)
        }
        var calls: [ToolCall] = []
        for (index, intent) in intents.enumerated() {
            guard let call = intent.call else { continue }
            calls.append(ToolCall(id: "call_\(index)", name: call.tool, arguments: try Self.json(call.arguments)))
        }
        guard calls.isEmpty else { return ModelReply(text: "", toolCalls: calls, finish: .toolUse, model: name) }
        return ModelReply(text: Self.answer(intents, results: []), model: name)
    }

    private static func answer(_ intents: [ConciergeIntent], results: [ToolResult]) -> String {
        var texts: [String] = []
        for (index, intent) in intents.enumerated() {
            let result = results.first { $0.callID == "call_\(index)" }
            let text = intent.answer(result)
            if !texts.contains(text) { texts.append(text) }
        }
        return texts.joined(separator: "\n\n")
    }

    private static func json(_ arguments: [String: JSONValue]) throws(ModelError) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(arguments) else {
            throw ModelError(.malformed, "The arguments of a tool cannot be encoded.")
        }
        return String(decoding: data, as: UTF8.self)
    }
}

extension ModelMessage {
    fileprivate var results: [ToolResult] {
        parts.compactMap { if case .toolResult(let result) = $0 { result } else { nil } }
    }
}
