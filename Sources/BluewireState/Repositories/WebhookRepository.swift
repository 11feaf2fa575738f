//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel
import GRDB

/// The registered webhooks.
package struct WebhookRepository: Sendable {
    let database: StateDatabase
    let clock: any WallClock

    /// The webhooks in `database`.
    package init(_ database: StateDatabase, clock: any WallClock = SystemWallClock()) {
        self.database = database
        self.clock = clock
    }

    /// A new signing secret: `whsec_` and 32 random bytes in base64.
    package static func makeSecret() -> String {
        var generator = SystemRandomNumberGenerator()
        let bytes = (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        return "whsec_" + Columns.base64(bytes)
    }

    /// Registers a webhook that gets events after `cursor`.
    package func create(
        url: String, filter: EventFilter, secret: String = makeSecret(), after cursor: BluewireModel.Cursor
    ) async throws -> Webhook {
        let webhook = Webhook(
            id: Secret.identifier(prefix: "wh_"), url: url, secret: secret, filter: filter, isPaused: false,
            createdAt: clock.now)
        let json = try Columns.json(filter)
        try await database.write { db in
            try db.execute(
                sql: "INSERT INTO webhook (id, url, secret, filter, isPaused, createdAt) VALUES (?, ?, ?, ?, 0, ?)",
                arguments: [webhook.id, url, secret, json, webhook.createdAt.nanoseconds])
            try SinkCursorRepository.save(cursor, of: webhook.sinkName, at: webhook.createdAt, in: db)
        }
        return webhook
    }

    /// Every webhook, oldest first.
    package func list() async throws -> [Webhook] {
        try await database.read { db in
            try Row.fetchAll(db, sql: "SELECT \(Self.columns) FROM webhook ORDER BY createdAt, id").map(Self.webhook)
        }
    }

    /// The webhook of that id.
    package func webhook(_ id: String) async throws -> Webhook? {
        try await database.read { db in
            try Row.fetchOne(db, sql: "SELECT \(Self.columns) FROM webhook WHERE id = ?", arguments: [id])
                .map(Self.webhook)
        }
    }

    /// Removes a webhook with its deliveries and its cursor.
    ///
    /// - Returns: whether there was one.
    @discardableResult
    package func remove(_ id: String) async throws -> Bool {
        try await database.write { db in
            try db.execute(sql: "DELETE FROM sinkCursor WHERE name = ?", arguments: ["webhook:" + id])
            try db.execute(sql: "DELETE FROM webhook WHERE id = ?", arguments: [id])
            return db.changesCount > 0
        }
    }

    /// Pauses a webhook with a reason, or lets it go on.
    package func setPaused(_ id: String, _ isPaused: Bool, reason: String? = nil) async throws {
        try await database.write { db in
            try db.execute(
                sql: "UPDATE webhook SET isPaused = ?, pauseReason = ? WHERE id = ?", arguments: [isPaused, reason, id])
        }
    }

    /// Gives the webhook a new secret; the old one signs as well until the next rotation.
    package func rotateSecret(_ id: String) async throws -> String? {
        let secret = Self.makeSecret()
        return try await database.write { db in
            try db.execute(
                sql: "UPDATE webhook SET previousSecret = secret, secret = ? WHERE id = ?", arguments: [secret, id])
            return db.changesCount > 0 ? secret : nil
        }
    }

    /// Changes what an owner may change: address, filter, pause and replay.
    ///
    /// `change` gets the webhook as it is in the transaction that stores the result, so what others change at the same
    /// time, above all a replay that is asked for or has begun, is never undone.
    ///
    /// - Returns: the webhook afterwards; nil when there is none.
    package func update(
        _ id: String, _ change: @escaping @Sendable (inout Webhook) -> Void
    ) async throws -> Webhook? {
        try await database.write { db in
            let row = try Row.fetchOne(db, sql: "SELECT \(Self.columns) FROM webhook WHERE id = ?", arguments: [id])
            guard var webhook = try row.map(Self.webhook) else { return nil }
            change(&webhook)
            try db.execute(
                sql: """
                    UPDATE webhook SET url = ?, filter = ?, isPaused = ?, pauseReason = ?, replayAfter = ? WHERE id = ?
                    """,
                arguments: [
                    webhook.url, try Columns.json(webhook.filter), webhook.isPaused, webhook.pauseReason,
                    webhook.replayAfter?.description, id,
                ])
            return webhook
        }
    }

    /// Sets a webhook back to where its replay starts and forgets the deliveries after that, in one transaction.
    ///
    /// Call it only while nothing delivers to the webhook.
    package func beginReplay(of webhook: Webhook) async throws {
        guard let cursor = webhook.replayAfter else { return }
        let now = clock.now
        try await database.write { db in
            try SinkCursorRepository.save(cursor, of: webhook.sinkName, at: now, in: db)
            try db.execute(
                sql: "DELETE FROM delivery WHERE webhook = ? AND sequence > ?",
                arguments: [webhook.id, cursor.sequence])
            try db.execute(
                sql: "UPDATE webhook SET replayAfter = NULL WHERE id = ? AND replayAfter = ?",
                arguments: [webhook.id, cursor.description])
        }
    }

    private static let columns = """
        id, url, secret, previousSecret, filter, isPaused, pauseReason, createdAt, replayAfter
        """

    private static func webhook(_ row: Row) throws -> Webhook {
        Webhook(
            id: row[0], url: row[1], secret: row[2], previousSecret: row[3],
            filter: try Columns.value(json: row[4]), isPaused: row[5], pauseReason: row[6],
            createdAt: Timestamp(nanoseconds: row[7]),
            replayAfter: (row[8] as String?).flatMap { BluewireModel.Cursor($0) })
    }
}
