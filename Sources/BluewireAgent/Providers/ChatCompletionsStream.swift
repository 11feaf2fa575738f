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

/// Collects the pieces of a streamed completion into a reply.
///
/// Pure; lenient in what servers differ in, strict about the end: a stream that stops without a finish reason and
/// without `[DONE]` is truncated.
struct ChatCompletionsStream {
    private struct PartialCall {
        var index: Int?
        var id = ""
        var name = ""
        var arguments = ""
    }

    private var text = ""
    private var refusal = ""
    private var calls: [PartialCall] = []
    private var finishReason: String?
    private var usage = ModelReply.Usage()
    private var model: String?
    private var isDone = false

    /// Takes the data of one event; true when nothing more will come.
    mutating func consume(_ data: String) throws(ModelError) -> Bool {
        if data.hasPrefix("[DONE]") {
            isDone = true
            return true
        }
        let chunk: ChatCompletionsChunk
        do {
            chunk = try JSONDecoder().decode(ChatCompletionsChunk.self, from: Data(data.utf8))
        } catch {
            throw ModelError(.malformed, "An event of the stream is not JSON of the expected shape.")
        }
        if let failure = chunk.error { throw ModelError(streamed: failure) }
        model = chunk.model ?? model
        if let counted = chunk.usage {
            usage = .init(
                input: counted.prompt_tokens ?? usage.input, output: counted.completion_tokens ?? usage.output)
        }
        guard let choice = chunk.choices?.first(where: { ($0.index ?? 0) == 0 }) else { return false }
        if let delta = choice.delta ?? choice.message {
            text += delta.content ?? ""
            refusal += delta.refusal ?? ""
            for call in delta.tool_calls ?? [] { try add(call) }
        }
        if let reason = choice.finish_reason, !reason.isEmpty { finishReason = reason }
        return false
    }

    /// The reply, once the stream has ended.
    func finish() throws(ModelError) -> ModelReply {
        guard finishReason != nil || isDone else {
            throw ModelError(.truncated, "The stream ended before the answer was complete.")
        }
        var complete: [ToolCall] = []
        for (position, call) in calls.enumerated() {
            guard !call.name.isEmpty else { throw ModelError(.malformed, "A tool call has no name.") }
            let id = call.id.isEmpty ? "call_\(position)" : call.id
            complete.append(ToolCall(id: id, name: call.name, arguments: call.arguments))
        }
        let reason: ModelReply.Finish
        switch finishReason {
        // Calls decide, not the reason: some servers end a call with "stop".
        case _ where !complete.isEmpty && finishReason != "length": reason = .toolUse
        case "length": reason = .length
        case "content_filter": reason = .contentFilter
        default: reason = refusal.isEmpty ? .stop : .refusal
        }
        // A call cut off by the token limit has half its arguments; it must not run.
        if reason == .length { complete = [] }
        return ModelReply(
            text: text.isEmpty ? refusal : text, toolCalls: complete, finish: reason, usage: usage, model: model
        )
    }

    private mutating func add(_ call: ChatCompletionsChunk.Call) throws(ModelError) {
        let position: Int
        if let index = call.index, let known = calls.firstIndex(where: { $0.index == index }) {
            position = known
        } else if call.index == nil, let last = calls.indices.last, call.id == nil || call.id == calls[last].id {
            position = last
        } else {
            guard calls.count < 64 else { throw ModelError(.malformed, "The model asks for too many tools at once.") }
            calls.append(PartialCall(index: call.index))
            position = calls.count - 1
        }
        // Name and id come once; servers that repeat them repeat them unchanged.
        if calls[position].id.isEmpty { calls[position].id = call.id ?? "" }
        if calls[position].name.isEmpty { calls[position].name = call.function?.name ?? "" }
        switch call.function?.arguments {
        case .text(let slice)?: calls[position].arguments += slice
        case .value(.null)?, nil: break
        case .value(let value)?:
            let encoded = try? JSONEncoder().encode(value)
            calls[position].arguments += encoded.map { String(decoding: $0, as: UTF8.self) } ?? ""
        }
    }
}

extension ModelError {
    /// An error that arrived inside a stream whose status was 200.
    init(streamed failure: ChatCompletionsChunk.Failure) {
        let words = failure.words
        if words.contains("context_length") {
            self.init(.contextOverflow, "The conversation is too long for the model.")
        } else if words.contains("quota") || words.contains("billing") || words.contains("credit") {
            self.init(.exhausted, "The provider's quota is used up.")
        } else if words.contains("rate_limit") || words.contains("overloaded") || words.contains("429") {
            self.init(.overloaded, "The provider is overloaded.")
        } else {
            self.init(.truncated, "The provider broke the answer off with an error.")
        }
    }
}
