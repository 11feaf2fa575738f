//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel
package import GRDB

package import struct BluewireModel.Cursor

/// Where each sink stands in the journal, by the sink's name.
package struct SinkCursorRepository: Sendable {
    let database: StateDatabase

    /// The cursors in `database`.
    package init(_ database: StateDatabase) { self.database = database }

    /// Where the sink stands; nil before its first save.
    package func cursor(of sink: String) async throws -> Cursor? {
        try await database.read { db in
            try String.fetchOne(db, sql: "SELECT cursor FROM sinkCursor WHERE name = ?", arguments: [sink])
                .flatMap { Cursor($0) }
        }
    }

    /// Stores where the sink stands.
    package func save(_ cursor: Cursor, of sink: String, at now: Timestamp) async throws {
        try await database.write { db in try Self.save(cursor, of: sink, at: now, in: db) }
    }

    /// Stores where the sink stands, within a transaction of the caller.
    package static func save(_ cursor: Cursor, of sink: String, at now: Timestamp, in db: Database) throws {
        try db.execute(
            sql: "INSERT OR REPLACE INTO sinkCursor (name, cursor, updatedAt) VALUES (?, ?, ?)",
            arguments: [sink, cursor.description, now.nanoseconds])
    }

    /// Forgets the sink.
    package func remove(_ sink: String) async throws {
        try await database.write { db in try db.execute(sql: "DELETE FROM sinkCursor WHERE name = ?", arguments: [sink])
        }
    }

    /// Every sink's position.
    package func all() async throws -> [String: Cursor] {
        try await database.read { db in
            var cursors: [String: Cursor] = [:]
            for row in try Row.fetchAll(db, sql: "SELECT name, cursor FROM sinkCursor") {
                cursors[row[0]] = Cursor(row[1] as String)
            }
            return cursors
        }
    }
}
