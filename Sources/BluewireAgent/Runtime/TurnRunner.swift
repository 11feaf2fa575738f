//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import BluewireState
import BluewireTransport

/// Runs the sessions of one agent: waits for the end of a burst, thinks, answers.
struct TurnRunner: Sendable {
    let configuration: AgentConfiguration
    let provider: any ModelProvider
    let services: AgentServices
    let sessions: AgentSessions
    let reminders: ReminderScheduler

    /// What thinking came to.
    private enum Thought: Sendable {
        case answered(TurnThinker.Answer)
        case interrupted
        case background
    }

    private var clock: any WallClock { services.clock }
    private var records: AgentRepository { services.state.agents(clock: services.clock) }

    /// How long a session rests at first and at most when its state cannot be written.
    private static let firstRest: Duration = .seconds(15)
    private static let longestRest: Duration = .seconds(60)

    /// Answers what waits in `chat` until nothing does, or until cancelled.
    func runSession(_ chat: ChatID) async {
        var rest = Self.firstRest
        while true {
            do {
                return try await answer(chat)
            } catch {
                // The state cannot be written: the messages stay, and are answered after a rest.
                guard !Task.isCancelled, (try? await clock.sleep(for: rest)) != nil else {
                    return await sessions.stop(chat)
                }
                rest = min(rest * 2, Self.longestRest)
            }
        }
    }

    private func answer(_ chat: ChatID) async throws {
        try await dropStale(chat)
        // What an earlier life of the process was saying is finished first.
        if let reply = await sessions.reply(chat) {
            try await speak(reply, in: chat, typingSince: nil, answered: 0)
        }
        while let deadline = await sessions.deadline(chat) {
            let wait = deadline - clock.now
            if wait > .zero {
                try await clock.sleep(for: wait)
                continue
            }
            try await runTurn(chat)
        }
    }

    /// Drops what is too old to be answered, and says so in the trace.
    private func dropStale(_ chat: ChatID) async throws {
        let dropped = try await sessions.dropStale(chat, now: clock.now)
        if let reply = dropped.reply {
            // The turn may have been pruned since.
            let detail = "\(reply.bubbles.count - reply.sent) bubble(s) withheld: the answer is too old"
            try? await end(reply.turn, "withheld", step: "stale", detail: detail)
        }
        guard !dropped.pending.isEmpty else { return }
        let turn = try await records.beginTurn(
            agent: configuration.name, chat: chat, messages: dropped.pending.map(\.message))
        try await end(
            turn, "withheld", step: "stale", detail: "\(dropped.pending.count) message(s) waited too long")
    }

    private func runTurn(_ chat: ChatID) async throws {
        let (pending, interruptions, isLimited) = await sessions.begin(chat, now: clock.now)
        guard let first = pending.first, let last = pending.last else { return }
        let turn = try await records.beginTurn(
            agent: configuration.name, chat: chat, messages: pending.map(\.message)
        )
        // A message that comes while the switch is on is no later surprise: it is recorded as skipped.
        guard await !services.isStopped(), !isLimited else {
            let reason = isLimited ? "more than 5 turns in a minute" : "the kill switch is on"
            try await end(turn, "withheld", step: "admission", detail: reason)
            _ = try await sessions.commit(nil, answering: pending.count, in: chat, force: true)
            return
        }
        let name = SessionState.turnName(pending)
        let sender = boundSender(chat, line: last.line)
        try await note(turn, "debounce", "\(pending.count) message(s) in one turn")
        if configuration.marksRead { await sender.signal(.read) }
        await sender.signal(.typing(isOn: true))
        let typingSince = clock.now
        if configuration.ack == .always { await acknowledge(last.message, by: sender, turn: turn) }
        let context = ToolContext(
            agent: configuration.name, sender: sender, message: last.message, firstMessage: first.message,
            now: clock.now, zone: configuration.zoneName, tasks: services.state.tasks(clock: clock),
            search: services.search, reminderWasMade: { reminders.reminderWasMade() }
        )
        let thought = await think(context, pending: pending, turn: turn, interruptions: interruptions)
        switch thought {
        case .interrupted, .background:
            await sender.signal(.typing(isOn: false))
            try await end(turn, "cancelled", step: "interrupted", detail: "the messages changed; nothing was sent")
            try Task.checkCancellation()
        case .answered(let answer):
            do {
                try await conclude(
                    answer, name: name, turn: turn, chat: chat, pending: pending, typingSince: typingSince,
                    sender: sender
                )
            } catch {
                await sender.signal(.typing(isOn: false))
                throw error
            }
        }
    }

