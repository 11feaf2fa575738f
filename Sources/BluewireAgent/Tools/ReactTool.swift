//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import BluewireTransport

/// Puts a tapback on the message that is answered.
struct ReactTool: AgentTool {
    let description = ToolDescription(
        name: "react",
        summary: "Puts a tapback on the message you are answering. Use it instead of a text when nothing needs saying.",
        parameters: [
            .init(
                "kind", .string, "The tapback.", isRequired: true,
                allowed: ["love", "like", "dislike", "laugh", "emphasize", "question", "emoji"]
            ),
            .init("emoji", .string, "The emoji, when the kind is emoji."),
        ]
    )

    func call(_ arguments: ToolArguments, in turn: ToolContext) async throws(ToolError) -> String {
        guard let kind = arguments.string("kind").flatMap({ Tapback.Kind(name: $0) }) else {
            throw ToolError("There is no such tapback.")
        }
        let emoji = kind == .emoji ? arguments.string("emoji") : nil
        if kind == .emoji {
            guard let emoji, emoji.count == 1, emoji.unicodeScalars.contains(where: { $0.properties.isEmoji }) else {
                throw ToolError("The kind emoji needs exactly one emoji.")
            }
        }
        let action = Send.Action.tapback(target: turn.message, part: 0, kind: kind, emoji: emoji, isRemoval: false)
        do {
            let name = "\(kind.name)\(emoji ?? "")"
            _ = try await turn.sender.submit(
                action, key: "agent:\(turn.agent):\(turn.message)-react-\(name)", answering: turn.message
            )
        } catch {
            throw ToolError("This line cannot send tapbacks.")
        }
        return "The tapback is on the message."
    }
}
