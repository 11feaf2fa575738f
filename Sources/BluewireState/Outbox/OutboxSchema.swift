//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import GRDB

/// The outbox's tables in `state.db`.
package enum OutboxSchema {
    /// Creates the tables of the first version.
    package static func create(in db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE outboxSend (
                    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
                    id TEXT NOT NULL UNIQUE,
                    revision INTEGER NOT NULL,
                    state TEXT NOT NULL,
                    isOpen INTEGER NOT NULL,
                    line TEXT NOT NULL,
                    chat TEXT,
                    address TEXT,
                    isSelf INTEGER NOT NULL,
                    dispatchedAt INTEGER,
                    record BLOB NOT NULL
                );
                CREATE INDEX outboxSendOpen ON outboxSend (sequence) WHERE isOpen = 1;
                CREATE INDEX outboxSendState ON outboxSend (state, sequence);
                CREATE INDEX outboxSendChat ON outboxSend (chat, sequence) WHERE chat IS NOT NULL;
                CREATE INDEX outboxSendAddress ON outboxSend (address, sequence) WHERE address IS NOT NULL;
                CREATE INDEX outboxSendSelf ON outboxSend (dispatchedAt) WHERE isSelf = 1;
                CREATE TABLE outboxKey (
                    origin TEXT NOT NULL,
                    key TEXT NOT NULL,
                    digest BLOB NOT NULL,
                    send TEXT NOT NULL,
                    usedAt INTEGER NOT NULL,
                    PRIMARY KEY (origin, key)
                ) WITHOUT ROWID;
                CREATE INDEX outboxKeyAge ON outboxKey (usedAt);
                CREATE TABLE outboxClaim (
                    message TEXT NOT NULL PRIMARY KEY,
                    send TEXT NOT NULL,
                    attempt INTEGER NOT NULL,
                    direction TEXT NOT NULL,
                    pieces TEXT NOT NULL
                ) WITHOUT ROWID;
                CREATE INDEX outboxClaimSend ON outboxClaim (send);
                CREATE TABLE outboxPublication (
                    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
                    revision INTEGER NOT NULL,
                    chat TEXT,
                    send BLOB NOT NULL
                );
                CREATE TABLE outboxSetting (
                    name TEXT NOT NULL PRIMARY KEY,
                    value TEXT NOT NULL
                ) WITHOUT ROWID;
                """)
    }

    /// Adds what budgets count by, and the history of attempts.
    package static func addBudgetsAndAttempts(in db: Database) throws {
        try db.execute(
            sql: """
                ALTER TABLE outboxSend ADD COLUMN origin TEXT NOT NULL DEFAULT '';
                ALTER TABLE outboxSend ADD COLUMN createdAt INTEGER NOT NULL DEFAULT 0;
                ALTER TABLE outboxSend ADD COLUMN isFirstContact INTEGER NOT NULL DEFAULT 0;
                UPDATE outboxSend SET origin = json_extract(CAST(record AS TEXT), '$.origin'),
                    createdAt = json_extract(CAST(record AS TEXT), '$.createdAt');
                CREATE INDEX outboxSendOrigin ON outboxSend (origin, createdAt);
                CREATE INDEX outboxSendFirstContact ON outboxSend (origin, createdAt) WHERE isFirstContact = 1;
                CREATE TABLE outboxAttempt (
                    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
                    send TEXT NOT NULL,
                    number INTEGER NOT NULL,
                    transport TEXT NOT NULL,
                    startedAt INTEGER NOT NULL,
                    endedAt INTEGER,
                    outcome TEXT NOT NULL,
                    reason TEXT,
                    UNIQUE (send, number, transport)
                );
                """)
    }
}
