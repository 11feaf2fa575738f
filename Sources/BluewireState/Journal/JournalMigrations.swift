//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// The schema of `journal.db`, step by step.
package enum JournalMigrations {
    /// Every step, oldest first.
    package static let all: [Migration] = [
        Migration(
            "1-journal",
            sql: """
                CREATE TABLE meta (key TEXT PRIMARY KEY, value NOT NULL) WITHOUT ROWID;
                CREATE TABLE source (
                    name TEXT PRIMARY KEY, line TEXT NOT NULL, checkpoint BLOB NOT NULL, updatedAt INTEGER NOT NULL
                ) WITHOUT ROWID;
                CREATE TABLE mark (
                    source TEXT NOT NULL, key INTEGER NOT NULL, value BLOB NOT NULL, PRIMARY KEY (source, key)
                ) WITHOUT ROWID;
                CREATE TABLE chatID (
                    source TEXT NOT NULL, guid TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY (source, guid)
                ) WITHOUT ROWID;
                CREATE TABLE event (
                    sequence INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, time INTEGER NOT NULL,
                    line TEXT NOT NULL, chat TEXT, subject TEXT, fingerprint INTEGER, version INTEGER NOT NULL,
                    snapshot BLOB NOT NULL
                );
                CREATE INDEX eventSubject ON event (subject, sequence) WHERE subject IS NOT NULL;
                """
        )
    ]
}
