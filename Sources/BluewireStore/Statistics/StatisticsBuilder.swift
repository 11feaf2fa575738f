//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireCodec
import BluewireModel
import Crypto
import Foundation  // Hashing takes Data; Row lends blobs as Data.
import GRDB

/// Counts rows, slice by slice.
struct StatisticsBuilder {
    private static let sliceSize = 10_000

    private let schema: SchemaReport
    private var decoder = ContentDecoder()
    private var counts = DatabaseStatistics()
    private var lastRow = Int64.min
    private var newestDate = Int64.min
    private var textHash = SHA256()
    private var bodyHash = SHA256()
    private var businessChats: [Int64] = []

    init(schema: SchemaReport) {
        self.schema = schema
        counts.schema.generation = schema.generation
        counts.schema.clientVersion = schema.clientVersion
        counts.schema.messageColumns = schema.columns["message"]?.count ?? 0
        counts.schema.absentColumns = schema.absentColumns
        counts.schema.unknownColumns = schema.unknownColumns
        counts.schema.capabilities = schema.capabilities
    }

    /// The finished counts.
    func finished() -> DatabaseStatistics {
        var counts = counts
        counts.edited = counts.byKind["edited"] ?? 0
        counts.unsent = counts.byKind["unsent"] ?? 0
        counts.traps = counts.traps.filter { $0.value > 0 }
        counts.sha256 = Self.hexadecimal(textHash.finalize())
        counts.sha256Body = Self.hexadecimal(bodyHash.finalize())
        return counts
    }

    private static func hexadecimal(_ digest: SHA256.Digest) -> String {
        digest.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
    }

    // MARK: - Tables

    /// Counts what needs no decoding.
    mutating func countTables(_ db: Database, includesIdentifiers: Bool) throws {
        func one(_ sql: String) throws -> Int { try Int.fetchOne(db, sql: sql) ?? 0 }
        counts.chats = try one("SELECT COUNT(*) FROM chat")
        counts.handles = try one("SELECT COUNT(*) FROM handle")
        counts.attachments = try one("SELECT COUNT(*) FROM attachment")
        counts.chatMessageJoins = try one("SELECT COUNT(*) FROM chat_message_join")
        counts.messagesJoinedDistinct = try one("SELECT COUNT(DISTINCT message_id) FROM chat_message_join")
        counts.unreadIncoming = try one(
            """
            SELECT COUNT(*) FROM message WHERE is_read = 0 AND is_from_me = 0 AND item_type = 0 AND is_finished = 1
              AND is_system_message = 0
            """
        )
        counts.features["attachment_links"] = try one("SELECT COUNT(*) FROM message_attachment_join")
        counts.traps["purged_attachment"] = try one("SELECT COUNT(*) FROM attachment WHERE transfer_state <> 5")
        if schema.has("deleted_messages") {
            counts.traps["deleted_messages"] = try one("SELECT COUNT(*) FROM deleted_messages")
        }
        counts.traps["two_chats"] = try one(
            "SELECT COUNT(*) FROM (SELECT 1 FROM chat_message_join GROUP BY message_id HAVING COUNT(*) > 1)"
        )
        counts.traps["dangling_tapback"] = try one(
            """
            SELECT COUNT(*) FROM message m
            WHERE (m.associated_message_type BETWEEN 2000 AND 2007 OR m.associated_message_type BETWEEN 3000 AND 3007)
              AND NOT EXISTS (SELECT 1 FROM message t WHERE t.guid =
                CASE WHEN m.associated_message_guid LIKE 'bp:%' THEN substr(m.associated_message_guid, 4)
                     WHEN m.associated_message_guid LIKE 'p:%'
                       THEN substr(m.associated_message_guid, instr(m.associated_message_guid, '/') + 1)
                     ELSE m.associated_message_guid END)
            """
        )
        counts.attachmentsByMIME = try grouped(
            "SELECT IFNULL(mime_type, 'None'), COUNT(*) FROM attachment GROUP BY mime_type", in: db
        )
        counts.schema.indexes = try one("SELECT COUNT(*) FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL")
        counts.schema.triggers = try one("SELECT COUNT(*) FROM sqlite_master WHERE type = 'trigger'")
        businessChats = try Int64.fetchAll(db, sql: "SELECT ROWID FROM chat WHERE chat_identifier LIKE 'urn:biz:%'")
        if includesIdentifiers { try countIdentifiers(db) }
    }

    private func grouped(_ sql: String, in db: Database) throws -> [String: Int] {
        var found: [String: Int] = [:]
        let rows = try Row.fetchCursor(db, sql: sql)
        while let row = try rows.next() { found[row[0] as String? ?? "None", default: 0] += row[1] as Int? ?? 0 }
        return found
    }

