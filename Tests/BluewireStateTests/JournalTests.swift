//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import BluewireState
import BluewireTesting
import BluewireTransport
import Synchronization
import Testing

@Suite struct JournalTests {
    private let folder: TemporaryFolder
    private let clock = ManualClock()

    init() throws { folder = try TemporaryFolder() }

    private func open(_ change: (inout Journal.Configuration) -> Void = { _ in }) throws -> Journal {
        var configuration = Journal.Configuration()
        change(&configuration)
        return try Journal(path: folder.file("journal.db"), clock: clock, configuration: configuration)
    }

    private func commit(_ journal: Journal, _ batch: SourceBatch, source: String = "a") async throws -> [GatewayEvent] {
        try await journal.commit(batch, source: source, line: Samples.line, now: clock.now)
    }

    private func all(_ journal: Journal) async throws -> [GatewayEvent] {
        try await journal.events(after: journal.oldest, limit: 100_000)
    }

    @Test func batchIsReadBackInOrder() async throws {
        let journal = try open()
        let start = journal.head
        let events = try await commit(journal, Samples.batch(Samples.created("A"), Samples.created("B")))
        #expect(events.map(\.kind) == [.messageCreated, .messageCreated])
        #expect(try await journal.events(after: start, limit: 10) == events)
        #expect(journal.head == events.last?.cursor)
    }

    @Test func aBlockingCommitIsAsGoodAsAnother() async throws {
        let journal = try open()
        let woken = Mutex(0)
        try await journal.withListener({ woken.withLock { $0 += 1 } }) {
            #expect(woken.withLock { $0 } == 1)
            let events = try journal.commitNow(
                Samples.batch(Samples.created("A")), source: "a", line: Samples.line, now: clock.now)
            #expect(events.map(\.kind) == [.messageCreated])
            #expect(woken.withLock { $0 } == 2)
            #expect(try await all(journal) == events)
            #expect(try await journal.sourceState("a")?.checkpoint == [1])
        }
        _ = try await commit(journal, Samples.batch(Samples.created("B")))
        #expect(woken.withLock { $0 } == 2)
    }

    @Test func whatIsCommittedTwiceHappensOnce() async throws {
        let journal = try open()
        let message = Samples.message("A")
        let batch = Samples.batch(
            Samples.created("A"),
            .updated(message, changed: ["readAt"], discriminator: .date(Timestamp(seconds: 5))),
            Samples.updated("A", text: "b", fingerprint: 7),
            .deleted(MessageID(rawValue: "A"), chat: Samples.chat))
        #expect(try await commit(journal, batch).count == 4)
        #expect(try await commit(journal, batch, source: "another").isEmpty)
        #expect(try await all(journal).count == 4)
    }

    @Test func changeAndBackAreThreeEvents() async throws {
        let journal = try open()
        _ = try await commit(journal, Samples.batch(Samples.created("A")))
        var ids: Set<String> = []
        for fingerprint: UInt64 in [1, 2, 1, 1, 2] {
            for event in try await commit(
                journal, Samples.batch(Samples.updated("A", text: "\(fingerprint)", fingerprint: fingerprint)))
            {
                ids.insert(event.id)
            }
        }
        #expect(ids.count == 4)
    }

    @Test func equalDatesOfDifferentFieldsAreTwoEvents() async throws {
        let journal = try open()
        let date = Timestamp(seconds: 9)
        let message = Samples.message("A")
        let events = try await commit(
            journal,
            Samples.batch(
                .updated(message, changed: ["deliveredAt"], discriminator: .date(date)),
                .updated(message, changed: ["readAt"], discriminator: .date(date))))
        #expect(events.count == 2)
    }

    @Test(arguments: Arrival.allCases)
    func aChangeSaysHowItsMessageArrived(_ arrival: Arrival) async throws {
        let journal = try open()
        let late = Samples.updated("A", text: "the text came late", fingerprint: 1)
        _ = try await commit(journal, Samples.batch(.created(Samples.message("A", text: ""), arrival: arrival)))
        let apart = try await commit(journal, Samples.batch(late))
        let together = try await commit(
            journal,
            Samples.batch(
                .created(Samples.message("B", text: ""), arrival: arrival),
                Samples.updated("B", text: "at once", fingerprint: 2)))
        #expect(arrivals(apart) == [arrival])
        #expect(arrivals(together) == [arrival, arrival])
        #expect(arrivals(try await all(journal)) == [arrival, arrival, arrival, arrival])
    }

