//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import GRDB

/// The SQL of the watcher, fitted to the columns of one database; lists travel as one JSON argument.
struct WatchQueries: Sendable {
    private let columns: String
    private let expectation: String
    private let schema: SchemaReport

    init(_ schema: SchemaReport) {
        self.schema = schema
        func column(_ name: String) -> String { schema.column("message", name, alias: "m") }
        func length(_ name: String) -> String { "IFNULL(length(\(column(name))), -1)" }
        let chat = """
            (SELECT j.chat_id FROM chat_message_join j WHERE j.message_id = m.ROWID ORDER BY j.ROWID DESC LIMIT 1)
            """
        let attachments = """
            (SELECT group_concat(IFNULL(a.transfer_state, 0) || ':' || (a.filename IS NOT NULL) || ':' ||
               IFNULL(a.total_bytes, 0)) FROM message_attachment_join j JOIN attachment a ON a.ROWID = j.attachment_id
             WHERE j.message_id = m.ROWID)
            """
        var list = ["m.ROWID", "m.guid", chat, attachments]
        list += ["balloon_bundle_id", "associated_message_guid", "associated_message_emoji"].map(column)
        list += ["attributedbody", "text", "message_summary_info", "payload_data", "subject"].map(length)
        list += Self.numbers.map(column)
        columns = list.joined(separator: ", ")
        expectation = """
            (IFNULL(\(column("cache_has_attachments")), 0) = 1 OR instr(IFNULL(m.attributedBody, X''), X'EFBFBC') > 0)
            """
    }

    /// The columns read as numbers, in the order ``row(_:directory:)`` takes them.
    private static let numbers = [
        "handle_id", "date", "is_from_me", "is_finished", "is_sent", "is_delivered", "is_read", "date_read",
        "date_delivered", "date_edited", "date_retracted", "date_played", "date_recovered", "part_count", "error",
        "item_type", "associated_message_type", "schedule_type", "schedule_state", "ck_sync_state", "is_played",
        "did_notify_recipient", "was_downgraded", "was_delivered_quietly",
    ]

    // MARK: Rows

    /// The rows above a watermark, ascending.
    func rows(after watermark: Int64, limit: Int, directory: ChatDirectory, in db: Database) throws -> [WatchedRow] {
        let sql = "SELECT \(columns), \(expectation) FROM message m WHERE m.ROWID > ? ORDER BY m.ROWID LIMIT ?"
        return try fetch(sql, [watermark, limit], directory: directory, in: db)
    }

    /// The rows of those numbers, ascending.
    ///
    /// - Parameter waiting: whether they wait for their content, so that it matters what is still expected.
    func rows(
        _ numbers: [Int64], waiting: Bool, directory: ChatDirectory, in db: Database
    ) throws -> [WatchedRow] {
        guard !numbers.isEmpty else { return [] }
        let sql = """
            SELECT \(columns), \(waiting ? expectation : "0") FROM message m
            WHERE m.ROWID IN (SELECT value FROM json_each(?)) ORDER BY m.ROWID
            """
        return try fetch(sql, [RowList.json(numbers)], directory: directory, in: db)
    }

    private func fetch(
        _ sql: String, _ arguments: StatementArguments, directory: ChatDirectory, in db: Database
    ) throws -> [WatchedRow] {
        var found: [WatchedRow] = []
        let cursor = try Row.fetchCursor(db.cachedStatement(sql: sql), arguments: arguments)
        while let row = try cursor.next() { found.append(Self.row(row, directory: directory)) }
        return found
    }

    private static func row(_ row: Row, directory: ChatDirectory) -> WatchedRow {
        var watched = WatchedRow(row: row[0], guid: row[1] as String? ?? "")
        if let chat = row[2] as Int64? {
            watched.chatRow = chat
            watched.chat = directory.chats[chat]?.guid.rawValue ?? "\(chat)"
        }
        if let attachments = row[3] as String? { read(attachments, into: &watched) }
        watched.balloon = row[4]
        watched.associatedGUID = row[5]
        watched.associatedEmoji = row[6]
        watched.bodyLength = row[7]
        watched.textLength = row[8]
        watched.summaryLength = row[9]
        watched.payloadLength = row[10]
        watched.subjectLength = row[11]
        var index = 12
        func next() -> Int64 {
            defer { index += 1 }
            return row[index] as Int64? ?? 0
        }
        watched.handle = next()
        watched.sender = directory.handle(watched.handle)
        watched.date = ContentDecoder().timestamp(next())
        watched.isFromMe = next() != 0
        watched.isFinished = next() != 0
        watched.isSent = next() != 0
        watched.isDelivered = next() != 0
        watched.isRead = next() != 0
        watched.dateRead = next()
        watched.dateDelivered = next()
        watched.dateEdited = next()
        watched.dateRetracted = next()
        watched.datePlayed = next()
        watched.dateRecovered = next()
        watched.partCount = next()
        watched.error = next()
        watched.itemType = next()
        watched.associatedType = next()
        watched.scheduleType = next()
        watched.scheduleState = next()
        watched.cloudState = next()
        for bit in 0..<4 where next() != 0 { watched.marks |= 1 << bit }
        watched.expectsAttachment = next() != 0
        return watched
    }

