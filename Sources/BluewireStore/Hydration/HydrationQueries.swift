//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// The SQL of hydration, fitted to the columns of one database.
///
/// Lists travel as one JSON argument, so that every page uses the same prepared statement.
struct HydrationQueries: Sendable {
    let messagesByRow: String
    let chatsByMessage: String
    let recoverableByMessage: String?
    let attachmentsByMessage: String
    let attachmentsByGUID: String
    let tapbacksByTarget: String
    /// The newest messages of a chat first, tapback rows left out: chat and limit are the first and fourth argument.
    let newestOfChat: String
    /// The columns of ``MessageRow``.
    let messageColumns: String
    private let scheduled: String?

    init(_ schema: SchemaReport) {
        messageColumns = MessageColumn.list(schema)
        scheduled = Self.scheduledCondition(schema)
        newestOfChat = Self.pageOfChat(messageColumns, scheduled, isBounded: false, isForward: false, tapbacks: false)
        messagesByRow = "SELECT \(messageColumns) FROM message m WHERE m.ROWID IN (SELECT value FROM json_each(?))"
        chatsByMessage = """
            SELECT message_id, chat_id FROM chat_message_join
            WHERE message_id IN (SELECT value FROM json_each(?)) ORDER BY ROWID
            """
        recoverableByMessage =
            schema.has("chat_recoverable_message_join")
            ? """
            SELECT message_id, chat_id FROM chat_recoverable_message_join
            WHERE message_id IN (SELECT value FROM json_each(?)) ORDER BY ROWID
            """ : nil
        let attachment = AttachmentRow.columns(schema)
        attachmentsByMessage = """
            SELECT j.message_id, \(attachment) FROM message_attachment_join j
            JOIN attachment a ON a.ROWID = j.attachment_id
            WHERE j.message_id IN (SELECT value FROM json_each(?1)) ORDER BY j.message_id, a.ROWID
            """
        attachmentsByGUID =
            schema.has("attachment", "original_guid")
            ? """
            SELECT 0, \(attachment) FROM attachment a WHERE a.guid IN (SELECT value FROM json_each(?1))
            UNION ALL
            SELECT 0, \(attachment) FROM attachment a
            WHERE a.original_guid IN (SELECT value FROM json_each(?1)) AND a.guid <> a.original_guid
            """
            : "SELECT 0, \(attachment) FROM attachment a WHERE a.guid IN (SELECT value FROM json_each(?1))"
        let emoji = schema.column("message", "associated_message_emoji", alias: "m")
        let sentence = { (column: String) in
            // Before macOS 15 the emoji of a tapback is only in its sentence.
            schema.has("message", "associated_message_emoji")
                ? "NULL" : "CASE WHEN m.associated_message_type IN (2006, 3006) THEN m.\(column) END"
        }
        tapbacksByTarget = """
            SELECT m.ROWID, m.guid, m.associated_message_guid, m.associated_message_type, \(emoji), m.date, m.handle_id,
              m.is_from_me, \(sentence("text")), \(sentence("attributedBody"))
            FROM message m
            WHERE m.associated_message_guid IN (SELECT value FROM json_each(?))
            """
    }

    /// A page of a chat's rows, each with the date of its join: chat, date, row and limit are the arguments.
    ///
    /// - Parameters:
    ///   - isBounded: whether date and row say where the page begins.
    ///   - isForward: whether it goes towards newer rows.
    ///   - tapbacks: whether tapback rows are listed too.
    func pageOfChat(isBounded: Bool, isForward: Bool, tapbacks: Bool) -> String {
        if !isBounded, !isForward, !tapbacks { return newestOfChat }
        return Self.pageOfChat(
            messageColumns, scheduled, isBounded: isBounded, isForward: isForward, tapbacks: tapbacks)
    }

    private static func pageOfChat(
        _ columns: String, _ scheduled: String?, isBounded: Bool, isForward: Bool, tapbacks: Bool
    ) -> String {
        var conditions = ["j.chat_id = ?1"]
        if isBounded { conditions.append("(j.message_date, j.message_id) \(isForward ? ">" : "<") (?2, ?3)") }
        // Placed stickers, tapbacks and removals; poll votes (4000) stay.
        if !tapbacks { conditions.append("IFNULL(m.associated_message_type, 0) NOT BETWEEN 1000 AND 3999") }
        if let scheduled { conditions.append("NOT (\(scheduled))") }
        let order = isForward ? "ASC" : "DESC"
        return """
            SELECT \(columns), j.message_date FROM chat_message_join j JOIN message m ON m.ROWID = j.message_id
            WHERE \(conditions.joined(separator: " AND "))
            ORDER BY j.message_date \(order), j.message_id \(order) LIMIT ?4
            """
    }

    /// Rows that wait to be sent; nil where the schema has none.
    static func scheduledCondition(_ schema: SchemaReport) -> String? {
        guard schema.has("message", "schedule_type") else { return nil }
        let state = schema.has("message", "schedule_state") ? " AND IFNULL(m.schedule_state, 0) <> 2" : ""
        return "IFNULL(m.schedule_type, 0) = 2 AND IFNULL(m.is_sent, 0) = 0" + state
    }
}

/// Lists as the one JSON argument of a statement.
enum RowList {
    static func json(_ rows: [Int64]) -> String {
        var text = "["
        for row in rows {
            if text.utf8.count > 1 { text += "," }
            text += String(row)
        }
        return text + "]"
    }

    static func json(_ strings: [String]) -> String {
        var bytes: [UInt8] = [UInt8(ascii: "[")]
        for string in strings {
            if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
            bytes.append(UInt8(ascii: "\""))
            for byte in string.utf8 {
                switch byte {
                case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                    bytes += [UInt8(ascii: "\\"), byte]
                case 0..<0x20:
                    bytes += Array("\\u00".utf8)
                    bytes += Array((byte < 16 ? "0" : "").utf8) + Array(String(byte, radix: 16).utf8)
                default: bytes.append(byte)
                }
            }
            bytes.append(UInt8(ascii: "\""))
        }
        bytes.append(UInt8(ascii: "]"))
        return String(decoding: bytes, as: UTF8.self)
    }
}
