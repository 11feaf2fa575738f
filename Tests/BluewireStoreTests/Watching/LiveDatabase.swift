//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import Foundation
import GRDB

/// A small Messages database that a test writes to while it is watched, as Messages does: WAL, one writer.
final class LiveDatabase: Sendable {
    let folder: URL
    let path: String
    private let stem: String

    init() throws {
        stem = UUID().uuidString
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("watch-" + stem)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        path = folder.appendingPathComponent("chat.db").path
        let writer = try open()
        try writer.write { db in
            try db.execute(sql: Self.schema)
            try db.execute(
                sql: """
                    INSERT INTO handle (ROWID, id, service) VALUES (1, '+15550001', 'iMessage'), (2, '+15550002', 'iMessage');
                    INSERT INTO chat (ROWID, guid, style, chat_identifier, service_name)
                      VALUES (1, 'iMessage;-;+15550001', 45, '+15550001', 'iMessage'),
                             (2, 'iMessage;+;chat77', 43, 'chat77', 'iMessage');
                    INSERT INTO chat_handle_join VALUES (1, 1), (2, 1), (2, 2);
                    """
            )
        }
        try writer.close()
    }

    deinit {
        try? FileManager.default.removeItem(at: folder)
    }

    /// A writer like Messages'; closing it checkpoints and removes the sidecars when nobody else is there.
    func open() throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.prepareDatabase { db in
            try db.execute(sql: "PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; PRAGMA foreign_keys = OFF")
        }
        return try DatabaseQueue(path: path, configuration: configuration)
    }

    private static let schema = """
        CREATE TABLE message (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, guid TEXT UNIQUE NOT NULL, text TEXT,
          subject TEXT, attributedBody BLOB, handle_id INTEGER DEFAULT 0, service TEXT, account TEXT, error INTEGER DEFAULT 0,
          date INTEGER, date_read INTEGER, date_delivered INTEGER, date_played INTEGER, date_edited INTEGER,
          date_retracted INTEGER, date_recovered INTEGER, is_delivered INTEGER DEFAULT 0,
          is_finished INTEGER DEFAULT 1, is_from_me INTEGER DEFAULT 0, is_read INTEGER DEFAULT 0,
          is_sent INTEGER DEFAULT 0, is_system_message INTEGER DEFAULT 0, is_service_message INTEGER DEFAULT 0,
          is_played INTEGER DEFAULT 0, was_downgraded INTEGER DEFAULT 0, was_delivered_quietly INTEGER DEFAULT 0,
          did_notify_recipient INTEGER DEFAULT 0, cache_has_attachments INTEGER DEFAULT 0, cache_roomnames TEXT,
          item_type INTEGER DEFAULT 0, other_handle INTEGER DEFAULT 0, group_title TEXT,
          group_action_type INTEGER DEFAULT 0, share_status INTEGER DEFAULT 0, share_direction INTEGER DEFAULT 0,
          associated_message_guid TEXT, associated_message_type INTEGER DEFAULT 0, associated_message_emoji TEXT,
          balloon_bundle_id TEXT, payload_data BLOB, expressive_send_style_id TEXT, message_summary_info BLOB,
          destination_caller_id TEXT, ck_sync_state INTEGER DEFAULT 0, thread_originator_guid TEXT,
          thread_originator_part TEXT, part_count INTEGER, is_audio_message INTEGER DEFAULT 0,
          schedule_type INTEGER DEFAULT 0, schedule_state INTEGER DEFAULT 0);
        CREATE TABLE handle (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL, service TEXT NOT NULL);
        CREATE TABLE chat (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, guid TEXT UNIQUE NOT NULL, style INTEGER,
          chat_identifier TEXT, service_name TEXT, display_name TEXT, group_id TEXT, account_login TEXT,
          last_addressed_handle TEXT, is_archived INTEGER DEFAULT 0, is_filtered INTEGER DEFAULT 0,
          is_blackholed INTEGER DEFAULT 0);
        CREATE TABLE attachment (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, guid TEXT UNIQUE NOT NULL,
          original_guid TEXT, filename TEXT, uti TEXT, mime_type TEXT, transfer_state INTEGER DEFAULT 0,
          is_outgoing INTEGER DEFAULT 0, transfer_name TEXT, total_bytes INTEGER DEFAULT 0,
          is_sticker INTEGER DEFAULT 0, hide_attachment INTEGER DEFAULT 0, user_info BLOB);
        CREATE TABLE chat_message_join (chat_id INTEGER, message_id INTEGER, message_date INTEGER DEFAULT 0,
          PRIMARY KEY (chat_id, message_id));
        CREATE TABLE chat_handle_join (chat_id INTEGER, handle_id INTEGER, UNIQUE (chat_id, handle_id));
        CREATE TABLE message_attachment_join (message_id INTEGER, attachment_id INTEGER,
          UNIQUE (message_id, attachment_id));
        CREATE TABLE chat_recoverable_message_join (chat_id INTEGER, message_id INTEGER, delete_date INTEGER,
          PRIMARY KEY (chat_id, message_id));
        CREATE TABLE deleted_messages (ROWID INTEGER PRIMARY KEY AUTOINCREMENT UNIQUE, guid TEXT NOT NULL);
        CREATE INDEX message_idx_date ON message (date);
        CREATE INDEX join_idx ON chat_message_join (message_id);
        CREATE INDEX join_idx_2 ON chat_message_join (chat_id, message_date, message_id);
        CREATE TRIGGER gone AFTER DELETE ON message BEGIN
          INSERT INTO deleted_messages (guid) VALUES (OLD.guid); END;
        """
}

extension DatabaseQueue {
    /// One transaction, as Messages commits one.
    func edit(_ body: (Database) throws -> Void) throws {
        try write(body)
    }
}

extension Database {
    /// Inserts a message; without a chat its join is still missing.
    @discardableResult
    func say(
        _ guid: String, _ text: String? = "hello", chat: Int64? = 1, handle: Int64 = 1, at date: Timestamp,
        row: Int64? = nil, _ columns: [String: (any DatabaseValueConvertible)?] = [:]
    ) throws -> Int64 {
        var values = columns
        values["guid"] = guid
        values["text"] = text
        values["handle_id"] = handle
        values["service"] = "iMessage"
        values["date"] = raw(date)
        if let row { values["ROWID"] = row }
        let names = values.keys.sorted()
        try execute(
            sql:
                "INSERT INTO message (\(names.joined(separator: ", "))) VALUES (\(names.map { _ in "?" }.joined(separator: ", ")))",
            arguments: StatementArguments(names.map { (values[$0] ?? nil) })
        )
        let number = lastInsertedRowID
        if let chat { try join(number, chat: chat) }
        return number
    }

    func join(_ row: Int64, chat: Int64) throws {
        try execute(
            sql: "INSERT INTO chat_message_join SELECT ?, ROWID, date FROM message WHERE ROWID = ?",
            arguments: [chat, row]
        )
    }

    func set(_ assignments: String, of guid: String) throws {
        try execute(sql: "UPDATE message SET \(assignments) WHERE guid = ?", arguments: [guid])
    }
}

/// Apple's nanoseconds.
func raw(_ time: Timestamp) -> Int64 { time.nanoseconds - 978_307_200_000_000_000 }
