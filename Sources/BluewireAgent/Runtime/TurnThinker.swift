//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import BluewireState
import BluewireTransport

/// One thought: the conversation so far, a model, and tools until there is an answer.
///
/// Sends no text itself.
struct TurnThinker: Sendable {
    let configuration: AgentConfiguration
    let provider: any ModelProvider
    let services: AgentServices

    /// How often a model is asked, tools are called and one tool is repaired in a turn.
    private static let maximumRequests = 16
    private static let maximumCalls = 32
    private static let maximumRepairs = 2
    private static let maximumRepeats = 2
    private static let maximumTime: Duration = .seconds(300)

    /// What a thought came to, with what happened on the way.
    struct Answer: Sendable {
        var result: Result<String, ModelError>
        var steps: [TurnStep]
    }

    struct Progress {
        var steps: [TurnStep] = []
        var calls = 0
        var repairs: [String: Int] = [:]
        var repeats: [ToolCall: Int] = [:]
        var preamble = ""
    }

    /// Thinks about the pending messages.
    func think(_ context: ToolContext, pending: [MessageID]) async -> Answer {
        var progress = Progress()
        do throws(ModelError) {
            let text = try await loop(context, pending: pending, progress: &progress)
            return Answer(result: .success(text), steps: progress.steps)
        } catch {
            return Answer(result: .failure(error), steps: progress.steps)
        }
    }

    private func loop(
        _ context: ToolContext, pending: [MessageID], progress: inout Progress
    ) async throws(ModelError) -> String {
        let started = services.clock.now
        let tools = StandardTools.all.filter { configuration.tools.contains($0.description.name) }
        var request = ModelRequest(
            instructions: configuration.instructions, messages: try await history(context, pending: pending),
            tools: tools.map(\.description), now: context.now, zone: context.zone
        )
        for _ in 0..<Self.maximumRequests {
            guard services.clock.now - started < Self.maximumTime else { break }
            let asked = services.clock.now
            let reply = try await provider.respond(to: request)
            GatewayMetrics.tokens.add(Int64(reply.usage.input), "input")
            GatewayMetrics.tokens.add(Int64(reply.usage.output), "output")
            let took = (services.clock.now - asked).wholeNanoseconds / 1_000_000
            progress.note(
                asked, "model.request",
                "\(provider.name) \(reply.model ?? ""): \(reply.finish.rawValue), \(reply.usage.input)+\(reply.usage.output) tokens, \(took) ms"
            )
            guard !reply.toolCalls.isEmpty else {
                return try Self.finalText(reply, preamble: progress.preamble)
            }
            if !reply.text.isEmpty { progress.preamble = reply.text }
            let parts =
                (reply.text.isEmpty ? [] : [ModelMessage.Part.text(reply.text)]) + reply.toolCalls.map { .toolCall($0) }
            request.messages.append(ModelMessage(.assistant, parts))
            for call in reply.toolCalls {
                let result = try await run(call, tools: tools, context: context, progress: &progress)
                request.messages.append(ModelMessage(.tool, [.toolResult(result)]))
            }
        }
        throw ModelError(.malformed, "The turn reached its limit of steps or time without an answer.")
    }

    private func run(
        _ call: ToolCall, tools: [any AgentTool], context: ToolContext, progress: inout Progress
    ) async throws(ModelError) -> ToolResult {
        guard !Task.isCancelled else { throw ModelError(.cancelled, "The turn was cancelled.") }
        progress.calls += 1
        let signature = ToolCall(id: "", name: call.name, arguments: call.arguments)
        progress.repeats[signature, default: 0] += 1
        guard progress.calls <= Self.maximumCalls, progress.repeats[signature, default: 0] <= Self.maximumRepeats else {
            throw ModelError(.malformed, "The model keeps calling tools without coming to an answer.")
        }
        let at = services.clock.now
        do throws(ToolError) {
            guard let tool = tools.first(where: { $0.description.name == call.name }) else {
                throw ToolError("There is no tool of that name.")
            }
            let arguments = try ToolArguments(json: call.arguments, for: tool.description)
            let text = try await tool.call(arguments, in: context)
            progress.note(at, "tool.call", "\(call.name): done")
            return ToolResult(callID: call.id, name: call.name, text: text)
        } catch {
            progress.note(at, "tool.call", "\(call.name): \(error.message)")
            progress.repairs[call.name, default: 0] += 1
            guard progress.repairs[call.name, default: 0] <= Self.maximumRepairs + 1 else {
                throw ModelError(.malformed, "The model could not repair its call of \(call.name).")
            }
            return ToolResult(callID: call.id, name: call.name, text: error.message, isError: true)
        }
    }

    /// The text to send: never half a sentence, never text that the provider took back.
    private static func finalText(_ reply: ModelReply, preamble: String) throws(ModelError) -> String {
        switch reply.finish {
        case .stop, .toolUse: return reply.text.trimmingSpaces().isEmpty ? preamble : reply.text
        case .refusal: return reply.text.trimmingSpaces().isEmpty ? "I can't help with that." : reply.text
        case .contentFilter: return "I can't help with that."
        case .length:
            let ends: Set<Character> = [".", "!", "?", "…", "。", "！", "？", "\n"]
            guard let end = reply.text.lastIndex(where: { ends.contains($0) }) else {
                throw ModelError(.truncated, "The answer was cut off before its first sentence ended.")
            }
            return String(reply.text[...end])
        }
    }

    /// The newest messages of the chat as a conversation, the pending ones at its end.
    private func history(_ context: ToolContext, pending: [MessageID]) async throws(ModelError) -> [ModelMessage] {
        var messages: [Message]
        do {
            messages = try await services.chats.recentMessages(in: context.sender.chat, limit: configuration.history)
            for id in pending where !messages.contains(where: { $0.id == id }) {
                if let message = try await services.chats.message(id) { messages.append(message) }
            }
        } catch {
            throw ModelError(.unreachable, "The chat could not be read.")
        }
        var labels: [HandleKey: String] = [:]
        var conversation: [ModelMessage] = []
        for message in messages where [.text, .balloon].contains(message.kind) {
            let text = Self.text(of: message)
            guard !text.isEmpty else { continue }
            if message.isFromMe, !pending.contains(message.id) {
                conversation.append(ModelMessage(.assistant, [.text(text)]))
            } else {
                let key = message.sender?.key ?? HandleKey("")
                let label = labels[key] ?? "P\(labels.count + 1)"
                labels[key] = label
                let time = SpokenTime.short(message.sentAt, in: context.zone)
                conversation.append(ModelMessage(.user, [.quoted(QuotedText(label: "\(label) \(time)", text: text))]))
            }
        }
        return conversation
    }

    private static func text(of message: Message) -> String {
        var lines = [message.body.plainText.trimmingSpaces()].filter { !$0.isEmpty }
        for attachment in message.attachments where !attachment.isHidden {
            if let transcript = attachment.transcription {
                lines.append("[Voice note, transcribed] \(transcript)")
            } else {
                lines.append("[Attachment: \(attachment.mimeType ?? "file")]")
            }
        }
        return lines.joined(separator: "\n")
    }
}

extension TurnThinker.Progress {
    mutating func note(_ at: Timestamp, _ step: String, _ detail: String) {
        steps.append(TurnStep(at: at, step: step, detail: detail))
    }
}
