//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel
import GRDB

extension HookRepository {
    /// What arrived, ready to be stored.
    package struct Arrival: Sendable {
        /// The hook.
        package var hook: Hook
        /// What will be sent.
        package var text: String
        /// The dedupe key; nil for none.
        package var key: String?

        /// An arrival from its parts.
        package init(hook: Hook, text: String, key: String?) {
            self.hook = hook
            self.text = text
            self.key = key
        }
    }

    /// What became of something that arrived.
    package enum Taken: Hashable, Sendable {
        /// It is to be handed over now, as a batch of its own.
        case now(HookBatch)
        /// It is held back until then.
        case held(until: Timestamp)
        /// Its key was seen before; the send that came of it, where it is known.
        case duplicate(send: SendID?)
        /// The hook holds back as much as it may.
        case full
    }

    /// Stores what arrived; it is on the disk when this returns.
    ///
    /// - Parameter due: given when the hook's held items are due, says when this one is; nil for at once.
    package func take(
        _ arrival: Arrival, due: @escaping @Sendable (_ held: Timestamp?) -> Timestamp?
    ) async throws -> Taken {
        let now = clock.now
        let hook = arrival.hook
        let key = arrival.key.map { Blob(Secret.hash($0)) }
        let since = now - .seconds(hook.settings.dedupeSeconds)
        return try await database.write { db in
            try Self.note(hook, at: now, in: db)
            if let key {
                try db.execute(
                    sql: "DELETE FROM hookItem WHERE hook = ? AND dueAt IS NULL AND arrivedAt <= ?",
                    arguments: [hook.id, since.nanoseconds])
                let seen = try Row.fetchOne(
                    db,
                    sql: "SELECT send FROM hookItem WHERE hook = ? AND dedupe = ? AND arrivedAt > ? LIMIT 1",
                    arguments: [hook.id, key, since.nanoseconds])
                if let seen { return .duplicate(send: (seen[0] as String?).map(SendID.init(rawValue:))) }
            }
            let held = try Row.fetchOne(
                db,
                sql: "SELECT COUNT(*), MIN(dueAt) FROM hookItem WHERE hook = ? AND dueAt IS NOT NULL AND batch IS NULL",
                arguments: [hook.id])
            let dueAt = due(Columns.time(held?[1] as Int64?))
            if dueAt != nil, (held?[0] as Int? ?? 0) >= Self.mostHeld { return .full }
            let batch = dueAt == nil ? Secret.identifier(prefix: "hkb_") : nil
            try db.execute(
                sql: """
                    INSERT INTO hookItem (hook, dedupe, text, arrivedAt, dueAt, batch) VALUES (?, ?, ?, ?, ?, ?)
                    """,
                // One that goes out now is ours alone for a minute; if we die over it, the next start sends it.
                arguments: [
                    hook.id, key, arrival.text, now.nanoseconds, (dueAt ?? now + .seconds(60)).nanoseconds, batch,
                ])
            if let dueAt { return .held(until: dueAt) }
            let item = HookItem(sequence: db.lastInsertedRowID, text: arrival.text)
            return .now(HookBatch(id: batch ?? "", hook: hook, arrivedAt: now, items: [item]))
        }
    }

    /// The batches that are due; items that became due are put into one batch a hook first.
    package func dueBatches() async throws -> [HookBatch] {
        let now = clock.now
        return try await database.write { db in
            let hooks = try String.fetchAll(
                db, sql: "SELECT DISTINCT hook FROM hookItem WHERE dueAt <= ? AND batch IS NULL",
                arguments: [now.nanoseconds])
            for hook in hooks {
                try db.execute(
                    sql: "UPDATE hookItem SET batch = ? WHERE hook = ? AND dueAt <= ? AND batch IS NULL",
                    arguments: [Secret.identifier(prefix: "hkb_"), hook, now.nanoseconds])
            }
            let due = try Row.fetchAll(
                db,
                sql: """
                    SELECT batch, hook, MIN(arrivedAt) FROM hookItem WHERE dueAt <= ? AND batch IS NOT NULL
                    GROUP BY batch ORDER BY MIN(sequence)
                    """,
                arguments: [now.nanoseconds])
            return try due.compactMap { row in
                let found = try Row.fetchOne(
                    db, sql: "SELECT \(Self.columns) FROM hook WHERE id = ?", arguments: [row[1] as String])
                guard let hook = try found.map(Self.hook) else { return nil }
                let items = try Row.fetchAll(
                    db,
                    sql: "SELECT sequence, text FROM hookItem WHERE batch = ? AND text IS NOT NULL ORDER BY sequence",
                    arguments: [row[0] as String]
                ).map { HookItem(sequence: $0[0], text: $0[1]) }
                return HookBatch(
                    id: row[0], hook: hook, arrivedAt: Timestamp(nanoseconds: row[2]), items: items)
            }
        }
    }

    /// Stores that a batch is in the outbox; its texts are kept no longer.
    package func finish(_ batch: HookBatch, send: SendID) async throws {
        try await database.write { db in
            try db.execute(
                sql: "UPDATE hookItem SET text = NULL, dueAt = NULL, send = ? WHERE batch = ?",
                arguments: [send.rawValue, batch.id])
            try db.execute(sql: "DELETE FROM hookItem WHERE batch = ? AND dedupe IS NULL", arguments: [batch.id])
        }
    }

    /// Forgets a batch, keys included: what arrives again is news.
    package func drop(_ batch: HookBatch) async throws {
        try await database.write { db in
            try db.execute(sql: "DELETE FROM hookItem WHERE batch = ?", arguments: [batch.id])
        }
    }

    /// Makes a batch due later.
    package func postpone(_ batch: HookBatch, until time: Timestamp) async throws {
        try await database.write { db in
            try db.execute(
                sql: "UPDATE hookItem SET dueAt = ? WHERE batch = ?", arguments: [time.nanoseconds, batch.id])
        }
    }

    /// When the next item or batch is due.
    package func nextDue() async throws -> Timestamp? {
        try await database.read { db in
            Columns.time(try Int64.fetchOne(db, sql: "SELECT MIN(dueAt) FROM hookItem WHERE dueAt IS NOT NULL"))
        }
    }

    /// How many items a hook holds back.
    package func heldCount(of id: String) async throws -> Int {
        try await database.read { db in
            try Int.fetchOne(
                db, sql: "SELECT COUNT(*) FROM hookItem WHERE hook = ? AND dueAt IS NOT NULL", arguments: [id]) ?? 0
        }
    }

    private static func note(_ hook: Hook, at now: Timestamp, in db: Database) throws {
        guard hook.lastUsedAt.map({ now - $0 > .seconds(600) }) ?? true else { return }
        try db.execute(
            sql: "UPDATE hook SET lastUsedAt = ? WHERE id = ?", arguments: [now.nanoseconds, hook.id])
    }
}
