//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireTesting
import GRDB
import Testing

@testable import BluewireSimulator

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Our schema beside the captured one of the same macOS.
struct SchemaPair: Sendable {
    let ours: DatabaseQueue
    let reference: DatabaseQueue

    static let files: [Generation: String] = [.ventura: "ventura", .sequoia: "sequoia", .tahoe: "tahoe"]

    init(_ generation: Generation) throws {
        ours = try Self.database(SchemaDefinition(generation).statements.joined(separator: ";\n"))
        let name = try #require(Self.files[generation])
        let sql = String(decoding: try SharedData.bytes(of: "fixtures/schema/\(name).sql"), as: UTF8.self)
        reference = try Self.database(sql.replacing("PRAGMA journal_mode = WAL;", with: ""))
        if generation == .tahoe {
            try reference.write { try $0.execute(sql: "INSERT INTO index_state_metrics (id) VALUES (1)") }
        }
    }

    private static func database(_ sql: String) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.prepareDatabase { AppleFunctions.register(on: $0, home: "/nonexistent") }
        let queue = try DatabaseQueue(configuration: configuration)
        try queue.write { try $0.execute(sql: sql) }
        return queue
    }

    /// The result of one query on both.
    func rows(_ sql: String) throws -> (ours: [String], reference: [String]) {
        func dump(_ queue: DatabaseQueue) throws -> [String] {
            try queue.read { db in
                try Row.fetchAll(db, sql: sql).map { row in
                    row.databaseValues.map(\.description).joined(separator: " | ")
                }
            }
        }
        return (try dump(ours), try dump(reference))
    }
}

@Suite(.enabled(if: SharedData.isAvailable, .init(rawValue: SharedData.skipReason)))
struct SchemaTests {
    @Test(arguments: Generation.allCases)
    func tablesAreThoseOfARealDatabase(_ generation: Generation) throws {
        let pair = try SchemaPair(generation)
        let sql = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
        let names = try pair.rows(sql)
        #expect(names.ours == names.reference)
        for table in names.reference.map({ $0.filter { $0 != "\"" } }) {
            let columns = try pair.rows(
                "SELECT name, type, \"notnull\", dflt_value, pk FROM pragma_table_info('\(table)') ORDER BY cid"
            )
            #expect(columns.ours == columns.reference, "\(table)")
            let references = try pair.rows(
                """
                SELECT "table", "from", "to", on_update, on_delete FROM pragma_foreign_key_list('\(table)')
                ORDER BY "from"
                """
            )
            #expect(references.ours == references.reference, "\(table)")
        }
    }

    @Test(arguments: Generation.allCases)
    func indexesAreThoseOfARealDatabase(_ generation: Generation) throws {
        let pair = try SchemaPair(generation)
        let sql = """
            SELECT m.tbl_name, l.name, l."unique", l.origin, l.partial,
            (SELECT group_concat(coalesce(x.name, '') || CASE x."desc" WHEN 1 THEN ' desc' ELSE '' END)
             FROM pragma_index_xinfo(l.name) x WHERE x.key = 1)
            FROM sqlite_master m JOIN pragma_index_list(m.name) l
            WHERE m.type = 'table' ORDER BY m.tbl_name, l.name
            """
        let indexes = try pair.rows(sql)
        #expect(indexes.ours == indexes.reference)
        let conditions = try pair.rows(
            """
            SELECT name, lower(replace(replace(replace(substr(sql, instr(lower(sql), ' where ') + 7), ' ', ''), '(', ''),
            ')', '')) FROM sqlite_master WHERE type = 'index' AND instr(lower(sql), ' where ') > 0 ORDER BY name
            """
        )
        #expect(conditions.ours == conditions.reference)
    }

    @Test(arguments: Generation.allCases)
    func triggersAreThoseOfARealDatabase(_ generation: Generation) throws {
        let pair = try SchemaPair(generation)
        let names = try pair.rows("SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger' ORDER BY name")
        #expect(names.ours == names.reference)
    }

    @Test(arguments: Generation.allCases)
    func triggersBehaveAsInARealDatabase(_ generation: Generation) throws {
        let pair = try SchemaPair(generation)
        var script = TriggerScript.common
        if generation == .tahoe { script += TriggerScript.tahoe }
        for step in script {
            for queue in [pair.ours, pair.reference] {
                try queue.write { try $0.execute(sql: step) }
            }
            for table in TriggerScript.watched(generation) {
                let rows = try pair.rows("SELECT * FROM \(table) ORDER BY 1, 2")
                #expect(rows.ours == rows.reference, "\(table) after: \(step)")
            }
        }
        let tombstones = try pair.rows("SELECT guid FROM deleted_messages ORDER BY ROWID")
        #expect(tombstones.ours.count >= 3)
    }
}

