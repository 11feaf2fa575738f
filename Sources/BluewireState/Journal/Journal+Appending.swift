//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel
package import BluewireTransport
import GRDB
import Synchronization

extension Journal {
    /// Journals a batch: checkpoint, marks, chat ids and events in one transaction.
    ///
    /// What is known already is skipped.
    ///
    /// Live-only observations are left out; the caller publishes them.
    ///
    /// - Returns: the events that are new, in order.
    package func commit(
        _ batch: SourceBatch, source: String, line: LineID, now: Timestamp
    ) async throws(StateError) -> [GatewayEvent] {
        let drafts = batch.observations.compactMap { EventDraft($0, line: line) }
        return try await append(drafts, now: now) { db in
            try Self.store(batch, source: source, line: line, now: now, in: db)
        }
    }

    /// Journals a batch like ``commit(_:source:line:now:)``, but blocks the calling thread instead of suspending.
    ///
    /// - Returns: the events that are new, in order.
    package func commitNow(
        _ batch: SourceBatch, source: String, line: LineID, now: Timestamp
    ) throws(StateError) -> [GatewayEvent] {
        let drafts = batch.observations.compactMap { EventDraft($0, line: line) }
        do {
            return try pool.writeWithoutTransaction { db in
                try write(drafts, now: now, in: db) { db in
                    try Self.store(batch, source: source, line: line, now: now, in: db)
                }
            }
        } catch {
            throw StateError(error, file: "journal.db")
        }
    }

    /// Journals events of the gateway itself (sends, lines).
    ///
    /// What is known already is skipped.
    ///
    /// - Returns: the events that are new, in order.
    @discardableResult
    package func append(_ drafts: [EventDraft]) async throws(StateError) -> [GatewayEvent] {
        try await append(drafts, now: clock.now) { _ in }
    }

    private func append(
        _ drafts: [EventDraft], now: Timestamp, alongside: @escaping @Sendable (Database) throws -> Void
    ) async throws(StateError) -> [GatewayEvent] {
        do {
            return try await pool.writeWithoutTransaction { [self] db in
                try write(drafts, now: now, in: db, alongside: alongside)
            }
        } catch {
            throw StateError(error, file: "journal.db")
        }
    }

    /// Appends and publishes on the writer's queue, so that readers see commits in their order.
    private func write(
        _ drafts: [EventDraft], now: Timestamp, in db: Database, alongside: (Database) throws -> Void
    ) throws -> [GatewayEvent] {
        let range = try claim(drafts.count, in: db)
        var appended: [GatewayEvent] = []
        var hasScrubbed = false
        try db.inTransaction(.immediate) {
            try alongside(db)
            (appended, hasScrubbed) = try insert(drafts, from: range.next, epoch: range.epoch, now: now, in: db)
            return .commit
        }
        publish(appended, forgettingTail: hasScrubbed)
        return appended
    }

    /// Sees to it that `count` numbers are reserved; numbers count as issued only once their events are committed.
    private func claim(_ count: Int, in db: Database) throws -> (epoch: String, next: Int64) {
        let (epoch, head, reserved) = state.withLock { ($0.epoch, $0.head, $0.reserved) }
        var end = reserved
        while end - head < Int64(count) {
            end = try Self.reserve(after: end, configuration: configuration, in: db)
        }
        if end != reserved { state.withLock { $0.reserved = end } }
        return (epoch, head + 1)
    }

    private func insert(
        _ drafts: [EventDraft], from first: Int64, epoch: String, now: Timestamp, in db: Database
    ) throws -> (events: [GatewayEvent], hasScrubbed: Bool) {
        guard !drafts.isEmpty else { return ([], false) }
        let statement = try db.cachedStatement(
            sql: """
                INSERT OR IGNORE INTO event
                (sequence, id, kind, time, line, chat, subject, fingerprint, version, snapshot)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """)
        var events: [GatewayEvent] = []
        events.reserveCapacity(drafts.count)
        var hasScrubbed = false
        for draft in drafts {
            let sequence = first + Int64(events.count)
            guard let id = try Self.identify(draft, sequence: sequence, in: db) else { continue }
            let snapshot = try Self.arrived(draft, in: db)
            var fingerprint: Int64?
            if case .fingerprint(let value) = draft.identity { fingerprint = Int64(bitPattern: value) }
            try statement.execute(arguments: [
                sequence, id, draft.kind.rawValue, now.nanoseconds, draft.line.rawValue, draft.chat?.rawValue,
                draft.subject, fingerprint, GatewayEvent.currentSchemaVersion,
                Blob(try SnapshotCoding.encode(snapshot)),
            ])
            guard db.changesCount == 1 else { continue }
            events.append(
                GatewayEvent(
                    id: id, cursor: BluewireModel.Cursor(epoch: epoch, sequence: sequence), kind: draft.kind, time: now,
                    line: draft.line, chat: draft.chat, snapshot: snapshot))
            if try Self.scrub(after: draft, before: sequence, in: db) { hasScrubbed = true }
        }
        return (events, hasScrubbed)
    }

