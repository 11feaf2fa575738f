//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel
import GRDB

/// Makes a state that was saved earlier safe to go on with.
///
/// Between the backup and now the old state went on: what was waiting may have been sent, what was due may have been
/// said. So nothing that waits goes out by itself: sends in flight become *unknown* and are looked for, agents answer
/// no message from before the restore, reminders of the time between are not given. The journal begins a new epoch, so
/// that no cursor of the old one is believed.
package struct StateRestoration: Sendable {
    /// What became of the state.
    package struct Outcome: Hashable, Sendable {
        /// How many sends are now unknown.
        package var unknownSends = 0
        /// Whether revocations, decisions and a stop of the replaced state were taken over.
        package var hasTakenOver = false
    }

    private let folder: String
    private let old: String?
    private let madeAt: Timestamp
    private let now: Timestamp

    /// A restoration of the files in `folder`.
    ///
    /// - Parameters:
    ///   - old: the `state.db` that is replaced, if there is one.
    ///   - madeAt: when the backup was made.
    package init(folder: String, replacing old: String?, madeAt: Timestamp, now: Timestamp) {
        self.folder = folder
        self.old = old
        self.madeAt = madeAt
        self.now = now
    }

    /// Checks the files and changes them in place.
    ///
    /// - Throws: ``StateError`` with `corrupt` or `newer`, else what the database refused.
    package func prepare() async throws -> Outcome {
        let (statePath, journalPath) = (folder + "/state.db", folder + "/journal.db")
        try await StateSnapshot.check(statePath, file: "state.db")
        try await StateSnapshot.check(journalPath, file: "journal.db")
        let renewed = try await renewJournal(journalPath)
        let state = try StateDatabase(path: statePath)
        try await translateCursors(in: state, renewed)
        var outcome = Outcome()
        outcome.unknownSends = try await holdSends(in: state)
        try await quieten(state)
        if let old { outcome.hasTakenOver = await takeOver(from: old, to: state) }
        try await state.audit.append(AuditFact.restoreDone(from: madeAt).record(by: "local", at: now))
        try state.close()
        for path in [statePath, journalPath] { try await StateSnapshot.settle(path) }
        return outcome
    }

    // MARK: Journal

    private struct Renewal: Sendable {
        var oldEpoch: String
        var head: BluewireModel.Cursor
    }

    private func renewJournal(_ path: String) async throws -> Renewal {
        let before = try Journal(path: path)
        let oldEpoch = before.epoch
        try before.close()
        let queue = try StateSnapshot.open(path)
        let epoch = try await queue.write { db in
            var epoch = oldEpoch
            while epoch == oldEpoch { epoch = Journal.randomEpoch() }
            try Journal.setMeta("epoch", epoch, in: db)
            return epoch
        }
        try queue.close()
        let journal = try Journal(path: path)
        // What sinks have read stays read; the gap comes after it and tells them.
        let head = BluewireModel.Cursor(epoch: epoch, sequence: journal.head.sequence)
        try await journal.append([
            EventDraft(
                kind: .gatewayGap, line: LineID(rawValue: "gateway"), chat: nil, subject: nil, identity: .always,
                snapshot: .gap(reason: "restored"))
        ])
        try journal.close()
        return Renewal(oldEpoch: oldEpoch, head: head)
    }

    /// Cursors of our own sinks mean the same events in the new epoch.
    private func translateCursors(in state: StateDatabase, _ renewal: Renewal) async throws {
        let cursors = try await state.sinkCursors.all()
        let now = now
        try await state.write { db in
            for (name, cursor) in cursors where cursor.epoch == renewal.oldEpoch {
                let sequence = min(cursor.sequence, renewal.head.sequence)
                let translated = BluewireModel.Cursor(epoch: renewal.head.epoch, sequence: sequence)
                try SinkCursorRepository.save(translated, of: name, at: now, in: db)
            }
        }
    }

    // MARK: State

    private func holdSends(in state: StateDatabase) async throws -> Int {
        let now = now
        return try await state.sends.write { tx in
            var count = 0
            for record in try tx.openRecords() {
                guard var held = record.heldAfterRestore(at: now) else { continue }
                held = try tx.update(held)
                try tx.putPublication(held.send, chat: held.chat, revision: held.revision)
                count += 1
            }
            return count
        }
    }

    /// Ends what would speak by itself: answers on their way, reminders that were due by now, and what hooks hold back,
    /// which may have been delivered since.
    private func quieten(_ state: StateDatabase) async throws {
        let now = now
        try await state.write { db in
            try db.execute(sql: "DELETE FROM agentSession")
            try db.execute(
                sql: "UPDATE task SET remindedAt = ?1 WHERE remindedAt IS NULL AND dueAt IS NOT NULL AND dueAt <= ?1",
                arguments: [now.nanoseconds])
            try db.execute(sql: "DELETE FROM hookItem WHERE dueAt IS NOT NULL")
            try db.execute(sql: "DELETE FROM loginCode")
            try db.execute(
                sql: "INSERT OR REPLACE INTO outboxSetting (name, value) VALUES (?, ?)",
                arguments: [StateDatabase.restoredAtSetting, String(now.nanoseconds)])
        }
    }

    /// What was revoked stays revoked, what was decided stays decided, and sending that was switched off stays off.
    ///
    /// - Returns: false when the old state cannot be read, which may be why it is replaced.
    private func takeOver(from old: String, to state: StateDatabase) async -> Bool {
        do {
            let queue = try StateSnapshot.open(old)
            let found = try await queue.read { db in
                Remains(
                    revoked: try Self.pairs(
                        "SELECT id, CAST(revokedAt AS TEXT) FROM token WHERE revokedAt IS NOT NULL", in: db),
                    decided: try Self.pairs("SELECT id, state FROM agentDraft WHERE state <> 'waiting'", in: db),
                    ended: try Self.pairs("SELECT id, state FROM task WHERE state <> 'open'", in: db),
                    hooks: try db.tableExists("hook") ? String.fetchSet(db, sql: "SELECT id FROM hook") : nil,
                    stop: try String.fetchOne(db, sql: "SELECT value FROM outboxSetting WHERE name = 'stop'"))
            }
            try queue.close()
            try await state.write { db in
                for (id, at) in found.revoked {
                    try db.execute(
                        sql: "UPDATE token SET revokedAt = ? WHERE id = ? AND revokedAt IS NULL",
                        arguments: [Int64(at), id])
                }
                for (id, state) in found.decided {
                    // So old that it is never submitted anew: this outbox may not know its key.
                    try db.execute(
                        sql: """
                            UPDATE agentDraft SET state = ?, updatedAt = 0
                            WHERE id = ? AND (state = 'waiting' OR send IS NULL)
                            """, arguments: [state, id])
                }
                for (id, state) in found.ended {
                    try db.execute(
                        sql: "UPDATE task SET state = ? WHERE id = ? AND state = 'open'", arguments: [state, id])
                }
                // A hook that was removed since was a way in that its owner shut.
                if let hooks = found.hooks {
                    for id in try String.fetchAll(db, sql: "SELECT id FROM hook") where !hooks.contains(id) {
                        try db.execute(sql: "DELETE FROM hook WHERE id = ?", arguments: [id])
                    }
                }
                if let stop = found.stop {
                    try db.execute(
                        sql: "INSERT OR IGNORE INTO outboxSetting (name, value) VALUES ('stop', ?)", arguments: [stop])
                }
            }
            return true
        } catch {
            return false
        }
    }

    private struct Remains: Sendable {
        var revoked: [String: String]
        var decided: [String: String]
        var ended: [String: String]
        var hooks: Set<String>?
        var stop: String?
    }

    private static func pairs(_ sql: String, in db: Database) throws -> [String: String] {
        var pairs: [String: String] = [:]
        for row in try Row.fetchAll(db, sql: sql) { pairs[row[0]] = row[1] }
        return pairs
    }
}

