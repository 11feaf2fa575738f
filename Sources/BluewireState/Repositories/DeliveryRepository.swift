//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel
import GRDB

package import struct BluewireModel.Cursor

/// The log of webhook deliveries: what is being retried, what died, and the newest successes.
package struct DeliveryRepository: Sendable {
    /// How many finished deliveries are kept for each webhook.
    package static let keptCount = 1000

    let database: StateDatabase

    /// The deliveries in `database`.
    package init(_ database: StateDatabase) { self.database = database }

    /// Stores deliveries and the webhook's cursor in one transaction.
    package func save(_ deliveries: [Delivery], cursor: Cursor?, of webhook: String, at now: Timestamp) async throws {
        try await database.write { db in try Self.save(deliveries, cursor: cursor, of: webhook, at: now, in: db) }
    }

    /// As ``save(_:cursor:of:at:)``, for a task that is cancelled already.
    package func saveBlocking(_ deliveries: [Delivery], cursor: Cursor?, of webhook: String, at now: Timestamp) throws {
        try database.writer.write { db in try Self.save(deliveries, cursor: cursor, of: webhook, at: now, in: db) }
    }

    private static func save(
        _ deliveries: [Delivery], cursor: Cursor?, of webhook: String, at now: Timestamp, in db: Database
    ) throws {
        // A webhook removed meanwhile keeps nothing.
        guard try Bool.fetchOne(db, sql: "SELECT 1 FROM webhook WHERE id = ?", arguments: [webhook]) != nil else {
            return
        }
        let statement = try db.cachedStatement(
            sql: """
                INSERT OR REPLACE INTO delivery (webhook, sequence, event, kind, chat, state, attempts, status,
                error, firstFailedAt, nextAt, updatedAt) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """)
        for delivery in deliveries {
            try statement.execute(arguments: [
                webhook, delivery.sequence, delivery.event, delivery.kind.rawValue, delivery.chat?.rawValue,
                delivery.state.rawValue, delivery.attempts, delivery.status, delivery.error,
                delivery.firstFailedAt?.nanoseconds, delivery.nextAt?.nanoseconds, delivery.updatedAt.nanoseconds,
            ])
        }
        if let cursor { try SinkCursorRepository.save(cursor, of: "webhook:" + webhook, at: now, in: db) }
        try db.execute(
            sql: """
                DELETE FROM delivery WHERE webhook = ?1 AND state IN ('delivered', 'dead') AND sequence <=
                (SELECT sequence FROM delivery WHERE webhook = ?1 AND state IN ('delivered', 'dead')
                ORDER BY sequence DESC LIMIT 1 OFFSET \(Self.keptCount))
                """, arguments: [webhook])
    }

    /// The newest deliveries of a webhook, newest first.
    package func list(webhook: String, state: Delivery.State? = nil, limit: Int = 50) async throws -> [Delivery] {
        try await database.read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT \(Self.columns) FROM delivery WHERE webhook = ? AND (?2 IS NULL OR state = ?2)
                    ORDER BY sequence DESC LIMIT ?3
                    """, arguments: [webhook, state?.rawValue, limit]
            ).map(Self.delivery)
        }
    }

    /// What is not finished: retried or set aside, oldest first.
    package func unfinished(webhook: String) async throws -> [Delivery] {
        try await database.read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT \(Self.columns) FROM delivery WHERE webhook = ? AND state IN ('retrying', 'setAside')
                    ORDER BY sequence
                    """, arguments: [webhook]
            ).map(Self.delivery)
        }
    }

    private static let columns = """
        webhook, sequence, event, kind, chat, state, attempts, status, error, firstFailedAt, nextAt, updatedAt
        """

    private static func delivery(_ row: Row) -> Delivery {
        Delivery(
            webhook: row[0], sequence: row[1], event: row[2], kind: GatewayEvent.Kind(rawValue: row[3]),
            chat: (row[4] as String?).map { ChatID(rawValue: $0) }, state: Delivery.State(rawValue: row[5]),
            attempts: row[6], status: row[7], error: row[8], firstFailedAt: Columns.time(row[9]),
            nextAt: Columns.time(row[10]), updatedAt: Timestamp(nanoseconds: row[11]))
    }
}