    /// The snapshot of `draft`; that of a change says how the message arrived when it was created.
    ///
    /// A message whose creation is not in the journal was there before, so it is history.
    private static func arrived(_ draft: EventDraft, in db: Database) throws -> Snapshot {
        guard draft.kind == .messageUpdated, case .message(let message, let changed, _) = draft.snapshot else {
            return draft.snapshot
        }
        let created = try Row.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT version, snapshot FROM event WHERE subject = ? AND kind = ? AND line = ?
                    ORDER BY sequence DESC LIMIT 1
                    """),
            arguments: [draft.subject, GatewayEvent.Kind.messageCreated.rawValue, draft.line.rawValue])
        var arrival = Arrival.backfill
        if let created,
            case .message(_, _, let first) = SnapshotCoding.decode([UInt8](blobIn: created, at: 1), version: created[0])
        {
            arrival = first
        }
        return .message(message, changed: changed, arrival: arrival)
    }

    /// The id of the event a draft becomes; nil when the draft says what its newest predecessor says already.
    private static func identify(_ draft: EventDraft, sequence: Int64, in db: Database) throws -> String? {
        switch draft.identity {
        case .once:
            return draft.id("")
        case .text(let text):
            return draft.id(text)
        case .always:
            return draft.id("#\(sequence)")
        case .fingerprint(let value):
            // Chained with the previous event of the kind, so that A → B → A is three events, and reading B twice one.
            let previous = try Row.fetchOne(
                db.cachedStatement(
                    sql: """
                        SELECT id, fingerprint FROM event WHERE subject = ? AND kind = ? AND fingerprint IS NOT NULL
                        AND line = ? ORDER BY sequence DESC LIMIT 1
                        """), arguments: [draft.subject, draft.kind.rawValue, draft.line.rawValue])
            let bits = Int64(bitPattern: value)
            if let previous, previous[1] == bits { return nil }
            return draft.id("\(previous?[0] ?? "")/\(value)")
        case .unlessLatest:
            let previous = try Row.fetchOne(
                db.cachedStatement(
                    sql: "SELECT id, kind FROM event WHERE subject = ? AND line = ? ORDER BY sequence DESC LIMIT 1"),
                arguments: [draft.subject, draft.line.rawValue])
            if let previous, previous[1] == draft.kind.rawValue { return nil }
            return draft.id(previous?[0] ?? "")
        }
    }

    private static func store(
        _ batch: SourceBatch, source: String, line: LineID, now: Timestamp, in db: Database
    ) throws {
        try db.cachedStatement(
            sql: "INSERT OR REPLACE INTO source (name, line, checkpoint, updatedAt) VALUES (?, ?, ?, ?)"
        ).execute(arguments: [source, line.rawValue, Blob(batch.checkpoint), now.nanoseconds])
        if batch.replacesMarks { try db.execute(sql: "DELETE FROM mark WHERE source = ?", arguments: [source]) }
        if !batch.marks.isEmpty {
            let insert = try db.cachedStatement(
                sql: "INSERT OR REPLACE INTO mark (source, key, value) VALUES (?, ?, ?)")
            let delete = try db.cachedStatement(sql: "DELETE FROM mark WHERE source = ? AND key = ?")
            for (key, value) in batch.marks {
                if let value {
                    try insert.execute(arguments: [source, key, Blob(value)])
                } else {
                    try delete.execute(arguments: [source, key])
                }
            }
        }
        if !batch.chatIDs.isEmpty {
            let insert = try db.cachedStatement(sql: "INSERT OR IGNORE INTO chatID (source, guid, id) VALUES (?, ?, ?)")
            for (guid, id) in batch.chatIDs { try insert.execute(arguments: [source, guid.rawValue, id.rawValue]) }
        }
    }

    /// Shows committed events to readers and wakes them.
    private func publish(_ events: [GatewayEvent], forgettingTail: Bool) {
        let readers = state.withLock { state -> [@Sendable () -> Void] in
            if forgettingTail {
                // Entries that were scrubbed on disk must not live on in memory.
                state.tail.removeAll(keepingCapacity: true)
                state.tailStart = state.head
            }
            guard let last = events.last else { return [] }
            state.tail.append(contentsOf: events.map { JournalEntry($0) })
            state.head = last.cursor.sequence
            let limit = configuration.tailCount
            if state.tail.count > limit * 2 {
                let excess = state.tail.count - limit
                state.tailStart = state.tail[excess - 1].event.cursor.sequence
                state.tail.removeFirst(excess)
            }
            return state.readers.map(\.wake)
        }
        for wake in readers { wake() }
        for event in events { Self.count(event) }
    }
}