    private static func read(_ attachments: String, into row: inout WatchedRow) {
        var hash = StableHash()
        let parts = attachments.split(separator: ",")
        for part in parts.sorted() {
            hash.add(String(part))
            let state = part.split(separator: ":").first ?? ""
            if ("1"..."4").contains(state) { row.hasOpenAttachment = true }
        }
        row.attachmentCount = Int64(parts.count)
        row.attachmentDigest = Int64(bitPattern: hash.value)
    }

    // MARK: Positions

    /// The GUID at a row number; nil when there is none.
    func guid(at row: Int64, in db: Database) throws -> String? {
        try String.fetchOne(db.cachedStatement(sql: "SELECT guid FROM message WHERE ROWID = ?"), arguments: [row])
    }

    /// The last row number SQLite ever gave to a message of this file; nil when the file does not say.
    func lastNumber(in db: Database) throws -> Int64? {
        guard schema.has("sqlite_sequence") else { return nil }
        let sql = "SELECT seq FROM sqlite_sequence WHERE name = 'message'"
        return try Int64.fetchOne(db.cachedStatement(sql: sql))
    }

    /// The row with the highest number.
    func lastRow(in db: Database) throws -> (row: Int64, guid: String)? {
        let statement = try db.cachedStatement(sql: "SELECT ROWID, guid FROM message ORDER BY ROWID DESC LIMIT 1")
        return try Row.fetchOne(statement).map { ($0[0], $0[1]) }
    }

    /// The rows a baseline covers: the newest by number, and those dated after `horizon`.
    func baselineRows(horizon: Timestamp, limit: Int, in db: Database) throws -> [Int64] {
        let newest = "SELECT ROWID FROM message ORDER BY ROWID DESC LIMIT \(FingerprintTiers.hotSize)"
        var rows = Set(try Int64.fetchAll(db, sql: newest))
        let recent = "SELECT ROWID FROM message WHERE date >= ? ORDER BY date DESC LIMIT ?"
        rows.formUnion(try Int64.fetchAll(db, sql: recent, arguments: [AppleDate.raw(horizon), limit]))
        return rows.sorted()
    }

    /// Numbers and GUIDs of the rows dated after `date`, at most `limit` of the newest.
    func rows(datedAfter date: Timestamp, limit: Int, in db: Database) throws -> [(row: Int64, guid: String)] {
        let sql = "SELECT ROWID, guid FROM message WHERE date > ? ORDER BY date DESC LIMIT ?"
        let cursor = try Row.fetchCursor(db.cachedStatement(sql: sql), arguments: [AppleDate.raw(date), limit])
        var found: [(row: Int64, guid: String)] = []
        while let row = try cursor.next() { found.append((row[0], row[1] as String? ?? "")) }
        return found
    }

    /// The numbers of known GUIDs in this file.
    func numbers(of guids: [String], in db: Database) throws -> [String: Int64] {
        let sql = "SELECT guid, ROWID FROM message WHERE guid IN (SELECT value FROM json_each(?))"
        var found: [String: Int64] = [:]
        let cursor = try Row.fetchCursor(db, sql: sql, arguments: [RowList.json(guids)])
        while let row = try cursor.next() { found[row[0]] = row[1] }
        return found
    }

    // MARK: Deletions

    /// The highest number of a table, which is where its reader starts.
    func lastNumber(of table: String, in db: Database) throws -> Int64 {
        guard schema.has(table) else { return 0 }
        return try Int64.fetchOne(db.cachedStatement(sql: "SELECT MAX(ROWID) FROM \(table)")) ?? 0
    }

