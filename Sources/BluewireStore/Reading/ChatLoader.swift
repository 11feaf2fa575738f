//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireCodec
import BluewireModel
import GRDB

/// Builds chats from the directory and what changes with every message.
struct ChatLoader {
    /// A conversation with the position of its newest message; chats without one have the date 0.
    struct Entry {
        var conversation: ChatDirectory.Conversation
        /// The newest join date, as stored.
        var date: Int64
        /// The row of the first member, which breaks ties.
        var row: Int64
        /// The chat that holds the newest message.
        var newestChat: Int64
    }

    /// The mutable columns of a chat row.
    private struct Details {
        var displayName: String?
        var isArchived: Bool
        var filter: Int
        var isBlocked: Bool
        var icon: String?

        var isListed: Bool { filter <= 1 && !isBlocked }
    }

    private let schema: SchemaReport
    private let line: LineID
    private let directory: ChatDirectory
    private let contacts: ContactBook?
    private let scheduled: Set<Int64>

    init(
        schema: SchemaReport, line: LineID, directory: ChatDirectory, contacts: ContactBook?, scheduled: Set<Int64>
    ) {
        self.schema = schema
        self.line = line
        self.directory = directory
        self.contacts = contacts
        self.scheduled = scheduled
    }

    init(database: ChatDatabase, contacts: ContactBook?, db: Database) throws {
        self.init(
            schema: database.schema, line: database.configuration.line,
            directory: try database.hydrator.directory.current(in: db), contacts: contacts,
            scheduled: try Self.scheduledRows(database.schema, in: db)
        )
    }

    /// The rows that wait to be sent; their future dates must not put a chat first.
    static func scheduledRows(_ schema: SchemaReport, in db: Database) throws -> Set<Int64> {
        guard schema.has("message", "schedule_type") else { return [] }
        let state = schema.has("message", "schedule_state") ? " AND IFNULL(schedule_state, 0) <> 2" : ""
        // `schedule_type = 2` alone meets the partial index.
        let sql = "SELECT ROWID FROM message WHERE schedule_type = 2 AND IFNULL(is_sent, 0) = 0" + state
        return Set(try Int64.fetchAll(db.cachedStatement(sql: sql)))
    }

    // MARK: - Choosing

    /// The conversations a query lists, newest first.
    func entries(_ query: ChatQuery, in db: Database) throws -> [Entry] {
        let details = query.includesFiltered ? [:] : try details(of: nil, in: db)
        let dates = try newestDates(in: db)
        var entries: [Entry] = []
        for conversation in directory.conversations {
            if !query.includesFiltered, !conversation.members.contains(where: { details[$0]?.isListed == true }) {
                continue
            }
            let entry = entry(conversation, dates: dates)
            if entry.date == 0, !query.includesEmpty { continue }
            entries.append(entry)
        }
        if let text = query.text, !text.isEmpty {
            let chats = try chats(entries, in: db)
            let wanted = TextFolding.folded(text)
            entries = zip(entries, chats).filter { Self.matches($0.1, wanted) }.map(\.0)
        }
        return entries.sorted { ($0.date, $0.row) > ($1.date, $1.row) }
    }

    /// The conversations of those names, in the same order.
    func entries(of ids: [ChatID], in db: Database) throws -> [Entry] {
        let conversations = ids.compactMap { directory.conversation($0) }
        var dates: [Int64: Int64] = [:]
        for member in conversations.flatMap(\.members) { dates[member] = try newestDate(of: member, in: db) }
        return conversations.map { entry($0, dates: dates) }
    }

    private func entry(_ conversation: ChatDirectory.Conversation, dates: [Int64: Int64]) -> Entry {
        var newest = conversation.members[0]
        for member in conversation.members where (dates[member] ?? 0) > (dates[newest] ?? 0) { newest = member }
        return Entry(
            conversation: conversation, date: dates[newest] ?? 0, row: conversation.members[0], newestChat: newest
        )
    }

