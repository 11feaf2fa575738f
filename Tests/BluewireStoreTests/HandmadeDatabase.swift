//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import BluewireStore
import GRDB

/// A small database in the shape of Apple's, written row by row; columns may be left out to imitate older systems.
struct HandmadeDatabase {
    let path: String
    let queue: DatabaseQueue

    init(in folder: String? = nil, isModern: Bool = true) throws {
        path = try (folder ?? TemporaryFolder.make()) + "/chat.db"
        queue = try DatabaseQueue(path: path)
        try queue.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA journal_mode = WAL")
            try db.execute(sql: Self.tables)
            if isModern { try db.execute(sql: Self.modernTables) }
        }
    }

    func execute(_ sql: String) throws {
        try queue.write { db in try db.execute(sql: sql) }
    }

    /// Adds a handle and returns its row.
    func handle(_ address: String, service: String = "iMessage", person: String? = nil) throws -> Int64 {
        try queue.write { db in
            try db.execute(
                sql: "INSERT INTO handle (id, service, person_centric_id) VALUES (?, ?, ?)",
                arguments: [address, service, person]
            )
            return db.lastInsertedRowID
        }
    }

    /// Adds a chat with its participants and returns its row.
    func chat(
        _ guid: String, handles: [Int64], name: String? = nil, groupID: String? = nil, filter: Int = 0
    ) throws -> Int64 {
        let guid = ChatGUID(rawValue: guid)
        return try queue.write { db in
            try db.execute(
                sql: """
                    INSERT INTO chat (guid, style, chat_identifier, service_name, display_name, group_id, is_filtered)
                    VALUES (?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    guid.rawValue, guid.style == "+" ? 43 : 45, guid.identifier, guid.service, name, groupID, filter,
                ]
            )
            let row = db.lastInsertedRowID
            for handle in handles {
                try db.execute(sql: "INSERT INTO chat_handle_join VALUES (?, ?)", arguments: [row, handle])
            }
            return row
        }
    }

    /// Adds a message, joined to `chat` if there is one, and returns its row.
    @discardableResult
    func message(
        _ guid: String, text: String? = nil, chat: Int64? = nil, handle: Int64 = 0, date: Int64,
        columns: [String: any DatabaseValueConvertible & Sendable] = [:]
    ) throws -> Int64 {
        var values: [String: any DatabaseValueConvertible] = columns
        values["guid"] = guid
        values["text"] = text
        values["handle_id"] = handle
        values["date"] = date
        if values["service"] == nil { values["service"] = "iMessage" }
        if values["is_finished"] == nil { values["is_finished"] = 1 }
        let names = values.keys.sorted()
        let sql =
            "INSERT INTO message (\(names.joined(separator: ", "))) "
            + "VALUES (\(names.map { _ in "?" }.joined(separator: ", ")))"
        let arguments = StatementArguments(names.map { name -> (any DatabaseValueConvertible)? in values[name] })
        return try queue.write { db in
            try db.execute(sql: sql, arguments: arguments)
            let row = db.lastInsertedRowID
            if let chat {
                try db.execute(
                    sql: "INSERT INTO chat_message_join (chat_id, message_id, message_date) VALUES (?, ?, ?)",
                    arguments: [chat, row, date]
                )
            }
            return row
        }
    }

    func store(identities: ChatIdentities = ChatIdentities(), home: String? = nil) throws -> MessageStore {
        try MessageStore(
            ChatDatabase.Configuration(
                place: DatabasePlace(path: path, home: home), line: LineID(rawValue: "test"), identities: identities
            )
        )
    }

    /// The `n`th second of 2025, as Apple stores it.
    static func date(_ second: Int64) -> Int64 { (757_382_400 + second) * 1_000_000_000 }

    private static let tables = """
        CREATE TABLE handle (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL, service TEXT NOT NULL,
          person_centric_id TEXT, UNIQUE (id, service));
        CREATE TABLE chat (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, guid TEXT UNIQUE NOT NULL, style INTEGER,
          chat_identifier TEXT, service_name TEXT, display_name TEXT, group_id TEXT, account_login TEXT,
          last_addressed_handle TEXT, is_archived INTEGER, is_filtered INTEGER, is_blackholed INTEGER);
        CREATE TABLE message (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, guid TEXT UNIQUE NOT NULL, text TEXT,
          attributedBody BLOB, subject TEXT, handle_id INTEGER DEFAULT 0, service TEXT, account TEXT, error INTEGER,
          date INTEGER, date_read INTEGER, date_delivered INTEGER, is_delivered INTEGER, is_finished INTEGER,
          is_from_me INTEGER DEFAULT 0, is_read INTEGER DEFAULT 0, is_system_message INTEGER DEFAULT 0,
          is_sent INTEGER DEFAULT 0, cache_has_attachments INTEGER, item_type INTEGER DEFAULT 0, other_handle INTEGER,
          group_title TEXT, group_action_type INTEGER, associated_message_guid TEXT, associated_message_type INTEGER,
          balloon_bundle_id TEXT, payload_data BLOB, message_summary_info BLOB, destination_caller_id TEXT,
          thread_originator_guid TEXT, thread_originator_part TEXT);
        CREATE TABLE attachment (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, guid TEXT UNIQUE NOT NULL, filename TEXT,
          uti TEXT, mime_type TEXT, transfer_state INTEGER, transfer_name TEXT, total_bytes INTEGER,
          original_guid TEXT);
        CREATE TABLE chat_handle_join (chat_id INTEGER, handle_id INTEGER, UNIQUE (chat_id, handle_id));
        CREATE TABLE chat_message_join (chat_id INTEGER, message_id INTEGER, message_date INTEGER,
          PRIMARY KEY (chat_id, message_id));
        CREATE INDEX join_by_date ON chat_message_join (chat_id, message_date, message_id);
        CREATE TABLE message_attachment_join (message_id INTEGER, attachment_id INTEGER,
          UNIQUE (message_id, attachment_id));
        """

    private static let modernTables = """
        ALTER TABLE message ADD COLUMN schedule_type INTEGER;
        ALTER TABLE message ADD COLUMN schedule_state INTEGER;
        ALTER TABLE message ADD COLUMN associated_message_emoji TEXT;
        CREATE TABLE chat_lookup (identifier TEXT NOT NULL, domain TEXT NOT NULL, chat INTEGER NOT NULL,
          priority INTEGER DEFAULT 0, UNIQUE (identifier, domain));
        CREATE TABLE chat_service (service TEXT NOT NULL, chat INTEGER NOT NULL, UNIQUE (service, chat));
        CREATE TABLE chat_recoverable_message_join (chat_id INTEGER, message_id INTEGER, delete_date INTEGER,
          PRIMARY KEY (chat_id, message_id));
        """
}