    /// Thinks until there is an answer or another message comes; typing is refreshed and a slow answer acknowledged.
    private func think(
        _ context: ToolContext, pending: [SessionState.Pending], turn: String, interruptions: AsyncStream<Void>
    ) async -> Thought {
        let thinker = TurnThinker(configuration: configuration, provider: provider, services: services)
        return await withTaskGroup(of: Thought.self) { group in
            group.addTask { .answered(await thinker.think(context, pending: pending.map(\.message))) }
            group.addTask {
                for await _ in interruptions { return .interrupted }
                return .background
            }
            group.addTask {
                while (try? await clock.sleep(for: .seconds(6))) != nil {
                    await context.sender.signal(.typing(isOn: true))
                }
                return .background
            }
            if configuration.ack == .slow {
                group.addTask {
                    guard (try? await clock.sleep(for: .seconds(3))) != nil else { return .background }
                    await acknowledge(context.message, by: context.sender, turn: turn)
                    return .background
                }
            }
            for await thought in group {
                if case .background = thought, !Task.isCancelled { continue }
                group.cancelAll()
                return thought
            }
            return .interrupted
        }
    }

    private func conclude(
        _ answer: TurnThinker.Answer, name: String, turn: String, chat: ChatID, pending: [SessionState.Pending],
        typingSince: Timestamp, sender: ChatBoundSender
    ) async throws {
        try await records.addSteps(answer.steps, to: turn)
        try Task.checkCancellation()
        var bubbles: [String]
        switch answer.result {
        case .success(let text): bubbles = BubbleSplitter().split(text).map(PlainText.of).filter { !$0.isEmpty }
        case .failure(let error):
            try await note(turn, "model.failed", error.description)
            bubbles = pending.contains(where: \.tellsFailures) ? [Self.apology(for: error)] : []
        }
        if case .success = answer.result, bubbles.isEmpty { try await note(turn, "silence", "nothing to say") }
        let reply =
            bubbles.isEmpty
            ? nil
            : SessionState.Reply(
                name: name, turn: turn, line: sender.line, answering: pending[pending.count - 1].message,
                bubbles: bubbles,
                sent: 0, madeAt: clock.now
            )
        guard try await sessions.commit(reply, answering: pending.count, in: chat) else {
            // A message came after the thought was complete and before anything was said: think again with it.
            await sender.signal(.typing(isOn: false))
            return try await end(turn, "cancelled", step: "interrupted", detail: "a new message came; nothing was sent")
        }
        guard let reply else {
            await sender.signal(.typing(isOn: false))
            let isFailure = if case .failure = answer.result { true } else { false }
            return try await end(turn, isFailure ? "failed" : "answered", step: "end", detail: "nothing was sent")
        }
        let outcome = if case .failure = answer.result { "failed" } else { "answered" }
        try await speak(reply, in: chat, typingSince: typingSince, answered: pending.count, outcome: outcome)
    }

