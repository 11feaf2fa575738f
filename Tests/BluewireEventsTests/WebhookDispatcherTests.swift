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

@Suite struct WebhookDispatcherTests {
    private let folder: TemporaryFolder
    private let clock = ManualClock()
    private let journal: Journal
    private let state: StateDatabase

    init() throws {
        folder = try TemporaryFolder()
        journal = try Journal(path: folder.file("journal.db"), clock: clock)
        state = try StateDatabase(path: folder.file("state.db"))
    }

    private func commit(_ ids: String...) async throws {
        let observations = ids.map { Samples.created($0) }
        _ = try await journal.commit(
            SourceBatch(observations: observations, checkpoint: []), source: "a", line: Samples.line, now: clock.now)
    }

    private func register(_ filter: EventFilter = EventFilter()) async throws -> Webhook {
        try await state.webhooks(clock: clock).create(url: "http://receiver/", filter: filter, after: journal.head)
    }

    /// Runs a dispatcher while `body` runs.
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

    @Test func signatureMatchesTheStandardsVector() {
        let body = Array(#"{"type":"message.created","timestamp":"2025-10-09T08:53:20Z","data":{"guid":"A1"}}"#.utf8)
        let signer = WebhookSigner(secrets: ["whsec_ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3"])
        let signature = signer.signature(id: "msg_tapback_0001", seconds: 1_760_000_000, body: body)
        #expect(signature == "v1,Gb7kE/vuO6UtcZxuZGndyDnpxT/Z11IJCtoHa0Upn/Y=")
        let rotated = WebhookSigner(secrets: ["whsec_AAAA", "whsec_ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3"])
        #expect(rotated.signature(id: "msg_tapback_0001", seconds: 1_760_000_000, body: body).hasSuffix(signature))
    }

    @Test func eventsArriveSignedAndInOrder() async throws {
        let webhook = try await register()
        let receiver = FakeReceiver()
        try await withDispatcher(receiver) { _ in
            try await commit("A", "B")
            try await commit("C")
            let requests = await receiver.requests(3)
            let events = try await journal.events(after: journal.oldest, limit: 10)
            #expect(requests.map(\.body) == events.map { Array($0.id.utf8) })
            #expect(Set(requests.map(\.id)).count == 3)
            let signer = WebhookSigner(secrets: [webhook.secret])
            for request in requests {
                #expect(request.url == webhook.url)
                #expect(!request.id.contains("."))
                let expected = signer.signature(id: request.id, seconds: clock.now.seconds, body: request.body)
                #expect(request.signature == expected)
            }
        }
    }

    @Test func repeatsCarryTheSameId() async throws {
        _ = try await register()
        let receiver = FakeReceiver { count in
            count < 3 ? .failed(reason: "unreachable") : .answered(status: 204, retryAfter: nil)
        }
        try await withDispatcher(receiver) { _ in
            try await commit("A")
            for (count, pause) in [(1, 1), (2, 2), (3, 0)] {
                _ = await receiver.requests(count)
                // The loop sleeps until the breaker lets a probe through.
                while pause > 0, receiver.count == count {
                    await clock.waitForSleepers(2)
                    clock.advance(by: .milliseconds(500))
                    await Task.yield()
                }
            }
            #expect(Set(await receiver.requests(3).map(\.id)).count == 1)
        }
    }

    @Test func restartGoesOnBehindWhatWasDelivered() async throws {
        let webhook = try await register()
        let first = FakeReceiver()
        try await withDispatcher(first) { _ in
            try await commit("A", "B")
            _ = await first.requests(2)
            while try await state.deliveries.list(webhook: webhook.id).count < 2 {
                await clock.waitForSleepers(1)
                clock.advance(by: .milliseconds(300))
                await Task.yield()
            }
        }
        try await commit("C")
        let second = FakeReceiver()
        try await withDispatcher(second) { _ in
            let event = try #require(try await journal.events(after: journal.oldest, limit: 10).last)
            #expect(await second.requests(1).map(\.body) == [Array(event.id.utf8)])
        }
        #expect(second.count == 1)
        #expect(try await state.sinkCursors.cursor(of: webhook.sinkName) == journal.head)
        #expect(
            try await state.deliveries.list(webhook: webhook.id).map(\.state) == [.delivered, .delivered, .delivered])
    }

