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
    /// The columns of ``MessageRow``.
    let messageColumns: String

    init(_ schema: SchemaReport) {
        messageColumns = MessageColumn.list(schema)
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