    private static func matches(_ chat: Chat, _ wanted: String) -> Bool {
        let texts =
            [chat.title, chat.guid.identifier] + chat.participants.flatMap { [$0.title, $0.handle.address] }
        return texts.contains { TextFolding.folded($0).contains(wanted) }
    }

    /// The newest join date of every chat: one probe of the covering index each.
    private func newestDates(in db: Database) throws -> [Int64: Int64] {
        let rows = try Row.fetchCursor(
            db.cachedStatement(
                sql: """
                    SELECT c.ROWID,
                      (SELECT MAX(j.message_date) FROM chat_message_join j WHERE j.chat_id = c.ROWID)
                    FROM chat c
                    """
            )
        )
        var dates: [Int64: Int64] = [:]
        while let row = try rows.next() { dates[row[0] as Int64? ?? 0] = row[1] as Int64? ?? 0 }
        guard !scheduled.isEmpty else { return dates }
        for chat in try scheduledChats(in: db) { dates[chat] = try newestDate(of: chat, in: db) }
        return dates
    }

    private func scheduledChats(in db: Database) throws -> [Int64] {
        let statement = try db.cachedStatement(
            sql: """
                SELECT DISTINCT chat_id FROM chat_message_join WHERE message_id IN (SELECT value FROM json_each(?))
                """
        )
        return try Int64.fetchAll(statement, arguments: [RowList.json(Array(scheduled))])
    }

    private func newestDate(of chat: Int64, in db: Database) throws -> Int64 {
        try newestJoin(of: chat, in: db)?.date ?? 0
    }

    private func newestJoin(of chat: Int64, in db: Database) throws -> (date: Int64, row: Int64)? {
        let rows = try Row.fetchCursor(
            db.cachedStatement(
                sql: """
                    SELECT message_date, message_id FROM chat_message_join WHERE chat_id = ?
                    ORDER BY message_date DESC, message_id DESC
                    """
            ),
            arguments: [chat]
        )
        while let row = try rows.next() {
            let message = row[1] as Int64? ?? 0
            if !scheduled.contains(message) { return (row[0] as Int64? ?? 0, message) }
        }
        return nil
    }

    /// The service of the newest message; nil when it has none, or is gone.
    private func newestService(of chat: Int64, in db: Database) throws -> String? {
        let rows = try Row.fetchCursor(
            db.cachedStatement(
                sql: """
                    SELECT j.message_id, m.service FROM chat_message_join j LEFT JOIN message m ON m.ROWID = j.message_id
                    WHERE j.chat_id = ? ORDER BY j.message_date DESC, j.message_id DESC
                    """
            ),
            arguments: [chat]
        )
        while let row = try rows.next() {
            if !scheduled.contains(row[0] as Int64? ?? 0) { return row[1] }
        }
        return nil
    }

    // MARK: - Building

    /// The chats of those entries, in the same order.
    func chats(_ entries: [Entry], in db: Database) throws -> [Chat] {
        guard !entries.isEmpty else { return [] }
        let details = try details(of: entries.flatMap(\.conversation.members), in: db)
        let unread = try unreadCounts(in: db)
        return try entries.map { try chat($0, details: details, unread: unread, in: db) }
    }

