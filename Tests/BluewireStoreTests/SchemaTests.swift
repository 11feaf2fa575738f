//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import BluewireStore
import BluewireTesting
import Foundation
import GRDB
import Testing

struct SchemaTests {
    /// A database with the tables of a real system and nothing in it.
    private func database(_ name: String, adding sql: String = "") throws -> String {
        let ddl = try String(contentsOf: SharedData.require("fixtures/schema/\(name).sql"), encoding: .utf8)
        let path = try TemporaryFolder.make() + "/chat.db"
        var configuration = GRDB.Configuration()
        configuration.prepareDatabase { db in
            // The triggers call functions that Apple's daemon registers.
            for (function, count) in [
                ("verify_chat", 1), ("delete_chat_background_before_deleting_chat", 2), ("is_mic_enabled", 0),
                ("guid_for_chat", 3), ("after_delete_message_plugin", 2), ("before_delete_attachment_path", 2),
                ("delete_attachment_path", 1),
            ] {
                db.add(function: DatabaseFunction(function, argumentCount: count) { _ in nil })
            }
        }
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        try queue.writeWithoutTransaction { db in
            try db.execute(sql: ddl)
            try db.execute(
                sql: """
                    INSERT INTO handle (id, service) VALUES ('+15551230001', 'iMessage');
                    INSERT INTO chat (guid, style, chat_identifier, service_name)
                      VALUES ('iMessage;-;+15551230001', 45, '+15551230001', 'iMessage');
                    INSERT INTO chat_handle_join VALUES (1, 1);
                    INSERT INTO message (guid, text, handle_id, service, date, is_finished)
                      VALUES ('M', 'hello', 1, 'iMessage', 700000000000000000, 1);
                    INSERT INTO chat_message_join (chat_id, message_id, message_date)
                      VALUES (1, 1, 700000000000000000);
                    """ + "\n" + sql
            )
        }
        return path
    }

    private func store(_ path: String) throws -> MessageStore {
        try MessageStore(place: DatabasePlace(path: path), line: LineID(rawValue: "test"))
    }

    @Test(
        .enabled(if: SharedData.isAvailable, "\(SharedData.skipReason)"),
        arguments: [("monterey", "macOS 12"), ("ventura", "macOS 13"), ("sequoia", "macOS 15"), ("tahoe", "macOS 26")]
    )
    func realSchemasAreRead(_ name: String, _ generation: String) async throws {
        let store = try store(try database(name))
        let schema = try store.schema
        #expect(schema.generation == generation)
        #expect(schema.unknownColumns.isEmpty)
        #expect(schema.warnings.isEmpty)
        let chat = try #require(try await store.chats().elements.first)
        #expect(chat.unreadCount == 1)
        #expect(try await store.messages(in: chat.id).elements.map(\.body.plainText) == ["hello"])
        #expect(try await store.search("HELLO", in: nil, limit: 5).count == 1)
        #expect(try store.statistics().messages == 1)
    }

    @Test(.enabled(if: SharedData.isAvailable, "\(SharedData.skipReason)"))
    func aSchemaOfTheFutureIsReadWithAWarning() async throws {
        let path = try database(
            "tahoe",
            adding: """
                ALTER TABLE message ADD COLUMN filter_action INTEGER;
                ALTER TABLE message ADD COLUMN filter_sub_action INTEGER;
                ALTER TABLE message ADD COLUMN holographic INTEGER DEFAULT 3;
                CREATE TABLE dreams (ROWID INTEGER PRIMARY KEY, text TEXT);
                """
        )
        let store = try store(path)
        let schema = try store.schema
        #expect(schema.generation == "macOS 27")
        #expect(schema.unknownColumns == ["message.holographic"])
        #expect(schema.warnings.count == 1)
        #expect(schema.capabilities["filterActions"] == true)
        #expect(try await store.message(MessageID(rawValue: "M"))?.body.plainText == "hello")
    }

    @Test(.enabled(if: SharedData.isAvailable, "\(SharedData.skipReason)"))
    func columnsThatAppearWhileOpenAreNoticed() async throws {
        let path = try database("ventura")
        let store = try store(path)
        #expect(try await store.chats().elements.count == 1)
        try await DatabaseQueue(path: path).write { db in
            try db.execute(sql: "ALTER TABLE message ADD COLUMN schedule_type INTEGER DEFAULT 0")
        }
        #expect(try await store.chats().elements.count == 1)
        #expect(try store.schema.has("message", "schedule_type"))
    }

    @Test func nullsInRequiredColumnsAreNoObstacle() async throws {
        let database = try HandmadeDatabase()
        let chat = try database.chat("any;-;x@example.com", handles: [])
        try database.message("N", chat: chat, date: 0)
        try database.execute(
            """
            UPDATE chat SET style = NULL, chat_identifier = NULL, service_name = NULL;
            UPDATE message SET handle_id = NULL, service = NULL, date = NULL, is_from_me = NULL, is_read = NULL,
              item_type = NULL, is_finished = NULL;
            INSERT INTO attachment (guid) VALUES ('A');
            INSERT INTO message_attachment_join VALUES (1, 1);
            """
        )
        let store = try database.store()
        let listed = try await store.chats(ChatQuery(includesEmpty: true)).elements
        #expect(listed.map(\.guid.identifier) == ["x@example.com"])
        let message = try #require(try await store.message(MessageID(rawValue: "N")))
        #expect(message.kind == .text && message.body.string.isEmpty)
        #expect(message.attachments.map(\.guid) == ["A"])
    }
}
