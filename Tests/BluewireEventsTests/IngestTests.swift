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

@Suite struct IngestTests {
    private let folder: TemporaryFolder
    private let clock = ManualClock()
    private let journal: Journal

    init() throws {
        folder = try TemporaryFolder()
        journal = try Journal(path: folder.file("journal.db"), clock: clock)
    }

    private struct Failure: Error, CustomStringConvertible { var description: String { "broken" } }

    /// A source that plays one step for each start.
    private final class ScriptedSource: EventSource {
        typealias Step = @Sendable (SourceState?, (SourceBatch) async throws -> Void) async throws -> Void
        let line = Samples.line
        private let steps: [Step]
        private let starts = Mutex(0)

        init(_ steps: Step...) { self.steps = steps }

        func run(from state: SourceState?, commit: @Sendable (SourceBatch) async throws -> Void) async throws {
            let index = starts.withLock { starts in
                defer { starts += 1 }
                return starts
            }
            try await steps[min(index, steps.count - 1)](state, commit)
        }
    }

    private func withIngest(
        _ sources: [any EventSource], typing: TypingHub = TypingHub(), _ body: () async throws -> Void
    ) async throws {
        let ingest = Ingest(sources: sources, journal: journal, typing: typing, clock: clock)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await ingest.run() }
            try await body()
            group.cancelAll()
            try await group.waitForAll()
        }
    }

    /// The first `count` events, waiting for them.
    private func events(_ count: Int) async throws -> [GatewayEvent] {
        try await journal.withWakeUps { wakeUps in
            for await _ in wakeUps {
                let events = try await journal.events(after: journal.oldest, limit: 100)
                if events.count >= count { return events }
            }
            return []
        }
    }

    @Test func failedSourceIsStartedAgainFromWhatItStored() async throws {
        let clock = clock
        let source = ScriptedSource(
            { state, commit in
                #expect(state == nil)
                try await commit(Samples.batch(Samples.created("A"), checkpoint: 7))
                throw Failure()
            },
            { state, commit in
                #expect(state?.checkpoint == [7])
                try await commit(Samples.batch(Samples.created("A"), Samples.created("B"), checkpoint: 8))
                try await clock.sleep(for: .seconds(1000))
            })
        try await withIngest([source]) {
            #expect(try await events(2).map(\.kind) == [.messageCreated, .lineUpdated])
            await clock.waitForSleepers(1)
            clock.advance(by: .seconds(1))
            _ = try await events(3)
            await clock.waitForSleepers(2)
            clock.advance(by: .seconds(2))
            let all = try await events(4)
            #expect(all.map(\.kind) == [.messageCreated, .lineUpdated, .messageCreated, .lineUpdated])
            #expect(all[1].snapshot == .line(state: "down", reason: "broken"))
            #expect(all[3].snapshot == .line(state: "up", reason: nil))
        }
    }

    @Test func oneFailingSourceDoesNotStopTheOther() async throws {
        let clock = clock
        let bad = ScriptedSource({ _, _ in throw Failure() })
        let good = ScriptedSource({ _, commit in
            try await commit(Samples.batch(Samples.created("A")))
            try await clock.sleep(for: .seconds(1000))
        })
        try await withIngest([bad, good]) {
            let found = try await events(2)
            #expect(Set(found.map(\.kind)) == [.messageCreated, .lineUpdated])
        }
    }

    @Test func sourcesOfOneLineKeepTheirPositionsApart() async throws {
        let clock = clock
        func source(_ checkpoint: UInt8) -> ScriptedSource {
            ScriptedSource({ _, commit in
                try await commit(Samples.batch(Samples.created("M\(checkpoint)"), checkpoint: checkpoint))
                try await clock.sleep(for: .seconds(1000))
            })
        }
        try await withIngest([source(1), source(2)]) { _ = try await events(2) }
        #expect(try await journal.sourceState("test")?.checkpoint == [1])
        #expect(try await journal.sourceState("test#2")?.checkpoint == [2])
    }

    @Test func typingGoesToTheHubOnly() async throws {
        let clock = clock
        let hub = TypingHub()
        let source = ScriptedSource({ _, commit in
            try await commit(Samples.batch(.typing(chat: Samples.chat, isOn: true, handle: nil), Samples.created("A")))
            try await clock.sleep(for: .seconds(1000))
        })
        try await hub.withSubscription { feed in
            try await withIngest([source], typing: hub) {
                var iterator = feed.makeAsyncIterator()
                let event = await iterator.next()
                #expect(event?.kind == .typingStarted)
                #expect(event?.chat == Samples.chat)
                let found = try await events(1)
                #expect(found.map(\.kind) == [.messageCreated])
            }
        }
        #expect(hub.listenerCount == 0)
    }

    @Test func slowTypingListenerLosesTheOldest() async throws {
        let hub = TypingHub()
        await hub.withSubscription { feed in
            for index in 0..<100 {
                hub.publish(
                    GatewayEvent(
                        id: "\(index)", cursor: journal.head, kind: .typingStarted, time: clock.now,
                        line: Samples.line, chat: nil, snapshot: .typing(nil)))
            }
            var iterator = feed.makeAsyncIterator()
            #expect(await iterator.next()?.id == "\(100 - TypingHub.bufferSize)")
        }
    }
}
