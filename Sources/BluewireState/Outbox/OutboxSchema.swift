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
        try db.execute(sql: """
            CREATE TABLE outbox_send (
                sequence INTEGER PRIMARY KEY AUTOINCREMENT,
                id TEXT NOT NULL UNIQUE,
                revision INTEGER NOT NULL,
                state TEXT NOT NULL,
                is_open INTEGER NOT NULL,
                line TEXT NOT NULL,
                chat TEXT,
                address TEXT,
                is_self INTEGER NOT NULL,
                dispatched_at INTEGER,
                record BLOB NOT NULL
            );
            CREATE INDEX outbox_send_open ON outbox_send (sequence) WHERE is_open = 1;
            CREATE INDEX outbox_send_state ON outbox_send (state, sequence);
            CREATE INDEX outbox_send_chat ON outbox_send (chat, sequence) WHERE chat IS NOT NULL;
            CREATE INDEX outbox_send_address ON outbox_send (address, sequence) WHERE address IS NOT NULL;
            CREATE INDEX outbox_send_self ON outbox_send (dispatched_at) WHERE is_self = 1;
            CREATE TABLE outbox_key (
                origin TEXT NOT NULL,
                key TEXT NOT NULL,
                digest BLOB NOT NULL,
                send TEXT NOT NULL,
                used_at INTEGER NOT NULL,
                PRIMARY KEY (origin, key)
            ) WITHOUT ROWID;
            CREATE INDEX outbox_key_age ON outbox_key (used_at);
            CREATE TABLE outbox_claim (
                message TEXT NOT NULL PRIMARY KEY,
                send TEXT NOT NULL,
                attempt INTEGER NOT NULL,
                direction TEXT NOT NULL,
                pieces TEXT NOT NULL
            ) WITHOUT ROWID;
            CREATE INDEX outbox_claim_send ON outbox_claim (send);
            CREATE TABLE outbox_publication (
                sequence INTEGER PRIMARY KEY AUTOINCREMENT,
                revision INTEGER NOT NULL,
                chat TEXT,
                send BLOB NOT NULL
            );
            CREATE TABLE outbox_setting (
                name TEXT NOT NULL PRIMARY KEY,
                value TEXT NOT NULL
            ) WITHOUT ROWID;
            """)
    }
}