    @Test func aChangeOfAMessageThatWasThereBeforeIsHistory() async throws {
        let journal = try open()
        _ = try await commit(journal, Samples.batch(Samples.created("B")))
        let events = try await commit(journal, Samples.batch(Samples.updated("A", text: "b", fingerprint: 1)))
        #expect(arrivals(events) == [.backfill])
    }

    private func arrivals(_ events: [GatewayEvent]) -> [Arrival] {
        events.compactMap { if case .message(_, _, let arrival) = $0.snapshot { arrival } else { nil } }
    }

    @Test func tapbackIsOneEventForEachRow() async throws {
        let journal = try open()
        func tapback(_ id: String) -> Tapback {
            Tapback(
                id: MessageID(rawValue: id), target: MessageID(rawValue: "A"), part: 0, kind: .love, emoji: nil,
                sender: nil, isFromMe: true, date: clock.now)
        }
        let observations: [Observation] = [
            .tapbackAdded(tapback("t1"), chat: Samples.chat, arrival: .new),
            .tapbackAdded(tapback("t1"), chat: Samples.chat, arrival: .new),
            .tapbackRemoved(tapback("t1"), chat: Samples.chat),
            .tapbackAdded(tapback("t2"), chat: Samples.chat, arrival: .new),
        ]
        let events = try await commit(journal, SourceBatch(observations: observations, checkpoint: []))
        #expect(events.map(\.kind) == [.tapbackAdded, .tapbackRemoved, .tapbackAdded])
        #expect(try await journal.events(about: MessageID(rawValue: "A")).count == 3)
    }

    @Test func typingIsNotJournalled() async throws {
        let journal = try open()
        let events = try await commit(journal, Samples.batch(.typing(chat: Samples.chat, isOn: true, handle: nil)))
        #expect(events.isEmpty)
    }

    @Test func lineStateIsAnEventOnlyWhenItChanges() async throws {
        let journal = try open()
        var count = 0
        for state in ["up", "up", "down", "up"] {
            count += try await journal.append([EventDraft(line: Samples.line, state: state, reason: nil)]).count
        }
        #expect(count == 3)
    }

    @Test func sourceStateComesBack() async throws {
        let journal = try open()
        #expect(try await journal.sourceState("a") == nil)
        let guid = ChatGUID(rawValue: "iMessage;-;+1")
        _ = try await commit(
            journal,
            SourceBatch(checkpoint: [1, 2], marks: [1: [9], 2: [8]], chatIDs: [guid: Samples.chat]))
        _ = try await commit(journal, SourceBatch(checkpoint: [3], marks: [1: nil, 3: []]))
        let reopened = try open()
        let state = try #require(try await reopened.sourceState("a"))
        #expect(state == SourceState(checkpoint: [3], marks: [2: [8], 3: []], chatIDs: [guid: Samples.chat]))
        _ = try await commit(reopened, SourceBatch(checkpoint: [4], marks: [5: [1]], replacesMarks: true))
        #expect(try await reopened.sourceState("a")?.marks == [5: [1]])
    }

    @Test func sequenceIsNeverIssuedAgainAfterReopening() async throws {
        var journal = try open { $0.blockSize = 10 }
        let first = try #require(try await commit(journal, Samples.batch(Samples.created("A"))).last?.cursor)
        journal = try open { $0.blockSize = 10 }
        let second = try #require(try await commit(journal, Samples.batch(Samples.created("B"))).last?.cursor)
        #expect(first.sequence <= 10)
        #expect(second.sequence > 10)
        #expect(first.epoch == second.epoch)
        // A cursor in the gap, perhaps of an event that a power cut took back, means everything after it.
        let gap = Cursor(epoch: first.epoch, sequence: 7)
        #expect(try await journal.events(after: gap, limit: 10).map(\.cursor) == [second])
    }

    @Test func blocksGoOnWithinOneCommit() async throws {
        let journal = try open { $0.blockSize = 3 }
        let observations = (0..<10).map { Samples.created("M\($0)") }
        let events = try await commit(journal, SourceBatch(observations: observations, checkpoint: []))
        #expect(events.map(\.cursor.sequence) == Array(1...10))
    }

