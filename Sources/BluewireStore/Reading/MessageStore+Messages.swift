//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

public import BluewireModel
import GRDB

extension MessageStore {
    /// A page of a chat's messages, newest first; tapback rows are folded into their targets.
    ///
    /// Scheduled messages and Recently Deleted are left out. An unknown chat has an empty page.
    ///
    /// - Throws: ``StoreError``; `cursor_expired` when a cursor belongs to another life of the database.
    public func messages(in chat: ChatID, _ query: MessageQuery = MessageQuery()) async throws -> Page<Message> {
        try await read { database, db in try Self.messages(in: chat, query, database, db) }
    }

    /// A page of a chat's messages within a read of the caller.
    static func messages(
        in chat: ChatID, _ query: MessageQuery, _ database: ChatDatabase, _ db: Database
    ) throws -> Page<Message> {
        for cursor in [query.before, query.after].compactMap({ $0 }) {
            try check(cursor, generation: database.generation)
        }
        guard let conversation = try database.hydrator.directory.current(in: db).conversation(chat) else {
            return Page(elements: [])
        }
        let slice = try MessageSlice(database: database, members: conversation.members, query: query).read(db)
        let messages = try database.hydrator.messages(from: slice.rows.map(\.message), chats: slice.chats, in: db)
        return Page(elements: messages, next: slice.next, previous: slice.previous)
    }

    /// The newest message of each of those chats, as ``messages(in:_:)`` would list it first.
    ///
    /// All of them are hydrated together in one read; chats without a message are left out.
    public func lastMessages(of chats: [ChatID]) async throws -> [ChatID: Message] {
        try await read { database, db in try Self.lastMessages(of: chats, database, db) }
    }

    static func lastMessages(
        of chats: [ChatID], _ database: ChatDatabase, _ db: Database
    ) throws -> [ChatID: Message] {
        let directory = try database.hydrator.directory.current(in: db)
        var rows: [MessageRow] = []
        var places: [Int64: Int64] = [:]
        var owners: [ChatID] = []
        for id in chats {
            guard let conversation = directory.conversation(id) else { continue }
            let slice = MessageSlice(database: database, members: conversation.members, query: MessageQuery(limit: 1))
            guard let entry = try slice.newest(db) else { continue }
            rows.append(entry.message)
            places[entry.message.row] = entry.chat
            owners.append(id)
        }
        let messages = try database.hydrator.messages(from: rows, chats: places, in: db)
        return Dictionary(zip(owners, messages), uniquingKeysWith: { first, _ in first })
    }

    static func check(_ cursor: PageCursor, generation: UInt32) throws(StoreError) {
        guard cursor.generation == generation else {
            throw StoreError(
                .staleCursor, message: "The cursor belongs to a database that was replaced.",
                remedy: "List again from the start."
            )
        }
    }
}

/// One page of rows over the chats of a conversation, by the join table's date.
private struct MessageSlice {
    struct Entry {
        var date: Int64
        var chat: Int64
        var message: MessageRow
    }

    struct Found {
        var rows: [Entry]
        var chats: [Int64: Int64]
        var next: PageCursor?
        var previous: PageCursor?
    }

    let database: ChatDatabase
    let members: [Int64]
    let query: MessageQuery

    func read(_ db: Database) throws -> Found {
        let limit = max(1, min(query.limit, 1000))
        let isForward = query.before == nil && query.after != nil
        let cursor = query.before ?? query.after
        var rows: [Entry] = []
        for member in members {
            rows += try page(of: member, from: cursor, isForward: isForward, limit: limit + 1, in: db)
        }
        if members.count > 1 {
            rows.sort { isForward ? Self.key($0) < Self.key($1) : Self.key($0) > Self.key($1) }
            var seen: Set<Int64> = []
            rows.removeAll { !seen.insert($0.message.row).inserted }
        }
        let hasMore = rows.count > limit
        if hasMore { rows.removeLast(rows.count - limit) }
        if isForward { rows.reverse() }
        // Whether something lies on the side the page came from is known: the cursor does.
        let hasOlder = isForward ? true : hasMore
        let hasNewer = isForward ? hasMore : cursor != nil
        return Found(
            rows: rows, chats: Dictionary(rows.map { ($0.message.row, $0.chat) }, uniquingKeysWith: max),
            next: hasOlder ? rows.last.map(position) : nil, previous: hasNewer ? rows.first.map(position) : nil
        )
    }

    /// The newest message, without a look at what lies behind it.
    func newest(_ db: Database) throws -> Entry? {
        var newest: Entry?
        for member in members {
            guard let entry = try page(of: member, from: nil, isForward: false, limit: 1, in: db).first else {
                continue
            }
            if let known = newest, Self.key(known) > Self.key(entry) { continue }
            newest = entry
        }
        return newest
    }

    private static func key(_ entry: Entry) -> (Int64, Int64) { (entry.date, entry.message.row) }

    private func position(_ entry: Entry) -> PageCursor {
        PageCursor(date: entry.date, row: entry.message.row, generation: database.generation)
    }

    private func page(
        of chat: Int64, from cursor: PageCursor?, isForward: Bool, limit: Int, in db: Database
    ) throws -> [Entry] {
        let sql = database.hydrator.queries.pageOfChat(
            isBounded: cursor != nil, isForward: isForward, tapbacks: query.includesTapbacks)
        let cursorRows = try Row.fetchCursor(
            db.cachedStatement(sql: sql), arguments: [chat, cursor?.date ?? 0, cursor?.row ?? 0, limit]
        )
        var found: [Entry] = []
        while let row = try cursorRows.next() {
            found.append(
                Entry(date: row[MessageColumn.allCases.count] as Int64? ?? 0, chat: chat, message: MessageRow(row))
            )
        }
        return found
    }
}
