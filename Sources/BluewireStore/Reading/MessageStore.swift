//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

public import BluewireModel
package import GRDB
import Synchronization

/// Reads chats and messages of one Messages database; opens it again by itself when the file is replaced.
public final class MessageStore: Sendable {
    /// The line its chats belong to.
    public let line: LineID
    /// Where the database lies.
    public let place: DatabasePlace

    /// Names for addresses, if the address book is read.
    package let contacts: ContactBook?
    private let configuration: ChatDatabase.Configuration
    private let opened: Mutex<ChatDatabase>

    /// Opens the database.
    ///
    /// - Throws: ``StoreError`` with a remedy for each way this fails.
    package init(_ configuration: ChatDatabase.Configuration) throws(StoreError) {
        line = configuration.line
        place = configuration.place
        contacts = configuration.contacts
        self.configuration = configuration
        opened = Mutex(try ChatDatabase(configuration))
    }

    /// Opens the database at a place, with names from its address book.
    ///
    /// - Throws: ``StoreError`` with a remedy for each way this fails.
    public convenience init(place: DatabasePlace, line: LineID) throws(StoreError) {
        try self.init(
            ChatDatabase.Configuration(
                place: place, line: line, contacts: place.addressBook.map { ContactBook(path: $0) }
            )
        )
    }

    /// The tables and columns of the database as last opened.
    public var schema: SchemaReport { opened.withLock { $0.schema } }

    /// Whether the database had to be opened without its write-ahead log; what is read may be stale.
    public var isDegraded: Bool { opened.withLock { $0.isImmutable } }

    /// The database, opened again if the file at its path is another one now.
    ///
    /// - Throws: ``StoreError`` when it is gone.
    package func database() throws(StoreError) -> ChatDatabase {
        let result: Result<ChatDatabase, StoreError> = opened.withLock { current in
            if current.isCurrent { return .success(current) }
            return replace(&current)
        }
        return try result.get()
    }

    /// Reads in one short transaction of the database as it is at its path now.
    package func read<Value: Sendable>(
        _ body: @Sendable (ChatDatabase, Database) throws -> Value
    ) async throws -> Value {
        let database = try database()
        do {
            return try await database.read { db in try body(database, db) }
        } catch let error as StoreError where error.code == .replaced {
            let result: Result<ChatDatabase, StoreError> = opened.withLock { current in
                current === database ? replace(&current) : .success(current)
            }
            let again = try result.get()
            return try await again.read { db in try body(again, db) }
        }
    }

    private func replace(_ current: inout ChatDatabase) -> Result<ChatDatabase, StoreError> {
        do throws(StoreError) {
            current = try ChatDatabase(configuration)
            return .success(current)
        } catch {
            return .failure(error)
        }
    }
}

extension MessageStore: ChatReading {
    public func recentMessages(in chat: ChatID, limit: Int) async throws -> [Message] {
        try await messages(in: chat, MessageQuery(limit: limit)).elements.reversed()
    }

    public func message(_ id: MessageID) async throws -> Message? {
        try await read { database, db in
            guard let row = try Self.row(of: id, in: db) else { return nil }
            return try database.hydrator.messages(rows: [row], in: db).first
        }
    }

    /// The messages of those rows in the same order; rows that are gone are left out.
    package func messages(rows: [RowID]) async throws -> [Message] {
        try await read { database, db in try database.hydrator.messages(rows: rows, in: db) }
    }

    static func row(of id: MessageID, in db: Database) throws -> RowID? {
        let statement = try db.cachedStatement(sql: "SELECT ROWID FROM message WHERE guid = ?")
        return try Int64.fetchOne(statement, arguments: [id.rawValue]).map(RowID.init(rawValue:))
    }
}
