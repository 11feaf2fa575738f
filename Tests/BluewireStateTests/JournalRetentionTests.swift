//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import BluewireState
import BluewireTesting
import BluewireTransport
import GRDB
import Testing

@Suite struct JournalRetentionTests {
    private let folder: TemporaryFolder
    private let clock = ManualClock()

    init() throws { folder = try TemporaryFolder() }

    private func open(maximumBytes: Int64 = 1_000_000_000) throws -> Journal {
        var configuration = Journal.Configuration()
        configuration.maximumBytes = maximumBytes
        return try Journal(path: folder.file("journal.db"), clock: clock, configuration: configuration)
    }

    private func commit(_ journal: Journal, _ observations: Observation...) async throws -> [GatewayEvent] {
        try await journal.commit(
            SourceBatch(observations: observations, checkpoint: []), source: "a", line: Samples.line, now: clock.now)
    }

    @Test func oldEventsGoAndTheirCursorsExpire() async throws {
        let journal = try open()
        let start = journal.head
        let old = try await commit(journal, Samples.created("A"), Samples.created("B"))
        clock.advance(by: .seconds(31 * 86_400))
        let fresh = try await commit(journal, Samples.created("C"))
        #expect(try await journal.prune(now: clock.now, sinks: []) == 2)
        await #expect(throws: JournalError.self) { try await journal.events(after: start, limit: 1) }
        #expect(try await journal.events(after: old[1].cursor, limit: 10) == fresh)
        let reopened = try open()
        await #expect(throws: JournalError.self) { try await reopened.events(after: start, limit: 1) }
        #expect(reopened.oldest == old[1].cursor)
    }

    @Test func whatALiveSinkHasNotReadStays() async throws {
        let journal = try open(maximumBytes: 1)
        let events = try await commit(journal, Samples.created("A"), Samples.created("B"))
        clock.advance(by: .seconds(3600))
        let sink = Journal.SinkPosition(cursor: events[0].cursor)
        while try await journal.prune(now: clock.now, sinks: [sink]) > 0 {}
        #expect(try await journal.events(after: journal.oldest, limit: 10).map(\.id) == [events[1].id])
        // A week later the sink has had its chance.
        clock.advance(by: .seconds(8 * 86_400))
        _ = try await journal.prune(now: clock.now, sinks: [sink])
        #expect(try await journal.events(after: journal.oldest, limit: 10).isEmpty)
    }

    @Test func tooLargeAJournalLosesItsOldestTenth() async throws {
        let journal = try open(maximumBytes: 1)
        for index in 0..<20 { _ = try await commit(journal, Samples.created("M\(index)")) }
        #expect(try await journal.prune(now: clock.now, sinks: []) == 2)
        #expect(try await journal.events(after: journal.oldest, limit: 100).count == 18)
    }

    @Test func deletedMessageLosesItsTextOnDiskAndInMemory() async throws {
        let journal = try open()
        let start = journal.head
        _ = try await commit(journal, Samples.created("A", text: "secret words"), Samples.created("B", text: "kept"))
        _ = try await commit(journal, .deleted(MessageID(rawValue: "A"), chat: Samples.chat))
        let events = try await journal.events(after: start, limit: 10)
        #expect(texts(events) == ["", "kept"])
        #expect(try await storedText().contains("secret words") == false)
    }

    @Test func unsentPartLosesItsTextInOlderEvents() async throws {
        let journal = try open()
        let start = journal.head
        var edited = Samples.message("A", text: "second version")
        edited.edits = [MessageEdit(part: 0, versions: [.init(text: "first version", date: nil)])]
        _ = try await commit(
            journal, Samples.created("A", text: "first version"),
            .updated(edited, changed: ["text"], discriminator: .date(Timestamp(seconds: 1))))
        var unsent = Samples.message("A", text: "")
        unsent.kind = .unsent
        unsent.unsentParts = [0]
        _ = try await commit(
            journal, .updated(unsent, changed: ["unsent"], discriminator: .date(Timestamp(seconds: 2))))
        #expect(texts(try await journal.events(after: start, limit: 10)) == ["", "", ""])
        #expect(try await storedText().contains("version") == false)
    }

    @Test func everythingAboutAMessageCanBeDeleted() async throws {
        let journal = try open()
        let start = journal.head
        _ = try await commit(journal, Samples.created("A"), Samples.updated("A", text: "b", fingerprint: 1))
        let kept = try await commit(journal, Samples.created("B"))
        #expect(try await journal.deleteEverything(about: MessageID(rawValue: "A")) == 2)
        #expect(try await journal.events(after: start, limit: 10) == kept)
        #expect(try await journal.events(about: MessageID(rawValue: "A")).isEmpty)
    }

    @Test func checkpointShrinksTheLog() async throws {
        let journal = try open()
        for index in 0..<50 { _ = try await commit(journal, Samples.created("M\(index)")) }
        try await journal.checkpoint()
        let events = try await open().events(after: journal.oldest, limit: 100)
        #expect(events.count == 50)
    }

    @Test func unknownSnapshotIsAGapNotAnEnd() async throws {
        let journal = try open()
        let events = try await commit(journal, Samples.created("A"))
        try journal.close()
        let queue = try DatabaseQueue(path: folder.file("journal.db"))
        try await queue.write { try $0.execute(sql: "UPDATE event SET version = 99") }
        try queue.close()
        let reopened = try open()
        let read = try await reopened.events(after: reopened.oldest, limit: 10)
        #expect(read.map(\.id) == events.map(\.id))
        #expect(read.map(\.snapshot) == [.gap(reason: "snapshot_version_99")])
    }

    private func texts(_ events: [GatewayEvent]) -> [String] {
        events.compactMap { if case .message(let message, _, _) = $0.snapshot { message.body.plainText } else { nil } }
    }

    private func storedText() async throws -> String {
        let queue = try DatabaseQueue(path: folder.file("journal.db"))
        return try await queue.read { db in
            try String.fetchAll(db, sql: "SELECT CAST(snapshot AS TEXT) FROM event").joined()
        }
    }
}