/// Statements that make every trigger fire.
enum TriggerScript {
    static let common = [
        "INSERT INTO handle (id, service) VALUES ('+1', 'iMessage'), ('+2', 'iMessage'), ('+3', 'SMS')",
        """
        INSERT INTO chat (guid, style, chat_identifier, room_name) VALUES ('any;-;+1', 45, '+1', NULL),
        ('any;+;chat1', 43, 'chat1', 'chat1'), ('any;+;chat2', 43, 'chat2', 'chat2')
        """,
        "INSERT INTO chat_handle_join VALUES (1, 1), (2, 1), (2, 2), (3, 3)",
        """
        INSERT INTO message (guid, date, handle_id, service, balloon_bundle_id) VALUES ('A', 10, 1, 'iMessage', NULL),
        ('B', 20, 2, 'iMessage', NULL), ('C', 30, 0, 'SMS', 'x'), ('D', 40, 3, 'SMS', NULL)
        """,
        "INSERT INTO chat_message_join (chat_id, message_id, message_date) VALUES (1, 1, 10), (2, 2, 20), (3, 2, 20)",
        "INSERT INTO chat_message_join (chat_id, message_id, message_date) VALUES (2, 3, 30), (3, 4, 40)",
        "UPDATE message SET date = 25 WHERE guid = 'B'",
        "UPDATE message SET error = 22 WHERE guid = 'A'",
        "UPDATE message SET error = 4 WHERE guid = 'B'",
        """
        INSERT INTO attachment (guid, original_guid, filename, ck_record_id) VALUES ('at1', 'at1', '/x', 'r'),
        ('at2', 'at2', NULL, NULL)
        """,
        "INSERT INTO message_attachment_join VALUES (1, 1), (2, 1), (2, 2)",
        "DELETE FROM message_attachment_join WHERE message_id = 2 AND attachment_id = 1",
        "DELETE FROM message_attachment_join WHERE attachment_id = 2",
        "DELETE FROM chat_message_join WHERE chat_id = 3 AND message_id = 2",
        "INSERT INTO chat_recoverable_message_join (chat_id, message_id, delete_date) VALUES (2, 2, 5)",
        "DELETE FROM chat_message_join WHERE message_id = 2",
        "DELETE FROM chat_recoverable_message_join WHERE message_id = 2",
        "DELETE FROM message WHERE guid = 'C'",
        "INSERT INTO message (guid, date, associated_message_guid, associated_message_type) VALUES ('T', 50, 'A', 2000)",
        "DELETE FROM message WHERE guid = 'A'",
        "DELETE FROM chat_handle_join WHERE handle_id = 2",
        "DELETE FROM chat WHERE guid = 'any;+;chat2'",
    ]

    static let tahoe = [
        "INSERT INTO message (guid, date, service) VALUES ('E', 60, 'RCS'), ('F', 61, 'RCS')",
        "INSERT INTO chat_message_join (chat_id, message_id, message_date) SELECT 2, ROWID, date FROM message WHERE guid IN ('E', 'F')",
        "UPDATE message SET index_state = 1 WHERE guid = 'E'",
        "UPDATE message SET index_state = 3 WHERE guid = 'E'",
        "UPDATE message SET index_state = 2 WHERE guid = 'F'",
        "INSERT INTO sync_chat_slice (service_name, ck_record_id, chat) VALUES ('RCS', 'rec', 2)",
        """
        INSERT INTO chat_recoverable_message_join (chat_id, message_id, delete_date)
        SELECT 2, ROWID, 9 FROM message WHERE guid = 'E'
        """,
        "DELETE FROM chat_message_join WHERE message_id = (SELECT ROWID FROM message WHERE guid = 'E')",
        "UPDATE chat SET guid = 'any;+;chat9' WHERE guid = 'any;+;chat1'",
        "DELETE FROM chat WHERE guid = 'any;+;chat9'",
    ]

    static func watched(_ generation: Generation) -> [String] {
        let common = [
            "message", "chat", "handle", "attachment", "chat_message_join", "chat_handle_join",
            "message_attachment_join", "chat_recoverable_message_join", "deleted_messages", "sync_deleted_messages",
            "sync_deleted_attachments", "sync_deleted_chats", "kvtable",
        ]
        return generation == .tahoe ? common + ["chat_service", "index_state_metrics"] : common
    }
}
