//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel
import GRDB

/// How long what is finished is kept in `state.db`.
package struct StateRetention: Hashable, Sendable {
    /// Deliveries that were taken or given up; at most a thousand a webhook in any case.
    package var deliveries: Duration = .seconds(30 * 86_400)
    /// Turns of agents with their steps, and drafts that were decided; at most 2000 turns in any case.
    package var turns: Duration = .seconds(90 * 86_400)
    /// Sends that landed, failed or were cancelled.
    package var sends: Duration = .seconds(90 * 86_400)
    /// Entries of the audit trail.
    package var audit: Duration = .seconds(400 * 86_400)
    /// How many entries of the audit trail are kept at most, whatever their age.
    package var auditEntries = 500_000

    /// How many rows of a kind go at a time, so that nobody waits for the writer.
    static let batch = 2000

    /// The defaults.
    package init() {}
}

extension StateDatabase {
    /// Drops what is finished and older than the retention; what still waits for something is never dropped.
    ///
    /// - Returns: whether there may be more to drop.
    package func prune(_ retention: StateRetention, now: Timestamp) async throws -> Bool {
        let dropped = try await write { db in
            try Self.dropDeliveries(before: now - retention.deliveries, in: db)
                + Self.dropTurns(before: now - retention.turns, in: db)
                + Self.dropSends(before: now - retention.sends, in: db)
        }
        try await audit.prune(olderThan: retention.audit, keeping: retention.auditEntries, now: now)
        return dropped > 0
    }

    /// How many sends are in each state.
    package func sendCounts() async throws -> [String: Int] {
        try await read { db in
            var counts: [String: Int] = [:]
            for row in try Row.fetchAll(db, sql: "SELECT state, count(*) FROM outboxSend GROUP BY state") {
                counts[row[0]] = row[1]
            }
            return counts
        }
    }

    private static func dropDeliveries(before time: Timestamp, in db: Database) throws -> Int {
        try db.execute(
            sql: """
                DELETE FROM delivery WHERE (webhook, sequence) IN (SELECT webhook, sequence FROM delivery
                WHERE state IN ('delivered', 'dead') AND updatedAt < ? LIMIT \(StateRetention.batch))
                """, arguments: [time.nanoseconds])
        return db.changesCount
    }

    private static func dropTurns(before time: Timestamp, in db: Database) throws -> Int {
        try db.execute(
            sql: """
                DELETE FROM turn WHERE id IN (SELECT id FROM turn WHERE startedAt < ? AND endedAt IS NOT NULL
                LIMIT \(StateRetention.batch))
                """, arguments: [time.nanoseconds])
        let turns = db.changesCount
        try db.execute(
            sql: """
                DELETE FROM agentDraft WHERE id IN (SELECT id FROM agentDraft WHERE state <> 'waiting'
                AND updatedAt < ? LIMIT \(StateRetention.batch))
                """, arguments: [time.nanoseconds])
        return turns + db.changesCount
    }

    /// Sends with the rows they claimed: so old that nobody asks any more whose echo a row is.
    private static func dropSends(before time: Timestamp, in db: Database) throws -> Int {
        let old = try String.fetchAll(
            db,
            sql: """
                SELECT id FROM outboxSend WHERE isOpen = 0
                AND state IN ('landed', 'sent', 'delivered', 'read', 'failed', 'cancelled')
                AND json_extract(CAST(record AS TEXT), '$.updatedAt') < ? ORDER BY sequence
                LIMIT \(StateRetention.batch)
                """, arguments: [time.nanoseconds])
        for id in old {
            try db.execute(sql: "DELETE FROM outboxClaim WHERE send = ?", arguments: [id])
            try db.execute(sql: "DELETE FROM outboxAttempt WHERE send = ?", arguments: [id])
            try db.execute(sql: "DELETE FROM outboxSend WHERE id = ?", arguments: [id])
        }
        return old.count
    }
}