    @Test func failedCommitLeavesNothing() async throws {
        let journal = try open { $0.maximumPages = 60 }
        let before = journal.head
        let large = String(repeating: "x", count: 2_000_000)
        await #expect(throws: StateError.self) {
            _ = try await commit(journal, Samples.batch(Samples.created("A"), Samples.created("B", text: large)))
        }
        #expect(journal.head == before)
        #expect(try await journal.sourceState("a") == nil)
        #expect(
            try await commit(journal, Samples.batch(Samples.created("A"))).map(\.cursor.sequence) == [
                before.sequence + 1
            ])
    }

    @Test(arguments: ["zz", "", "12345678", "-1", "0-"])
    func textThatIsNoCursorIsMalformed(_ text: String) throws {
        let journal = try open()
        let error = #expect(throws: JournalError.self) { try journal.cursor(from: text) }
        guard case .malformed = error else {
            throw ContractViolation("expected malformed, got \(String(describing: error))")
        }
    }

    @Test func foreignEpochAndFutureCursorsAreExpired() async throws {
        let journal = try open()
        _ = try await commit(journal, Samples.batch(Samples.created("A")))
        let head = journal.head
        for text in ["ffffffff0-1", "\(head.epoch)-\(head.sequence + 1)"] {
            let error = #expect(throws: JournalError.self) { try journal.cursor(from: text) }
            #expect(error?.resumePoint == journal.oldest)
        }
        #expect(try journal.cursor(from: head.description) == head)
    }

    @Test func readersBehindTheTailReadTheDisk() async throws {
        let journal = try open { $0.tailCount = 4 }
        let observations = (0..<50).map { Samples.created("M\($0)") }
        for start in stride(from: 0, to: 50, by: 5) {
            _ = try await commit(
                journal, SourceBatch(observations: Array(observations[start..<start + 5]), checkpoint: []))
        }
        var seen: [String] = []
        var cursor = journal.oldest
        while true {
            let page = try await journal.page(after: cursor, limit: 7)
            seen += page.entries.map(\.event).compactMap { event in
                if case .message(let message, _, _) = event.snapshot { message.id.rawValue } else { nil }
            }
            cursor = page.next
            if page.isAtHead { break }
        }
        #expect(seen == (0..<50).map { "M\($0)" })
        #expect(cursor == journal.head)
    }

    @Test(arguments: [true, false])
    func filterSkipsAndStillMovesOn(_ fromDisk: Bool) async throws {
        let other = ChatID(rawValue: "ch_other")
        var journal = try open()
        let start = journal.head
        _ = try await commit(
            journal,
            Samples.batch(
                Samples.created("A"), Samples.created("B", chat: other), .gap(reason: "test"),
                .deleted(MessageID(rawValue: "A"), chat: Samples.chat)))
        if fromDisk { journal = try open() }
        let filter = EventFilter(kinds: [.messageCreated], chats: [other])
        let page = try await journal.page(after: start, limit: 10, filter: filter)
        #expect(page.entries.map(\.event.kind) == [.messageCreated, .gatewayGap])
        #expect(page.entries.first?.event.chat == other)
        #expect(page.next == journal.head)
    }

    @Test func wireFormIsRenderedOnceForAllReaders() async throws {
        let journal = try open()
        let start = journal.head
        _ = try await commit(journal, Samples.batch(Samples.created("A")))
        let first = try await journal.page(after: start, limit: 1).entries[0]
        let second = try await journal.page(after: start, limit: 1).entries[0]
        #expect(first.rendered { _ in [1] } == [1])
        #expect(second.rendered { _ in [2] } == [1])
    }

    @Test func everyReaderIsWoken() async throws {
        let journal = try open()
        let start = journal.head
        try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<5 {
                group.addTask {
                    try await journal.withWakeUps { wakeUps in
                        var count = 0
                        var cursor = start
                        for await _ in wakeUps {
                            let page = try await journal.page(after: cursor, limit: 1000)
                            count += page.entries.count
                            cursor = page.next
                            if count >= 200 { break }
                        }
                        return count
                    }
                }
            }
            for index in 0..<200 { _ = try await commit(journal, Samples.batch(Samples.created("M\(index)"))) }
            for try await count in group { #expect(count == 200) }
        }
    }
}