    private mutating func countIdentifiers(_ db: Database) throws {
        counts.perHandle = try grouped(
            """
            SELECT h.id, COUNT(*) FROM message m JOIN handle h ON h.ROWID = m.handle_id
            WHERE m.is_from_me = 0 GROUP BY h.id
            """, in: db
        )
        var chats: [String: DatabaseStatistics.ChatCounts] = [:]
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT c.guid, COUNT(j.message_id), MAX(\(Self.nanoseconds("j.message_date"))),
                  (SELECT COUNT(*) FROM chat_handle_join h WHERE h.chat_id = c.ROWID)
                FROM chat c LEFT JOIN chat_message_join j ON j.chat_id = c.ROWID GROUP BY c.ROWID
                """
        )
        while let row = try rows.next() {
            chats[row[0] as String? ?? ""] = DatabaseStatistics.ChatCounts(
                messages: row[1] as Int? ?? 0, lastDate: row[2], participants: row[3] as Int? ?? 0
            )
        }
        counts.perChat = chats
    }

    private static func nanoseconds(_ column: String) -> String {
        "CASE WHEN abs(\(column)) < 1000000000000 THEN \(column) * 1000000000 ELSE \(column) END"
    }

    // MARK: - Messages

    /// Counts the next slice of messages; false at the end.
    mutating func countSlice(_ db: Database) throws -> Bool {
        let rows = try Row.fetchCursor(
            db.cachedStatement(sql: sliceSQL), arguments: [lastRow, Self.sliceSize, RowList.json(businessChats)]
        )
        var seen = 0
        while let row = try rows.next() {
            seen += 1
            count(row)
        }
        return seen == Self.sliceSize
    }

    private var sliceSQL: String {
        let recoverable =
            schema.has("chat_recoverable_message_join")
            ? "EXISTS (SELECT 1 FROM chat_recoverable_message_join r WHERE r.message_id = m.ROWID)" : "0"
        return """
            SELECT \(MessageColumn.list(schema)),
              EXISTS (SELECT 1 FROM message_attachment_join a WHERE a.message_id = m.ROWID),
              EXISTS (SELECT 1 FROM chat_message_join j WHERE j.message_id = m.ROWID),
              \(recoverable),
              EXISTS (SELECT 1 FROM chat_message_join j WHERE j.message_id = m.ROWID
                AND j.chat_id IN (SELECT value FROM json_each(?3)))
            FROM message m WHERE m.ROWID > ?1 ORDER BY m.ROWID LIMIT ?2
            """
    }

    private mutating func count(_ raw: Row) {
        let row = MessageRow(raw)
        let extra = MessageColumn.allCases.count
        func flag(_ index: Int) -> Bool { (raw[extra + index] as Int64? ?? 0) != 0 }
        lastRow = row.row
        counts.messages += 1
        let summary = decoder.summary(row.summary)
        let content = decoder.body(attributedBody: row.attributedBody, text: row.text, summary: .init())
        if content.isDegraded { counts.degradedBodies += 1 }
        let attributes = row.attributedBody.flatMap(BodyAttributeNames.names) ?? []
        let kind = kind(
            row, summary: summary, body: content, attributes: attributes, hasAttachment: flag(0), isBusiness: flag(3)
        )
        counts.byKind[kind, default: 0] += 1
        counts.services[row.service ?? "None", default: 0] += 1
        countDates(row)
        countText(row, content: content)
        countTapbacks(row)
        countFeatures(row)
        if kind != "link_preview" {
            for feature in attributes.compactMap({ BodyAttributeNames.features[$0] }) {
                counts.features["rich_" + feature, default: 0] += 1
            }
        }
        if !flag(1) { counts.traps[flag(2) ? "recoverable" : "orphans", default: 0] += 1 }
    }

    private mutating func countDates(_ row: MessageRow) {
        let date = abs(row.date) < 1_000_000_000_000 ? row.date * 1_000_000_000 : row.date
        if row.date != 0, abs(row.date) < 1_000_000_000_000 { counts.traps["seconds_dates", default: 0] += 1 }
        counts.firstDate = min(counts.firstDate ?? date, date)
        counts.lastDate = max(counts.lastDate ?? date, date)
        counts.dateOfLastRow = date
        guard row.scheduleType != 2 else { return }
        if date < newestDate { counts.traps["late_rowid", default: 0] += 1 }
        newestDate = max(newestDate, date)
    }

    private mutating func countText(_ row: MessageRow, content: MessageBody) {
        let storage =
            switch (row.text != nil, row.attributedBody != nil) {
            case (true, true): "both"
            case (true, false): "column"
            case (false, true): "body"
            case (false, false): "none"
            }
        counts.textStorage[storage, default: 0] += 1
        if storage == "both", let text = row.text, text != content.string {
            counts.traps["stale_text_column", default: 0] += 1
        }
        var visible = content.string.unicodeScalars
        visible.removeAll { $0 == "\u{FFFC}" }
        textHash.update(data: Data("\(row.guid)\t\(String(visible))\n".utf8))
        bodyHash.update(data: Data("\(row.guid)\t\(content.string)\n".utf8))
    }

    private mutating func countTapbacks(_ row: MessageRow) {
        switch row.associatedType {
        case 2000...2007:
            counts.tapbacks.add[String(row.associatedType), default: 0] += 1
            if row.associatedType == 2006, let emoji = row.associatedEmoji {
                counts.tapbacks.emoji[emoji, default: 0] += 1
            }
        case 3000...3007: counts.tapbacks.remove[String(row.associatedType), default: 0] += 1
        default: break
        }
    }

    private mutating func countFeatures(_ row: MessageRow) {
        var features: [String] = []
        if row.isFromMe { features.append("from_me") }
        if row.threadOriginator != nil { features.append("threaded_reply") }
        if row.effect != nil { features.append("effect") }
        if row.subject != nil { features.append("subject") }
        if row.wasDowngraded { features.append("was_downgraded") }
        if row.itemType != 0 { features.append("event_\(row.itemType)_\(row.groupAction)") }
        for feature in features { counts.features[feature, default: 0] += 1 }
        if !row.isFromMe, row.handle == 0 { counts.traps["null_handle", default: 0] += 1 }
    }
}