    /// Hands the bubbles to the outbox, each under its key; the rest is withheld when the person writes in between.
    private func speak(
        _ reply: SessionState.Reply, in chat: ChatID, typingSince: Timestamp?, answered: Int,
        outcome: String = "answered"
    ) async throws {
        let sender = boundSender(chat, line: reply.line)
        do {
            if let typingSince {
                let shown = clock.now - typingSince
                let least = Duration.seconds(configuration.leastTyping)
                if shown < least { try await clock.sleep(for: least - shown) }
            }
            for index in reply.sent..<max(reply.sent, reply.bubbles.count) {
                if index > 0, typingSince != nil {
                    await sender.signal(.typing(isOn: true))
                    try await clock.sleep(for: .seconds(configuration.pause))
                    if await sessions.hasMore(chat, than: 0) {
                        try await sessions.endReply(chat)
                        await sender.signal(.typing(isOn: false))
                        let detail = "\(reply.bubbles.count - index) bubble(s) withheld: the person wrote"
                        return try await end(reply.turn, "withheld", step: "interrupted", detail: detail)
                    }
                }
                guard await !services.isStopped() else {
                    try await sessions.endReply(chat)
                    return try await end(reply.turn, "withheld", step: "stopped", detail: "the kill switch is on")
                }
                await sender.signal(.typing(isOn: false))
                let result = try await sender.submit(
                    .message(Draft(text: reply.bubbles[index])),
                    key: "agent:\(configuration.name):\(reply.name)-\(index)", answering: reply.answering
                )
                try await note(reply.turn, "send", Self.describe(result, bubble: index))
                try await sessions.advance(chat)
            }
        } catch let error as OutboundError where error.code != .unavailable {
            // The gate refuses for good (a policy, an unknown chat): saying the rest would be saying half.
            try await sessions.endReply(chat)
            await sender.signal(.typing(isOn: false))
            return try await end(reply.turn, "failed", step: "send", detail: "\(error.code): \(error.message)")
        } catch {
            await sender.signal(.typing(isOn: false))
            throw error
        }
        try await sessions.endReply(chat)
        try await end(reply.turn, outcome, step: "end", detail: "\(reply.bubbles.count) bubble(s)")
    }

    private func acknowledge(_ message: MessageID, by sender: ChatBoundSender, turn: String) async {
        guard !configuration.shadow, let kind = Tapback.Kind(name: configuration.ackTapback) else { return }
        let action = Send.Action.tapback(target: message, part: 0, kind: kind, emoji: nil, isRemoval: false)
        // A line without tapbacks is no reason to write anything instead.
        guard
            let result = try? await sender.submit(
                action, key: "agent:\(configuration.name):\(message)-ack", answering: message
            )
        else { return }
        try? await note(turn, "ack", Self.describe(result, bubble: nil))
    }

    private func boundSender(_ chat: ChatID, line: LineID) -> ChatBoundSender {
        ChatBoundSender(
            chat: chat, line: line, agent: configuration.name, sender: services.sender,
            drafts: configuration.shadow ? records : nil
        )
    }

    private func note(_ turn: String, _ step: String, _ detail: String) async throws {
        try await records.addSteps([TurnStep(at: clock.now, step: step, detail: detail)], to: turn)
    }

    private func end(_ turn: String, _ outcome: String, step: String, detail: String) async throws {
        try await records.addSteps(
            [TurnStep(at: clock.now, step: step, detail: detail)], to: turn, outcome: outcome
        )
    }

    private static func describe(_ outcome: ChatBoundSender.Outcome, bubble: Int?) -> String {
        let place = bubble.map { "bubble \($0 + 1): " } ?? ""
        switch outcome {
        case .accepted(let send): return "\(place)send \(send)"
        case .drafted(let draft): return "\(place)draft \(draft)"
        case .alreadySent: return "\(place)sent before"
        }
    }

    /// One sentence for the owner, without anything of the provider's.
    private static func apology(for error: ModelError) -> String {
        switch error.code {
        case .denied, .invalid, .exhausted: "I cannot answer: the model's settings or credit need attention."
        case .contextOverflow: "This conversation has become too long for the model."
        default: "I cannot answer just now. Please try again in a moment."
        }
    }
}
