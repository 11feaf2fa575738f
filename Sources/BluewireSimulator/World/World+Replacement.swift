//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

internal import GRDB

extension World {
    /// Replaces chat.db by a copy of itself, by the kept snapshot, or by a copy with other row numbers.
    mutating func replaceDatabase(_ kind: Mischief) throws {
        let copy = home.path + "/replacement.db"
        switch kind {
        case .replaceOlder:
            let snapshot = try DatabaseQueue(path: home.snapshotPath)
            let isUsable = try snapshot.read { db in try db.tableExists("message") }
            guard isUsable else {
                try snapshot.close()
                throw SimulatorError(.invalid, "No snapshot was kept.", remedy: "POST /mischief/snapshot first.")
            }
            try snapshot.writeWithoutTransaction { db in
                try db.execute(sql: "VACUUM INTO ?", arguments: [copy])
            }
            try snapshot.close()
        default:
            try store.copy(to: copy)
            if kind == .replaceRenumbered { try renumber(copy) }
        }
        try store.replace(with: copy)
        let known = try store.read { db in try Set(String.fetchAll(db, sql: "SELECT guid FROM chat")) }
        chats.removeAll { !known.contains($0.guid) }
        try remember()
    }

    /// Turns the order of the row numbers around, as a rebuilt database may have the newest message first.
    private func renumber(_ path: String) throws {
        var configuration = Configuration()
        // The references are moved by hand: Apple declares no ON UPDATE for them.
        configuration.foreignKeysEnabled = false
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        try queue.write { db in
            let top = try Int64.fetchOne(db, sql: "SELECT MAX(ROWID) FROM message") ?? 0
            let joins = ["chat_message_join", "message_attachment_join", "chat_recoverable_message_join"]
            try db.execute(sql: "UPDATE message SET ROWID = -ROWID")
            try db.execute(sql: "UPDATE message SET ROWID = ROWID + ?", arguments: [top + 1])
            for table in joins {
                try db.execute(sql: "UPDATE \(table) SET message_id = -message_id")
                try db.execute(sql: "UPDATE \(table) SET message_id = message_id + ?", arguments: [top + 1])
            }
        }
        try queue.close()
    }
}
