//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

public import BluewireModel
package import GRDB

extension MessageStore {
    /// A page of chats, the one with the newest message first.
    ///
    /// - Throws: ``StoreError``; `cursor_expired` when a cursor belongs to another life of the database.
    public func chats(_ query: ChatQuery = ChatQuery()) async throws -> Page<Chat> {
        try await read { [contacts] database, db in try Self.chats(query, database, contacts: contacts, db) }
    }

    /// A page of chats and the newest message of each, in one read.
    package func chatsWithLastMessages(
        _ query: ChatQuery
    ) async throws -> (page: Page<Chat>, last: [ChatID: Message]) {
        try await read { [contacts] database, db in
            let page = try Self.chats(query, database, contacts: contacts, db)
            return (page, try Self.lastMessages(of: page.elements.map(\.id), database, db))
        }
    }

    private static func chats(
        _ query: ChatQuery, _ database: ChatDatabase, contacts: ContactBook?, _ db: Database
    ) throws -> Page<Chat> {
        for cursor in [query.before, query.after].compactMap({ $0 }) {
            try check(cursor, generation: database.generation)
        }
        let loader = try ChatLoader(database: database, contacts: contacts, db: db)
        var entries = try loader.entries(query, in: db)
        let isForward = query.before == nil && query.after != nil
        if let cursor = query.before {
            entries.removeAll { ($0.date, $0.row) >= (cursor.date, cursor.row) }
        } else if let cursor = query.after {
            entries.removeAll { ($0.date, $0.row) <= (cursor.date, cursor.row) }
        }
        let limit = max(1, min(query.limit, 1000))
        let hasMore = entries.count > limit
        let page = isForward ? Array(entries.suffix(limit)) : Array(entries.prefix(limit))
        let position = { (entry: ChatLoader.Entry) in
            PageCursor(date: entry.date, row: entry.row, generation: database.generation)
        }
        let hasNewer = isForward ? hasMore : query.before != nil
        let hasOlder = isForward ? true : hasMore
        return Page(
            elements: try loader.chats(page, in: db), next: hasOlder ? page.last.map(position) : nil,
            previous: hasNewer ? page.first.map(position) : nil
        )
    }

    /// The chat of that name; nil when there is none.
    public func chat(_ id: ChatID) async throws -> Chat? {
        try await chats(named: [id]).first
    }

    /// The chats of those names, in the same order; unknown ones are left out.
    package func chats(named ids: [ChatID]) async throws -> [Chat] {
        try await read { [contacts] database, db in
            let loader = try ChatLoader(database: database, contacts: contacts, db: db)
            return try loader.chats(try loader.entries(of: ids, in: db), in: db)
        }
    }

    /// What a reference means: a native id, a GUID in any spelling (raw or percent-encoded), or a bare address.
    public func resolve(_ reference: String) async throws -> ChatResolution {
        try await read { [contacts] database, db in
            let directory = try database.hydrator.directory.current(in: db)
            let found = ChatResolver(directory: directory).conversations(matching: reference)
            let loader = try ChatLoader(database: database, contacts: contacts, db: db)
            let chats = try loader.chats(try loader.entries(of: found, in: db), in: db)
            return switch chats.count {
            case 0: .none
            case 1: .chat(chats[0])
            default: .ambiguous(chats)
            }
        }
    }
}

extension MessageHydrator {
    /// The chats that hold those rows of the chat table, once each, for an observer with its own connection.
    package func chats(
        containing rows: [Int64], contacts: ContactBook?, in db: Database
    ) throws -> [Chat] {
        let directory = try directory.current(in: db)
        var ids: [ChatID] = []
        for row in rows {
            guard let id = directory.conversation(ofChat: row)?.id, !ids.contains(id) else { continue }
            ids.append(id)
        }
        let loader = ChatLoader(
            schema: schema, line: line, directory: directory, contacts: contacts,
            scheduled: try ChatLoader.scheduledRows(schema, in: db)
        )
        return try loader.chats(try loader.entries(of: ids, in: db), in: db)
    }
}
