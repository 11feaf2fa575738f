//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel
private import BluewireTransport
import GRDB
import Synchronization

// Scoped, because GRDB has a protocol of the same name.
package import struct BluewireModel.Cursor

extension Journal {
    /// Where a sink stands, as pruning needs it.
    package struct SinkPosition: Hashable, Sendable {
        /// Its cursor.
        package var cursor: Cursor

        /// A position.
        package init(cursor: Cursor) { self.cursor = cursor }
    }

    /// Drops events that are older than the retention, or the oldest ones while the file is too large.
    ///
    /// Events a live sink has not read stay, unless they are older than the grace a sink has.
    ///
    /// - Returns: how many events were dropped.
    @discardableResult
    package func prune(now: Timestamp, sinks: [SinkPosition]) async throws(StateError) -> Int {
        let epoch = epoch
        let unread = sinks.filter { $0.cursor.epoch == epoch }.map(\.cursor.sequence).min() ?? .max
        let configuration = configuration
        do {
            return try await pool.writeWithoutTransaction { [self] db in
                var dropped = 0
                try db.inTransaction(.immediate) {
                    let aged = try Self.lastSequence(before: now - configuration.retention, in: db)
                    let lagging = try Self.lastSequence(before: now - configuration.sinkGrace, in: db)
                    let bound = max(unread, lagging)
                    var through = aged
                    if try Self.usedBytes(db) > configuration.maximumBytes {
                        // A tenth of the events at a time: the next round looks at the size again.
                        let count = try Int.fetchOne(db, sql: "SELECT count(*) FROM event") ?? 0
                        let tenth = try Int64.fetchOne(
                            db, sql: "SELECT sequence FROM event ORDER BY sequence LIMIT 1 OFFSET ?",
                            arguments: [max(0, count / 10 - 1)])
                        through = max(through, tenth ?? 0)
                    }
                    through = min(through, bound)
                    guard through > 0 else { return .commit }
                    try db.execute(sql: "DELETE FROM event WHERE sequence <= ?", arguments: [through])
                    dropped = db.changesCount
                    if dropped > 0 { try Self.setMeta("pruned", through, in: db) }
                    return .commit
                }
                if dropped > 0 {
                    let pruned = try Self.meta("pruned", as: Int64.self, in: db) ?? 0
                    state.withLock { state in
                        state.pruned = pruned
                        let kept = state.tail.firstIndex { $0.event.cursor.sequence > pruned } ?? state.tail.count
                        state.tail.removeFirst(kept)
                        state.tailStart = max(state.tailStart, pruned)
                    }
                }
                return dropped
            }
        } catch {
            throw StateError(error, file: "journal.db")
        }
    }

    /// Forgets everything about a message: its events and the tapbacks on it.
    ///
    /// Cursors stay valid.
    ///
    /// - Returns: how many events were deleted.
    @discardableResult
    package func deleteEverything(about message: MessageID) async throws(StateError) -> Int {
        do {
            return try await pool.writeWithoutTransaction { [self] db in
                try db.execute(sql: "DELETE FROM event WHERE subject = ?", arguments: [message.rawValue])
                let count = db.changesCount
                state.withLock { state in
                    state.tail.removeAll()
                    state.tailStart = state.head
                }
                return count
            }
        } catch {
            throw StateError(error, file: "journal.db")
        }
    }

    /// Moves the write-ahead log into the main file without holding up commits.
    package func checkpoint() async throws(StateError) {
        do {
            // A connection of its own: the writer's queue must not wait for the disk.
            let queue = try DatabaseQueue(path: path)
            try await queue.writeWithoutTransaction { db in _ = try db.checkpoint(.passive) }
            try queue.close()
        } catch {
            throw StateError(error, file: "journal.db")
        }
    }

    private static func lastSequence(before time: Timestamp, in db: Database) throws -> Int64 {
        // Sequence order is time order, but for a clock that was set back: then events stay a little longer.
        try Int64.fetchOne(
            db,
            sql: """
                SELECT coalesce((SELECT sequence FROM event WHERE time >= ? ORDER BY sequence LIMIT 1) - 1,
                (SELECT max(sequence) FROM event), 0)
                """, arguments: [time.nanoseconds]) ?? 0
    }

    private static func usedBytes(_ db: Database) throws -> Int64 {
        let pages = try Int64.fetchOne(db, sql: "PRAGMA page_count") ?? 0
        let free = try Int64.fetchOne(db, sql: "PRAGMA freelist_count") ?? 0
        let size = try Int64.fetchOne(db, sql: "PRAGMA page_size") ?? 0
        return (pages - free) * size
    }
}

extension Journal {
    /// Takes the text out of older snapshots of a message that was deleted or (partly) taken back.
    ///
    /// - Returns: whether anything was rewritten.
    static func scrub(after draft: EventDraft, before sequence: Int64, in db: Database) throws -> Bool {
        let replacement: Message?
        switch draft.snapshot {
        case .deletedMessage: replacement = nil
        case .message(let message, _, _) where !message.unsentParts.isEmpty || message.kind == .unsent:
            replacement = message
        default: return false
        }
        var isChanged = false
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT sequence, version, snapshot FROM event
                WHERE subject = ? AND sequence < ? AND kind IN ('message.created', 'message.updated')
                """, arguments: [draft.subject, sequence])
        for row in rows {
            guard
                case .message(let old, let changed, let arrival) =
                    SnapshotCoding.decode([UInt8](blobIn: row, at: 2), version: row[1])
            else { continue }
            let clean = old.scrubbed(replacement: replacement)
            guard clean != old else { continue }
            let bytes = try SnapshotCoding.encode(.message(clean, changed: changed, arrival: arrival))
            try db.execute(
                sql: "UPDATE event SET snapshot = ? WHERE sequence = ?", arguments: [Blob(bytes), row[0] as Int64])
            isChanged = true
        }
        return isChanged
    }
}

extension Message {
    /// The message without what was taken back: its body as `replacement` has it, or none when it is gone.
    fileprivate func scrubbed(replacement: Message?) -> Message {
        var message = self
        message.body = replacement?.body ?? MessageBody()
        message.edits =
            replacement.map { new in
                edits.filter { edit in !new.unsentParts.contains(edit.part) && new.kind != .unsent }
            } ?? []
        message.subject = replacement?.subject
        if replacement == nil || replacement?.kind == .unsent {
            message.balloon = nil
            for index in message.attachments.indices {
                message.attachments[index].name = nil
                message.attachments[index].storedPath = nil
                message.attachments[index].transcription = nil
            }
        }
        return message
    }
}
