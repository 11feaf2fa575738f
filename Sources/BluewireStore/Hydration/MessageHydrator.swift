//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel
package import GRDB

/// Turns rows of the message table into messages, a page at a time.
///
/// Attachments, tapbacks and chats of a page are read with one query each; handles and chats come from memory.
package struct MessageHydrator: Sendable {
    /// The handles and chats the messages refer to.
    package let directory: DirectoryCache
    /// The line messages belong to.
    package let line: LineID
    /// The tables and columns there are.
    package let schema: SchemaReport

    let queries: HydrationQueries

    /// A hydrator for a database with that schema.
    package init(schema: SchemaReport, line: LineID, identities: ChatIdentities, contacts: ContactBook?) {
        self.schema = schema
        self.line = line
        directory = DirectoryCache(schema: schema, line: line, identities: identities, contacts: contacts)
        queries = HydrationQueries(schema)
    }

    /// The messages of those rows in the same order; rows that are gone are left out.
    ///
    /// - Note: the chat of a row in several chats is the one it was joined to last; ``Message/chat`` is nil for rows
    ///   without a chat.
    package func messages(rows: [RowID], in db: Database) throws -> [Message] {
        guard !rows.isEmpty else { return [] }
        return try messages(rows: rows, directory: directory.current(in: db), in: db)
    }

    /// The messages of those rows by a directory that knows their handles and chats.
    ///
    /// - Parameters:
    ///   - known: the chat of each row, where the caller knows it.
    ///   - areAttached: false when the caller knows that no attachment is joined to any of them.
    func messages(
        rows: [RowID], chats known: [Int64: Int64] = [:], areAttached: Bool = true, directory: ChatDirectory,
        in db: Database
    ) throws -> [Message] {
        guard !rows.isEmpty else { return [] }
        var found: [Int64: MessageRow] = [:]
        let cursor = try Row.fetchCursor(
            db.cachedStatement(sql: queries.messagesByRow), arguments: [RowList.json(rows.map(\.rawValue))]
        )
        while let row = try cursor.next() {
            let message = MessageRow(row)
            found[message.row] = message
        }
        return try messages(
            from: rows.compactMap { found[$0.rawValue] }, chats: known, areAttached: areAttached, directory: directory,
            in: db)
    }

    /// The messages of rows read before in the same transaction, in the same order.
    ///
    /// - Parameter chats: the chat of each row, where the caller knows it.
    package func messages(
        from rows: [MessageRow], chats known: [Int64: Int64] = [:], in db: Database
    ) throws -> [Message] {
        guard !rows.isEmpty else { return [] }
        return try messages(from: rows, chats: known, directory: directory.current(in: db), in: db)
    }

    private func messages(
        from rows: [MessageRow], chats known: [Int64: Int64], areAttached: Bool = true, directory: ChatDirectory,
        in db: Database
    ) throws -> [Message] {
        let places = try places(of: rows, known: known, in: db)
        var decoder = ContentDecoder()
        var messages = rows.map { message($0, place: places[$0.row], directory: directory, decoder: &decoder) }
        try attach(to: &messages, rows: rows, areJoined: areAttached, in: db)
        try react(to: &messages, directory: directory, in: db)
        return messages
    }

    /// Where rows belong: their chat, and whether they lie in Recently Deleted.
    struct Place {
        var chat: Int64
        var isRecentlyDeleted: Bool
    }

    private func places(of rows: [MessageRow], known: [Int64: Int64], in db: Database) throws -> [Int64: Place] {
        var places = known.mapValues { Place(chat: $0, isRecentlyDeleted: false) }
        let unplaced = rows.lazy.map(\.row).filter { places[$0] == nil }
        guard !unplaced.isEmpty else { return places }
        let joins = try Row.fetchCursor(
            db.cachedStatement(sql: queries.chatsByMessage), arguments: [RowList.json(Array(unplaced))]
        )
        while let row = try joins.next() {
            // Ascending by join: the newest join of a row in two chats wins.
            places[row[0] as Int64? ?? 0] = Place(chat: row[1] as Int64? ?? 0, isRecentlyDeleted: false)
        }
        guard let sql = queries.recoverableByMessage else { return places }
        let orphans = rows.lazy.map(\.row).filter { places[$0] == nil }
        guard !orphans.isEmpty else { return places }
        let deleted = try Row.fetchCursor(
            db.cachedStatement(sql: sql), arguments: [RowList.json(Array(orphans))]
        )
        while let row = try deleted.next() {
            places[row[0] as Int64? ?? 0] = Place(chat: row[1] as Int64? ?? 0, isRecentlyDeleted: true)
        }
        return places
    }
}
