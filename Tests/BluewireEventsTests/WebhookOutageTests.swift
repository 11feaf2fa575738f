//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireEvents
import BluewireModel
import BluewireState
import BluewireTesting
import BluewireTransport
import Synchronization
import Testing

/// Receivers that are away for long, in simulated time.
@Suite(.timeLimit(.minutes(2))) struct WebhookOutageTests {
    private let folder: TemporaryFolder
    private let clock = ManualClock()
    private let journal: Journal
    private let state: StateDatabase

    init() throws {
        folder = try TemporaryFolder()
        journal = try Journal(path: folder.file("journal.db"), clock: clock)
        state = try StateDatabase(path: folder.file("state.db"))
    }

    private func commit(_ messages: [(id: String, chat: String)]) async throws {
        let observations = messages.map { Samples.created($0.id, chat: ChatID(rawValue: $0.chat)) }
        _ = try await journal.commit(
            SourceBatch(observations: observations, checkpoint: []), source: "a", line: Samples.line, now: clock.now)
    }

    /// The ids of the journal's events after a cursor, chat by chat.
    private func ids(after cursor: Cursor) async throws -> [ChatID?: [String]] {
        Dictionary(grouping: try await journal.events(after: cursor, limit: 100), by: \.chat)
            .mapValues { $0.map(\.id) }
    }

    /// The bodies of requests, chat by chat.
    private func bodies(_ requests: ArraySlice<WebhookRequest>, _ wanted: [ChatID?: [String]]) -> [ChatID?: [String]] {
        let all = requests.map { String(decoding: $0.body, as: UTF8.self) }
        return wanted.mapValues { known in all.filter(known.contains) }
    }

    private func withDispatcher(
        _ receiver: FakeReceiver, _ body: (WebhookDispatcher) async throws -> Void
    ) async throws {
        let dispatcher = WebhookDispatcher(
            journal: journal, state: state, poster: receiver, render: { Array($0.id.utf8) }, clock: clock)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await dispatcher.run() }
            try await body(dispatcher)
            group.cancelAll()
            try await group.waitForAll()
        }
    }

    @Test func receiverDownForAnHourGetsEverythingInOrder() async throws {
        let start = journal.head
        let webhook = try await state.webhooks(clock: clock).create(
            url: "http://receiver/", filter: EventFilter(), after: start)
        let back = clock.now + .seconds(3600)
        let taken = Mutex(0)
        let isDone = Bell()
        let receiver = FakeReceiver { [clock] _ in
            guard clock.now >= back else { return .failed(reason: "unreachable") }
            let count = taken.withLock { count in
                count += 1
                return count
            }
            if count == 24 { isDone.ring() }
            return .answered(status: 204, retryAfter: nil)
        }
        try await commit((0..<24).map { ("M-\($0)", "ch_\($0 % 3)") })
        let wanted = try await ids(after: start)
        try await withDispatcher(receiver) { _ in
            await withTaskGroup(of: Void.self) { group in
                group.addTask { [clock] in
                    // The dispatcher and the loop of the webhook sleep. With nothing left to do the loop no longer does.
                    while !Task.isCancelled {
                        await clock.waitForSleepers(2)
                        clock.advance(by: .seconds(5))
                    }
                }
                await isDone.wait()
                group.cancelAll()
            }
        }
        let requests = await receiver.requests(24)
        #expect(bodies(requests.filter { $0.timestamp >= back.seconds }[...], wanted) == wanted)
        #expect(taken.withLock { $0 } == 24)
        // Few tries while nobody was there.
        #expect(requests.count(where: { $0.timestamp < back.seconds }) < 90)
        #expect(try await state.deliveries.list(webhook: webhook.id, state: .delivered).count == 24)
    }

    @Test func whatFailsForADayIsDeadUntilItIsReplayed() async throws {
        let start = journal.head
        let webhook = try await state.webhooks(clock: clock).create(
            url: "http://receiver/", filter: EventFilter(), after: start)
        let isBack = Mutex(false)
        let receiver = FakeReceiver { _ in
            isBack.withLock { $0 } ? .answered(status: 204, retryAfter: nil) : .failed(reason: "unreachable")
        }
        let begin = clock.now
        try await commit([("A", "ch_1"), ("B", "ch_1"), ("C", "ch_2")])
        let wanted = try await ids(after: start)
        try await withDispatcher(receiver) { dispatcher in
            while try await state.deliveries.list(webhook: webhook.id, state: .dead).count < 3 {
                for _ in 0..<60 {
                    await clock.waitForSleepers(1)
                    clock.advance(by: .seconds(60))
                    await Task.yield()
                }
            }
            #expect(clock.now - begin >= .seconds(2 * 86_400))
            let dead = try await state.deliveries.list(webhook: webhook.id, state: .dead)
            #expect(Set(dead.map(\.event)) == Set(wanted.values.joined()))
            for delivery in dead {
                let first = try #require(delivery.firstFailedAt)
                #expect(delivery.updatedAt - first >= .seconds(86_400))
                #expect(delivery.error == "unreachable")
            }
            let lost = receiver.count
            isBack.withLock { $0 = true }
            _ = try #require(await state.webhooks(clock: clock).update(webhook.id) { $0.replayAfter = start })
            dispatcher.reload()
            let requests = await receiver.requests(lost + 3)
            #expect(bodies(requests[lost...], wanted) == wanted)
            let earlier = Dictionary(requests[..<lost].map { ($0.body, $0.id) }, uniquingKeysWith: { $1 })
            for request in requests[lost...] { #expect(earlier[request.body] == request.id) }
        }
        #expect(try await state.deliveries.list(webhook: webhook.id, state: .dead).isEmpty)
        #expect(try await state.deliveries.list(webhook: webhook.id, state: .delivered).count == 3)
    }
}
