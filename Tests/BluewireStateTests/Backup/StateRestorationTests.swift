//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import BluewireState
import BluewireTesting
import BluewireTransport
import Foundation
import GRDB
import Testing

@Suite struct StateRestorationTests {
    private let folder: TemporaryFolder
    private let now = Timestamp(seconds: 1_770_000_000)
    private var before: Timestamp { now - .seconds(3600) }

    init() throws { folder = try TemporaryFolder() }

    @Test(arguments: [Send.State.queued, .dispatched, .unknown])
    func sendInFlightBecomesUnknownAndIsLookedFor(_ state: Send.State) async throws {
        try await withState { state_ async throws in
            var record = sample("snd_1")
            record.progress.state = state
            record.lease = SendLease(owner: .here(), until: now + .seconds(100))
            if state != .queued {
                record.progress.dispatchedAt = before + .seconds(5)
                record.progress.floor = RowID(rawValue: 77)
                record.progress.attempts = 1
            }
            let stored = record
            _ = try await state_.sends.write { try $0.insert(stored) }
        }
        let outcome = try await restore()
        #expect(outcome.unknownSends == 1)
        try await withState { state_ async throws in
            let held = try #require(try await state_.sends.read { try $0.openRecords() }.first)
            #expect(held.progress.state == .unknown)
            #expect(held.progress.failure?.code == "restored")
            #expect(held.progress.unknownAt == now)
            #expect(held.lease == nil)
            #expect(held.progress.floor == RowID(rawValue: state == .queued ? 0 : 77))
            #expect(held.progress.dispatchedAt == (state == .queued ? before : before + .seconds(5)))
            // The journal is told.
            let changes = try await state_.sends.read { try $0.publications(limit: 10) }
            #expect(changes.map(\.send.state) == [.unknown])
        }
    }

    @Test func finishedSendsStayAsTheyAre() async throws {
        try await withState { state async throws in
            for (index, end) in [Send.State.landed, .sent, .delivered, .read, .failed, .cancelled].enumerated() {
                var record = sample("snd_\(index)")
                record.progress.state = end
                record.progress.isOpen = false
                let stored = record
                _ = try await state.sends.write { try $0.insert(stored) }
            }
        }
        #expect(try await restore().unknownSends == 0)
        try await withState { state async throws in
            #expect(try await state.sends.read { try $0.records(in: .unknown, limit: 10) }.isEmpty)
        }
    }

    @Test func journalBeginsANewEpochAndOwnCursorsFollow() async throws {
        let journal = try Journal(path: folder.file("journal.db"))
        try await journal.append([line("up"), line("down"), line("up")])
        let (first, head) = (try await journal.events(after: journal.oldest, limit: 1)[0].cursor, journal.head)
        try journal.close()
        try await withState { state async throws in
            try await state.sinkCursors.save(first, of: "webhook:a", at: before)
            let future = Cursor(epoch: first.epoch, sequence: head.sequence + 1_000_000)
            try await state.sinkCursors.save(future, of: "agent:b", at: before)
            try await state.sinkCursors.save(Cursor(epoch: "ffffffff", sequence: 3), of: "other", at: before)
        }
        _ = try await restore()
        let renewed = try Journal(path: folder.file("journal.db"))
        #expect(renewed.epoch != first.epoch)
        #expect(throws: JournalError.self) { try renewed.cursor(from: first.description) }
        try await withState { state async throws in
            let a = try #require(try await state.sinkCursors.cursor(of: "webhook:a"))
            let events = try await renewed.events(after: a, limit: 10)
            #expect(events.map(\.kind) == [.lineUpdated, .lineUpdated, .gatewayGap])
            // Ahead of the journal: everything it has was read, but not the gap.
            let b = try #require(try await state.sinkCursors.cursor(of: "agent:b"))
            #expect(try await renewed.events(after: b, limit: 10).map(\.snapshot) == [.gap(reason: "restored")])
            #expect(try await state.sinkCursors.cursor(of: "other")?.epoch == "ffffffff")
        }
    }