extension SendRecord {
    /// The send as a restored outbox keeps it: unknown, to be looked for, never to go out by itself.
    ///
    /// Nil when there is nothing to hold.
    func heldAfterRestore(at now: Timestamp) -> SendRecord? {
        guard [.queued, .dispatched, .unknown].contains(progress.state) else { return nil }
        var held = self
        if progress.state == .queued {
            // It may have been handed over any time since it was asked for.
            held.progress.attempts += 1
            held.progress.dispatchedAt = progress.queuedAt
            held.progress.floor = RowID(rawValue: 0)
            held.progress.notBefore = nil
        }
        held.progress.state = .unknown
        held.progress.unknownAt = now
        held.progress.isOpen = true
        held.progress.failure = Send.Failure(
            code: "restored",
            remedy: "The state was put back from a backup. Look at the chat; retry only if it is not there.")
        held.lease = nil
        held.updatedAt = max(now, updatedAt + .nanoseconds(1))
        return held
    }
}

extension StateDatabase {
    /// The name of the setting that says when the state was put back from a backup.
    static let restoredAtSetting = "restoredAt"

    /// When the state was last put back from a backup; nil when it never was.
    ///
    /// Messages from before are never answered: they may have been answered by the state that was replaced.
    package func restoredAt() async throws -> Timestamp? {
        try await read { db in
            try String.fetchOne(
                db, sql: "SELECT value FROM outboxSetting WHERE name = ?", arguments: [Self.restoredAtSetting])
        }.flatMap { Int64($0) }.map { Timestamp(nanoseconds: $0) }
    }
}

extension Journal {
    /// A name for a new life of a journal.
    static func randomEpoch() -> String {
        let digits = String(UInt32.random(in: .min ... .max), radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }
}
