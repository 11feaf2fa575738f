//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel

/// Searches the chat the turn answers in.
struct SearchMessagesTool: AgentTool {
    let description = ToolDescription(
        name: "search_messages",
        summary: "Searches this chat for messages that contain all the words. Newest first.",
        parameters: [
            .init("query", .string, "The words to look for.", isRequired: true),
            .init("limit", .integer, "At most this many, 1 to 20; 5 when left out."),
        ]
    )

    func call(_ arguments: ToolArguments, in turn: ToolContext) async throws(ToolError) -> String {
        let query = (arguments.string("query") ?? "").trimmingSpaces()
        guard !query.isEmpty else { throw ToolError("The query is empty.") }
        let limit = min(max(arguments.integer("limit") ?? 5, 1), 20)
        let found: [Message]
        do {
            found = try await turn.search.search(query, in: turn.sender.chat, limit: limit + 1)
        } catch {
            throw ToolError("The search failed.")
        }
        // The message that asked for the search contains its words, too.
        let hits = found.filter { $0.id != turn.message && $0.id != turn.firstMessage }.prefix(limit)
        guard !hits.isEmpty else { return "No message contains that." }
        return hits.map { message in
            let text = message.body.plainText.replacing("\n", with: " ")
            let who = message.isFromMe ? "me" : "them"
            return "\(SpokenTime.short(message.sentAt, in: turn.zone)), \(who): \(text.prefix(200))"
        }.joined(separator: "\n")
    }
}