    /// GUIDs whose rows vanished since `position`; those that came back are left out.
    func deletions(after position: Int64, in db: Database) throws -> (guids: [String], position: Int64) {
        guard schema.has("deleted_messages") else { return ([], position) }
        let sql = """
            SELECT d.ROWID, d.guid, EXISTS (SELECT 1 FROM message m WHERE m.guid = d.guid)
            FROM deleted_messages d WHERE d.ROWID > ? ORDER BY d.ROWID
            """
        var last = position
        var guids: [String] = []
        let cursor = try Row.fetchCursor(db.cachedStatement(sql: sql), arguments: [position])
        while let row = try cursor.next() {
            last = row[0]
            if (row[2] as Int64) == 0 { guids.append(row[1]) }
        }
        return (guids, last)
    }

    /// Messages moved to Recently Deleted since `position`, with the chat they were in.
    func recoverables(
        after position: Int64, directory: ChatDirectory, in db: Database
    ) throws -> (found: [(guid: String, chat: String?)], position: Int64) {
        guard schema.has("chat_recoverable_message_join") else { return ([], position) }
        let sql = """
            SELECT r.ROWID, m.guid, r.chat_id FROM chat_recoverable_message_join r
            JOIN message m ON m.ROWID = r.message_id
            WHERE r.ROWID > ? AND NOT EXISTS (SELECT 1 FROM chat_message_join j WHERE j.message_id = r.message_id)
            ORDER BY r.ROWID
            """
        var last = position
        var found: [(guid: String, chat: String?)] = []
        let cursor = try Row.fetchCursor(db.cachedStatement(sql: sql), arguments: [position])
        while let row = try cursor.next() {
            last = row[0]
            found.append((row[1], directory.chats[row[2] as Int64? ?? 0]?.guid.rawValue))
        }
        return (found, last)
    }

    /// Which of those rows lie in Recently Deleted.
    func recentlyDeleted(among rows: [Int64], in db: Database) throws -> Set<Int64> {
        guard !rows.isEmpty, schema.has("chat_recoverable_message_join") else { return [] }
        let sql = """
            SELECT message_id FROM chat_recoverable_message_join WHERE message_id IN (SELECT value FROM json_each(?))
            """
        return Set(try Int64.fetchAll(db.cachedStatement(sql: sql), arguments: [RowList.json(rows)]))
    }

    // MARK: Arrival

    /// The newest date among rows of the chat with lower numbers.
    func newestDate(inChat chat: Int64, before row: Int64, in db: Database) throws -> Timestamp? {
        let sql = """
            SELECT message_date FROM chat_message_join WHERE chat_id = ? AND message_id < ?
            ORDER BY message_date DESC LIMIT 1
            """
        let raw = try Int64.fetchOne(db.cachedStatement(sql: sql), arguments: [chat, row])
        return ContentDecoder().timestamp(raw ?? 0)
    }

    /// Earlier rows of the same chat, direction and sender that are dated within `distance`, with their raw dates.
    func neighbours(
        of row: WatchedRow, within distance: Duration, in db: Database
    ) throws -> [(row: Int64, isSameDate: Bool)] {
        guard let date = row.date else { return [] }
        let sql = """
            SELECT m.ROWID, m.date FROM chat_message_join j JOIN message m ON m.ROWID = j.message_id
            WHERE j.chat_id = ? AND j.message_date BETWEEN ? AND ? AND m.ROWID <> ? AND m.is_from_me = ?
              AND IFNULL(m.handle_id, 0) = ? AND IFNULL(m.item_type, 0) = 0 AND IFNULL(m.associated_message_type, 0) = 0
            """
        let cursor = try Row.fetchCursor(
            db.cachedStatement(sql: sql),
            arguments: [
                row.chatRow, AppleDate.raw(date - distance), AppleDate.raw(date + distance), row.row, row.isFromMe,
                row.handle,
            ]
        )
        var found: [(row: Int64, isSameDate: Bool)] = []
        while let other = try cursor.next() {
            found.append((other[0], ContentDecoder().timestamp(other[1] as Int64? ?? 0) == date))
        }
        return found
    }
}

/// Dates as today's systems write them, for comparisons in SQL.
enum AppleDate {
    /// Nanoseconds since 2001.
    static func raw(_ time: Timestamp) -> Int64 {
        time.nanoseconds.subtractingReportingOverflow(978_307_200_000_000_000).partialValue
    }
}
