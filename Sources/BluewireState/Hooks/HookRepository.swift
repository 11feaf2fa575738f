//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel
import GRDB

/// Incoming hooks, and what they hold back.
///
/// Only hashes of their secrets are stored.
package struct HookRepository: Sendable {
    /// The most items a hook holds back.
    package static let mostHeld = 500

    let database: StateDatabase
    let clock: any WallClock

    /// The hooks in `database`.
    package init(_ database: StateDatabase, clock: any WallClock = SystemWallClock()) {
        self.database = database
        self.clock = clock
    }

    /// The tables.
    static let migration = Migration(
        "10-hooks",
        sql: """
            CREATE TABLE hook (
                id TEXT PRIMARY KEY, name TEXT NOT NULL, chat TEXT NOT NULL, lookup BLOB NOT NULL,
                hash BLOB NOT NULL UNIQUE, settings TEXT NOT NULL, createdAt INTEGER NOT NULL, lastUsedAt INTEGER
            ) WITHOUT ROWID;
            CREATE INDEX hookLookup ON hook (lookup);
            CREATE TABLE hookItem (
                sequence INTEGER PRIMARY KEY AUTOINCREMENT, hook TEXT NOT NULL REFERENCES hook (id) ON DELETE CASCADE,
                dedupe BLOB, text TEXT, arrivedAt INTEGER NOT NULL, dueAt INTEGER, batch TEXT, send TEXT
            );
            CREATE INDEX hookItemDedupe ON hookItem (hook, dedupe) WHERE dedupe IS NOT NULL;
            CREATE INDEX hookItemDue ON hookItem (dueAt) WHERE dueAt IS NOT NULL;
            CREATE INDEX hookItemBatch ON hookItem (batch) WHERE batch IS NOT NULL;
            """)

    /// Makes a hook.
    ///
    /// - Returns: the stored hook, and the secret `bwh_…`, which is shown once and kept nowhere.
    package func create(
        name: String, chat: ChatID, settings: Hook.Settings
    ) async throws -> (hook: Hook, secret: String) {
        let secret = Secret.random(prefix: "bwh_")
        let hash = Secret.hash(secret)
        let hook = Hook(
            id: Secret.identifier(prefix: "hk_"), name: name, chat: chat, settings: settings, createdAt: clock.now)
        let json = try Columns.json(settings)
        try await database.write { db in
            try db.execute(
                sql: """
                    INSERT INTO hook (id, name, chat, lookup, hash, settings, createdAt) VALUES (?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    hook.id, name, chat.rawValue, Blob(Array(hash.prefix(8))), Blob(hash), json,
                    hook.createdAt.nanoseconds,
                ])
        }
        return (hook, secret)
    }

    /// The hook whose secret this is; nil when it is nobody's.
    package func hook(secret: String) async throws -> Hook? {
        let hash = Secret.hash(secret)
        return try await database.read { db in
            let rows = try Row.fetchAll(
                db, sql: "SELECT \(Self.columns), hash FROM hook WHERE lookup = ?",
                arguments: [Blob(Array(hash.prefix(8)))])
            let found = rows.first { Secret.isEqual([UInt8](blobIn: $0, at: 6), hash) }
            return try found.map(Self.hook)
        }
    }

    /// The hook of that id.
    package func hook(_ id: String) async throws -> Hook? {
        try await database.read { db in
            try Row.fetchOne(db, sql: "SELECT \(Self.columns) FROM hook WHERE id = ?", arguments: [id]).map(Self.hook)
        }
    }

    /// Every hook, oldest first.
    package func list() async throws -> [Hook] {
        try await database.read { db in
            try Row.fetchAll(db, sql: "SELECT \(Self.columns) FROM hook ORDER BY createdAt, id").map(Self.hook)
        }
    }

    /// Stores what an owner may change: name and settings.
    ///
    /// - Returns: whether there is such a hook.
    package func update(_ hook: Hook) async throws -> Bool {
        let json = try Columns.json(hook.settings)
        return try await database.write { db in
            try db.execute(
                sql: "UPDATE hook SET name = ?, settings = ? WHERE id = ?", arguments: [hook.name, json, hook.id])
            return db.changesCount > 0
        }
    }

    /// Gives a hook a new secret; the old one opens nothing from now on.
    ///
    /// - Returns: the secret, shown once and kept nowhere; nil when there is no such hook.
    package func rotateSecret(_ id: String) async throws -> String? {
        let secret = Secret.random(prefix: "bwh_")
        let hash = Secret.hash(secret)
        return try await database.write { db in
            try db.execute(
                sql: "UPDATE hook SET lookup = ?, hash = ? WHERE id = ?",
                arguments: [Blob(Array(hash.prefix(8))), Blob(hash), id])
            return db.changesCount > 0 ? secret : nil
        }
    }

    /// Removes a hook with all it holds back.
    ///
    /// - Returns: whether there was one.
    @discardableResult
    package func remove(_ id: String) async throws -> Bool {
        try await database.write { db in
            try db.execute(sql: "DELETE FROM hook WHERE id = ?", arguments: [id])
            return db.changesCount > 0
        }
    }

    static let columns = "id, name, chat, settings, createdAt, lastUsedAt"

    static func hook(_ row: Row) throws -> Hook {
        Hook(
            id: row[0], name: row[1], chat: ChatID(rawValue: row[2]), settings: try Columns.value(json: row[3]),
            createdAt: Timestamp(nanoseconds: row[4]), lastUsedAt: Columns.time(row[5]))
    }
}
