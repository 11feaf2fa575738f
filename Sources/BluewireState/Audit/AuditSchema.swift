//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import GRDB

/// The audit trail's tables in `state.db`.
enum AuditSchema {
    /// Chains what the trail holds so far, and signs its end.
    static func chain(in db: Database) throws {
        try db.execute(
            sql: """
                ALTER TABLE audit RENAME TO auditUnchained;
                CREATE TABLE audit (
                    sequence INTEGER PRIMARY KEY, at INTEGER NOT NULL, actor TEXT NOT NULL, action TEXT NOT NULL,
                    object TEXT, outcome TEXT NOT NULL, reason TEXT, prev BLOB NOT NULL, hash BLOB NOT NULL
                ) STRICT;
                CREATE TABLE auditCheckpoint (
                    sequence INTEGER PRIMARY KEY, at INTEGER NOT NULL, hash BLOB NOT NULL, signature BLOB NOT NULL
                ) STRICT;
                CREATE TABLE auditHead (
                    id INTEGER PRIMARY KEY CHECK (id = 1), first INTEGER NOT NULL, last INTEGER NOT NULL,
                    hash BLOB NOT NULL, signature BLOB NOT NULL
                ) STRICT;
                """)
        let path = try String.fetchOne(db, sql: "SELECT file FROM pragma_database_list WHERE name = 'main'") ?? ""
        let chain = AuditChain(key: try AuditKey.beside(path))
        try chain.begin(in: db)
        let rows = try Row.fetchCursor(
            db, sql: "SELECT at, actor, action, object, outcome, reason FROM auditUnchained ORDER BY sequence")
        while let row = try rows.next() {
            try chain.append(
                [
                    AuditRecord(
                        at: Timestamp(nanoseconds: row[0]), actor: row[1], action: row[2], object: row[3],
                        outcome: row[4], reason: row[5])
                ], in: db)
        }
        try db.execute(sql: "DROP TABLE auditUnchained")
    }
}
