//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import BluewireState
import BluewireTesting
import GRDB
import Testing

@Suite struct RepositoryTests {
    private let folder: TemporaryFolder
    private let clock = ManualClock()
    private let state: StateDatabase

    init() throws {
        folder = try TemporaryFolder()
        state = try StateDatabase(path: folder.file("state.db"))
    }

    @Test func sinkCursorComesBack() async throws {
        let cursor = Cursor(epoch: "0000abcd", sequence: 42)
        #expect(try await state.sinkCursors.cursor(of: "a") == nil)
        try await state.sinkCursors.save(cursor, of: "a", at: clock.now)
        #expect(try await state.sinkCursors.cursor(of: "a") == cursor)
        #expect(try await state.sinkCursors.all() == ["a": cursor])
        try await state.sinkCursors.remove("a")
        #expect(try await state.sinkCursors.all().isEmpty)
    }

    /// A change stores what it changes over what is there by then, not what somebody read before.
    @Test func changesOfAWebhookAtTheSameTimeKeepEachOther() async throws {
        let webhooks = state.webhooks(clock: clock)
        let cursor = Cursor(epoch: "0000000a", sequence: 7)
        for _ in 0..<20 {
            let id = try await webhooks.create(url: "https://example.com/", filter: EventFilter(), after: cursor).id
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { _ = try await webhooks.update(id) { $0.isPaused = true } }
                group.addTask { _ = try await webhooks.update(id) { $0.replayAfter = cursor } }
                group.addTask { _ = try await webhooks.update(id) { $0.url = "https://example.org/" } }
                try await group.waitForAll()
            }
            let webhook = try #require(await webhooks.webhook(id))
            #expect(webhook.isPaused && webhook.replayAfter == cursor && webhook.url == "https://example.org/")
            // A replay that has begun is not asked for again by a later change.
            try await webhooks.beginReplay(of: webhook)
            #expect(try await webhooks.update(id) { $0.isPaused = false }?.replayAfter == nil)
        }
        #expect(try await webhooks.update("wh_none") { $0.isPaused = true } == nil)
    }

    @Test func webhookComesBackAndTakesItsTracesAlong() async throws {
        let webhooks = state.webhooks(clock: clock)
        let cursor = Cursor(epoch: "0000abcd", sequence: 1)
        let filter = EventFilter(kinds: [.messageCreated], chats: [Samples.chat])
        let webhook = try await webhooks.create(url: "https://example.com/", filter: filter, after: cursor)
        #expect(webhook.secret.hasPrefix("whsec_"))
        #expect(try await webhooks.list() == [webhook])
        try await webhooks.setPaused(webhook.id, true, reason: "gone")
        #expect(try await webhooks.webhook(webhook.id)?.pauseReason == "gone")
        let rotated = try await webhooks.rotateSecret(webhook.id)
        #expect(try await webhooks.webhook(webhook.id)?.secret == rotated)
        #expect(try await webhooks.webhook(webhook.id)?.previousSecret == webhook.secret)
        try await state.deliveries.save([delivery(webhook.id, 1)], cursor: nil, of: webhook.id, at: clock.now)
        #expect(try await webhooks.remove(webhook.id))
        #expect(try await state.deliveries.list(webhook: webhook.id).isEmpty)
        #expect(try await state.sinkCursors.all().isEmpty)
    }

    @Test func deliveriesKeepTheUnfinishedAndTheNewest() async throws {
        let cursor = Cursor(epoch: "0000abcd", sequence: 0)
        let id = try await state.webhooks().create(url: "https://example.com/", filter: EventFilter(), after: cursor).id
        var deliveries = [delivery(id, 1, .setAside), delivery(id, 2, .dead)]
        deliveries += (3...1200).map { delivery(id, $0) }
        try await state.deliveries.save(
            deliveries, cursor: Cursor(epoch: "0000abcd", sequence: 1200), of: id, at: clock.now)
        #expect(try await state.deliveries.unfinished(webhook: id) == [deliveries[0]])
        let kept = try await state.deliveries.list(webhook: id, state: .delivered, limit: 5000)
        #expect(kept.count == DeliveryRepository.keptCount)
        #expect(kept.first?.sequence == 1200)
        #expect(try await state.sinkCursors.cursor(of: "webhook:" + id)?.sequence == 1200)
    }

    @Test func removedWebhookKeepsNoDeliveries() async throws {
        try await state.deliveries.save(
            [delivery("wh_gone", 1)], cursor: Cursor(epoch: "0000abcd", sequence: 1), of: "wh_gone", at: clock.now)
        #expect(try await state.sinkCursors.all().isEmpty)
    }

    @Test func taskIsRemindedOnceAndThenDone() async throws {
        let tasks = state.tasks(clock: clock)
        let due = clock.now + .seconds(60)
        let task = try await tasks.create(
            agent: "concierge", chat: Samples.chat, text: "call", dueAt: due, zone: "Europe/Berlin", origin: "evt_1")
        let again = try await tasks.create(
            agent: "concierge", chat: Samples.chat, text: "call", dueAt: due, zone: "Europe/Berlin", origin: "evt_1")
        #expect(again == task)
        #expect(try await tasks.due(at: clock.now, agent: "concierge").isEmpty)
        #expect(try await tasks.nextDue(agent: "concierge", after: due - .seconds(1)) == due)
        clock.advance(by: .seconds(60))
        #expect(try await tasks.due(at: clock.now, agent: "concierge").map(\.id) == [task.id])
        #expect(try await tasks.due(at: clock.now, agent: "other").isEmpty)
        try await tasks.markReminded(task.id)
        #expect(try await tasks.due(at: clock.now, agent: "concierge").isEmpty)
        #expect(try await tasks.setState(task.id, .done)?.state == .done)
        #expect(try await tasks.list(chat: Samples.chat, state: .open).isEmpty)
        #expect(try await tasks.task(task.id)?.remindedAt == clock.now)
        #expect(try await tasks.setState("task_none", .done) == nil)
    }

    @Test func processedEventsAreRememberedLongEnough() async throws {
        let agents = state.agents(clock: clock)
        #expect(try await agents.markProcessed(agent: "a", events: ["e1", "e2", "e1"]) == ["e1", "e2"])
        clock.advance(by: .seconds(5 * 3600))
        let many = (0..<AgentRepository.keptTombstones).map { "m\($0)" }
        try await agents.markProcessed(agent: "a", events: many)
        // Old, but only now beyond the newest 10 000.
        #expect(try await agents.isProcessed(agent: "a", event: "e1") == false)
        #expect(try await agents.isProcessed(agent: "a", event: "m0"))
        clock.advance(by: .seconds(3 * 3600))
        try await agents.markProcessed(agent: "a", events: ["new"])
        // Beyond the newest 10 000, but not old.
        #expect(try await agents.isProcessed(agent: "a", event: "m0"))
        #expect(try await agents.isProcessed(agent: "b", event: "m0") == false)
    }

    @Test func sendsToSomeChatsAreFoundBehindThoseToOthers() async throws {
        let mine = ChatID(rawValue: "ch_mine")
        try await state.sends.write { tables in
            for number in 0..<104 {
                // Two of the first four are to the chat; a hundred to another came after them.
                let recipient: Recipient =
                    number < 4 && number % 2 == 0
                    ? .chat(mine) : number == 1 ? .handle("+15550001") : .chat(Samples.chat)
                _ = try tables.insert(
                    SendRecord(
                        id: SendID(rawValue: "snd_\(number)"), origin: "test", recipient: recipient,
                        line: Samples.line, action: .message(Draft(text: "a")), createdAt: Timestamp(seconds: 1)))
            }
        }
        let found = try await state.sends.read { tables in
            [
                try tables.records(in: nil, to: [mine], limit: 5),
                try tables.records(in: .queued, to: [mine], limit: 1),
                try tables.records(in: .failed, to: [mine], limit: 5), try tables.records(in: nil, to: [], limit: 5),
            ].map { $0.map(\.id.rawValue) }
        }
        #expect(found == [["snd_2", "snd_0"], ["snd_2"], [], []])
    }

    @Test func draftIsDecidedOnce() async throws {
        let agents = state.agents(clock: clock)
        let draft = try await agents.addDraft(
            agent: "a", chat: Samples.chat, line: Samples.line, message: MessageID(rawValue: "A"),
            action: .message(Draft(text: "answer")))
        #expect(try await agents.drafts() == [draft])
        let approved = try await agents.decideDraft(draft.id, .approved, send: SendID(rawValue: "snd_1"))
        #expect(approved?.send == SendID(rawValue: "snd_1"))
        #expect(try await agents.decideDraft(draft.id, .discarded) == nil)
        #expect(try await agents.drafts().isEmpty)
        #expect(try await agents.draft(draft.id)?.state == .approved)
    }

    @Test func turnKeepsItsStepsInOrder() async throws {
        let agents = state.agents(clock: clock)
        let message = MessageID(rawValue: "A")
        let id = try await agents.beginTurn(agent: "a", chat: Samples.chat, messages: [message])
        let steps = (0..<3).map { TurnStep(at: clock.now + .seconds($0), step: "step\($0)", detail: "d") }
        try await agents.addSteps(Array(steps[..<2]), to: id)
        try await agents.addSteps([steps[2]], to: id, outcome: "answered")
        let turn = try #require(try await agents.turns(about: message).first)
        #expect(turn.steps == steps)
        #expect(turn.outcome == "answered")
        #expect(turn.messages == [message])
        #expect(try await agents.turns(in: Samples.chat) == [turn])
    }

    @Test func sessionStateComesBack() async throws {
        let agents = state.agents(clock: clock)
        try await agents.saveSession(agent: "a", chat: Samples.chat, state: "{}")
        #expect(try await agents.session(agent: "a", chat: Samples.chat) == "{}")
        #expect(try await agents.sessions(agent: "a") == [Samples.chat: "{}"])
        #expect(try await agents.session(agent: "b", chat: Samples.chat) == nil)
    }

    private func delivery(_ webhook: String, _ sequence: Int64, _ state: Delivery.State = .delivered) -> Delivery {
        Delivery(
            webhook: webhook, sequence: sequence, event: "evt_\(sequence)", kind: .messageCreated, chat: Samples.chat,
            state: state, attempts: 1, status: 200, updatedAt: clock.now)
    }
}