    @Test func agentsHaveNothingLeftToSay() async throws {
        try await withState { state async throws in
            try await state.agents().saveSession(agent: "a", chat: Samples.chat, state: "{}")
            let tasks = state.tasks()
            for due in [before, now, now + .seconds(60)] {
                _ = try await tasks.create(agent: "a", chat: Samples.chat, text: "x", dueAt: due, zone: "UTC")
            }
            #expect(try await state.restoredAt() == nil)
        }
        _ = try await restore()
        try await withState { state async throws in
            #expect(try await state.agents().sessions(agent: "a").isEmpty)
            #expect(
                try await state.tasks().due(at: now + .seconds(100), agent: "a").map(\.dueAt) == [now + .seconds(60)])
            #expect(try await state.restoredAt() == now)
            #expect(try await state.audit.list().map(\.action) == ["restore"])
            #expect(try await state.audit.verify().broken == nil)
        }
    }

    @Test func whatWasRevokedAndDecidedSinceStaysSo() async throws {
        let path = folder.file("old/state.db")
        try FileManager.default.createDirectory(atPath: folder.file("old"), withIntermediateDirectories: true)
        let old = try StateDatabase(path: path)
        let (kept, revoked) = (
            try await old.tokens().create(name: "a", scopes: [.read]),
            try await old.tokens().create(name: "b", scopes: [.send])
        )
        let draft = try await old.agents().addDraft(
            agent: "a", chat: Samples.chat, line: Samples.line, message: nil, action: .message(Draft(text: "x")))
        try await StateSnapshot.copy(path, to: folder.file("state.db"), file: "state.db")
        try FileManager.default.copyItem(atPath: folder.file("old/audit.key"), toPath: folder.file("audit.key"))
        try await old.tokens().revoke(revoked.token.id)
        _ = try await old.agents().decideDraft(draft.id, .approved)
        try await old.sends.write { try $0.putOutboundStop(OutboundStop(reason: "trouble", since: now)) }
        try old.close()
        let outcome = try await restore(replacing: path)
        #expect(outcome.hasTakenOver)
        try await withState { state async throws in
            #expect(try await state.tokens().verify(kept.secret) != nil)
            #expect(try await state.tokens().verify(revoked.secret) == nil)
            #expect(try await state.agents().drafts().isEmpty)
            #expect(try await state.sends.read { try $0.outboundStop() }?.reason == "trouble")
        }
    }

    @Test func hooksSayNothingTwiceAndThoseRemovedSinceStayShut() async throws {
        let path = folder.file("old/state.db")
        try FileManager.default.createDirectory(atPath: folder.file("old"), withIntermediateDirectories: true)
        let old = try StateDatabase(path: path)
        let settings = Hook.Settings(preset: "text")
        let kept = try await old.hooks().create(name: "a", chat: Samples.chat, settings: settings)
        let removed = try await old.hooks().create(name: "b", chat: Samples.chat, settings: settings)
        for hook in [kept.hook, removed.hook] {
            let due = now + .seconds(60)
            _ = try await old.hooks().take(.init(hook: hook, text: "held", key: nil)) { _ in due }
        }
        try await StateSnapshot.copy(path, to: folder.file("state.db"), file: "state.db")
        try FileManager.default.copyItem(atPath: folder.file("old/audit.key"), toPath: folder.file("audit.key"))
        try await old.hooks().remove(removed.hook.id)
        try old.close()
        #expect(try await restore(replacing: path).hasTakenOver)
        try await withState { state async throws in
            #expect(try await state.hooks().hook(secret: kept.secret)?.id == kept.hook.id)
            #expect(try await state.hooks().hook(secret: removed.secret) == nil)
            #expect(try await state.hooks().nextDue() == nil)
        }
    }

    @Test func damagedOldStateDoesNotHinder() async throws {
        try Data(repeating: 65, count: 9000).write(to: URL(fileURLWithPath: folder.file("broken.db")))
        #expect(try await restore(replacing: folder.file("broken.db")).hasTakenOver == false)
    }

    @Test(arguments: ["state.db", "journal.db"])
    func damagedDatabaseIsRefused(_ name: String) async throws {
        try await withState { _ in }
        try Journal(path: folder.file("journal.db")).close()
        for suffix in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: folder.file(name + suffix)) }
        try Data(repeating: 65, count: 9000).write(to: URL(fileURLWithPath: folder.file(name)))
        let error = await #expect(throws: StateError.self) { try await restore() }
        #expect(error?.code == .corrupt)
    }

    private func restore(replacing old: String? = nil) async throws -> StateRestoration.Outcome {
        if !FileManager.default.fileExists(atPath: folder.file("state.db")) { try await withState { _ in } }
        if !FileManager.default.fileExists(atPath: folder.file("journal.db")) {
            try Journal(path: folder.file("journal.db")).close()
        }
        return try await StateRestoration(folder: folder.path, replacing: old, madeAt: before, now: now).prepare()
    }

    private func withState(_ body: (StateDatabase) async throws -> Void) async throws {
        let state = try StateDatabase(path: folder.file("state.db"))
        try await body(state)
        try state.close()
    }

    private func sample(_ id: String) -> SendRecord {
        SendRecord(
            id: SendID(rawValue: id), origin: "tok_1", recipient: .handle("+15550001"), line: Samples.line,
            action: .message(Draft(text: "hello")), createdAt: before)
    }

    private func line(_ state: String) -> EventDraft { EventDraft(line: Samples.line, state: state, reason: nil) }
}