    @Test func goneReceiverIsPaused() async throws {
        let webhook = try await register()
        let receiver = FakeReceiver { _ in .answered(status: 410, retryAfter: nil) }
        try await withDispatcher(receiver) { _ in
            try await commit("A")
            _ = await receiver.requests(1)
            while try await state.webhooks().webhook(webhook.id)?.isPaused != true { await Task.yield() }
        }
        #expect(try await state.webhooks().webhook(webhook.id)?.pauseReason == "gone")
    }

    @Test func webhookRegisteredWhileRunningGetsItsFilteredEvents() async throws {
        let receiver = FakeReceiver()
        try await withDispatcher(receiver) { dispatcher in
            try await commit("before")
            _ = try await register(EventFilter(kinds: [.messageDeleted]))
            dispatcher.reload()
            try await commit("A")
            _ = try await journal.commit(
                Samples.batch(.deleted(MessageID(rawValue: "A"), chat: Samples.chat)), source: "a",
                line: Samples.line, now: clock.now)
            let last = try #require(try await journal.events(after: journal.oldest, limit: 10).last)
            #expect(await receiver.requests(1).map(\.body) == [Array(last.id.utf8)])
        }
    }

    @Test func prunedEventsAreAnnouncedAsAGap() async throws {
        _ = try await register()
        try await commit("A")
        clock.advance(by: .seconds(40 * 86_400))
        try await commit("B")
        try await journal.prune(now: clock.now, sinks: [])
        let receiver = FakeReceiver()
        try await withDispatcher(receiver) { _ in
            let bodies = await receiver.requests(2).map { String(decoding: $0.body, as: UTF8.self) }
            #expect(bodies.contains { $0.hasPrefix("evt_gap_") })
        }
    }

    @Test func testEventIsPostedOnceAndNotRetried() async throws {
        let webhook = try await register()
        let receiver = FakeReceiver { _ in .answered(status: 500, retryAfter: nil) }
        let dispatcher = WebhookDispatcher(
            journal: journal, state: state, poster: receiver, render: { Array($0.kind.rawValue.utf8) }, clock: clock)
        #expect(try await dispatcher.sendTest(to: webhook.id) == .answered(status: 500, retryAfter: nil))
        #expect(try await dispatcher.sendTest(to: "wh_none") == nil)
        #expect(await receiver.requests(1).map(\.body) == [Array("webhook.test".utf8)])
    }
}

/// A receiver in memory.
final class FakeReceiver: WebhookPosting {
    private struct State {
        var requests: [WebhookRequest] = []
        var waiters: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
    }

    private let state = Mutex(State())
    private let answer: @Sendable (Int) -> WebhookResult

    init(_ answer: @escaping @Sendable (Int) -> WebhookResult = { _ in .answered(status: 200, retryAfter: nil) }) {
        self.answer = answer
    }

    var count: Int { state.withLock { $0.requests.count } }

    func post(_ request: WebhookRequest) async -> WebhookResult {
        let (count, ready) = state.withLock { state in
            state.requests.append(request)
            let count = state.requests.count
            let ready = state.waiters.filter { $0.count <= count }
            state.waiters.removeAll { $0.count <= count }
            return (count, ready)
        }
        for waiter in ready { waiter.continuation.resume() }
        return answer(count)
    }

    /// Waits until `count` requests came, and returns them all.
    func requests(_ count: Int) async -> [WebhookRequest] {
        await withCheckedContinuation { continuation in
            let isThere = state.withLock { state in
                if state.requests.count >= count { return true }
                state.waiters.append((count, continuation))
                return false
            }
            if isThere { continuation.resume() }
        }
        return state.withLock { $0.requests }
    }
}
