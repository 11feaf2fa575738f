//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import GRDB

extension Journal {
    /// Gives a new file its epoch, reserves a block and returns the state readers start with.
    static func open(_ pool: DatabasePool, configuration: Configuration) throws -> State {
        try pool.writeWithoutTransaction { db in
            // The maintenance connection checkpoints, so that no commit waits for the disk; this is the safety net.
            try db.execute(sql: "PRAGMA wal_autocheckpoint = 20000")
            try db.execute(sql: "PRAGMA secure_delete = ON")
            if let pages = configuration.maximumPages {
                _ = try Int.fetchOne(db, sql: "PRAGMA max_page_count = \(pages)")
            }
            let epoch: String
            if let known = try meta("epoch", as: String.self, in: db) {
                epoch = known
            } else {
                epoch = randomEpoch()
                try setMeta("epoch", epoch, in: db)
            }
            // Numbers of the last block may have been issued to readers even when a power cut took their events.
            let last = try meta("reserved", as: Int64.self, in: db) ?? 0
            let pruned = try meta("pruned", as: Int64.self, in: db) ?? 0
            let reserved = try reserve(after: last, configuration: configuration, in: db)
            return State(epoch: epoch, head: last, pruned: pruned, reserved: reserved, tailStart: last)
        }
    }

    /// Reserves the block after `last` and waits for the disk; called outside transactions.
    static func reserve(after last: Int64, configuration: Configuration, in db: Database) throws -> Int64 {
        let reserved = last + configuration.blockSize
        try db.execute(sql: "PRAGMA synchronous = FULL")
        defer { try? db.execute(sql: "PRAGMA synchronous = NORMAL") }
        try db.inTransaction(.immediate) {
            try setMeta("reserved", reserved, in: db)
            return .commit
        }
        return reserved
    }

    static func meta<Value: DatabaseValueConvertible>(
        _ key: String, as type: Value.Type, in db: Database
    ) throws -> Value? {
        try Value.fetchOne(db, sql: "SELECT value FROM meta WHERE key = ?", arguments: [key])
    }

    static func setMeta(_ key: String, _ value: some DatabaseValueConvertible, in db: Database) throws {
        try db.execute(sql: "INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", arguments: [key, value])
    }
}