    private func chat(
        _ entry: Entry, details: [Int64: Details], unread: [Int64: Int], in db: Database
    ) throws -> Chat {
        let conversation = entry.conversation
        let newest = directory.chats[entry.newestChat]
        var chat = Chat(
            id: conversation.id, guid: newest?.guid ?? ChatGUID(rawValue: ""), line: line,
            isGroup: conversation.isGroup,
            participants: directory.participants(of: conversation, newest: entry.newestChat).map {
                Participant(handle: $0, contact: contacts?.contact(for: $0))
            }
        )
        chat.aliases = conversation.members.compactMap { directory.chats[$0]?.guid }
        chat.isSelf = conversation.isSelf
        let named = [entry.newestChat] + conversation.members
        chat.displayName = named.lazy.compactMap { details[$0]?.displayName }.first { !$0.isEmpty }
        chat.icon = named.lazy.compactMap { details[$0]?.icon }.first
        chat.channel = try channel(entry, in: db)
        chat.lastMessageAt = entry.date == 0 ? nil : AppleTime.timestamp(entry.date)
        chat.unreadCount = conversation.members.reduce(0) { $0 + (unread[$1] ?? 0) }
        chat.filterCategory = conversation.members.compactMap { details[$0]?.filter }.min() ?? 0
        chat.isArchived = details[entry.newestChat]?.isArchived ?? false
        return chat
    }

    /// The channel of the newest message, else what the chat row or its services say; never the GUID.
    private func channel(_ entry: Entry, in db: Database) throws -> Channel {
        guard let chat = directory.chats[entry.newestChat] else { return .unknown }
        if chat.identifier.hasPrefix("urn:biz:") { return .business }
        if entry.date != 0 {
            let channel = Channel(service: try newestService(of: entry.newestChat, in: db))
            if channel != .unknown { return channel }
        }
        let channel = Channel(service: chat.service)
        guard channel == .unknown, schema.has("chat_service") else { return channel }
        let statement = try db.cachedStatement(
            sql: "SELECT service FROM chat_service WHERE chat = ? ORDER BY ROWID DESC")
        return Channel(service: try String.fetchOne(statement, arguments: [chat.row]))
    }

    private func details(of rows: [Int64]?, in db: Database) throws -> [Int64: Details] {
        let columns = ["display_name", "is_archived", "is_filtered", "is_blackholed"]
            .map { schema.column("chat", $0, alias: "c") }.joined(separator: ", ")
        // Choosing among all chats needs no icons; only groups have them.
        let properties = schema.column("chat", "properties", alias: "c")
        let icon = rows == nil ? "NULL" : "CASE WHEN c.style = 43 THEN \(properties) END"
        let condition = rows == nil ? "" : " WHERE c.ROWID IN (SELECT value FROM json_each(?))"
        let cursor = try Row.fetchCursor(
            db.cachedStatement(sql: "SELECT c.ROWID, \(columns), \(icon) FROM chat c" + condition),
            arguments: rows.map { [RowList.json($0)] } ?? []
        )
        var found: [Int64: Details] = [:]
        while let row = try cursor.next() {
            found[row[0] as Int64? ?? 0] = Details(
                displayName: row[1], isArchived: (row[2] as Int64? ?? 0) != 0,
                filter: Int(truncatingIfNeeded: row[3] as Int64? ?? 0), isBlocked: (row[4] as Int64? ?? 0) != 0,
                icon: ChatProperties.groupPhoto(row[5])
            )
        }
        return found
    }

    /// Unread incoming messages by chat, by the predicate of Apple's partial index.
    private func unreadCounts(in db: Database) throws -> [Int64: Int] {
        guard schema.has("message", "is_read") else { return [:] }
        let scheduled = schema.has("message", "schedule_type") ? " AND IFNULL(m.schedule_type, 0) <> 2" : ""
        let statement = try db.cachedStatement(
            sql: """
                SELECT j.chat_id, COUNT(*) FROM message m JOIN chat_message_join j ON j.message_id = m.ROWID
                WHERE m.is_read = 0 AND m.is_from_me = 0 AND m.item_type = 0 AND m.is_finished = 1
                  AND m.is_system_message = 0
                  AND IFNULL(m.associated_message_type, 0) NOT BETWEEN 1000 AND 4000\(scheduled)
                GROUP BY j.chat_id
                """
        )
        var counts: [Int64: Int] = [:]
        let rows = try Row.fetchCursor(statement)
        while let row = try rows.next() { counts[row[0] as Int64? ?? 0] = row[1] as Int? ?? 0 }
        return counts
    }
}
