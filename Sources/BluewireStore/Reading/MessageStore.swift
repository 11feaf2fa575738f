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
    private let slot: Slot
    private let opening = Mutex(())

    /// Holds the open database; apart from the store, so that letting go needs no reference to it.
    private final class Slot: Sendable {
        private let database = Mutex<ChatDatabase?>(nil)

        var current: ChatDatabase? {
            get { database.withLock { $0 } }
            set { database.withLock { $0 = newValue } }
        }
    }

    /// Opens the database.
    ///
    /// - Throws: ``StoreError`` with a remedy for each way this fails.
    package init(_ configuration: ChatDatabase.Configuration) throws(StoreError) {
        line = configuration.line
        place = configuration.place
        contacts = configuration.contacts
        self.configuration = configuration
        let slot = Slot()
        slot.current = try ChatDatabase(configuration) { slot.current = nil }
        self.slot = slot
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

    /// The tables and columns of the database.
    ///
    /// - Throws: ``StoreError`` when it cannot be opened any more.
    public var schema: SchemaReport {
        get throws(StoreError) { try database().schema }
    }

    /// Whether the database had to be opened without its write-ahead log; what is read may be stale.
    public var isDegraded: Bool { slot.current?.isImmutable ?? false }

    /// Closes the database until the next read, when its running reads are done.
    ///
    /// Who finds the files replaced asks everybody else in the process to do this before opening them again.
    package func letGo() { slot.current = nil }

    /// The database, opened again if the file at its path is another one now.
    ///
    /// - Throws: ``StoreError`` when it is gone, or `database_replaced` while others still hold deleted sidecars.
    package func database() throws(StoreError) -> ChatDatabase {
        if let current = slot.current, current.isCurrent { return current }
        let result: Result<ChatDatabase, StoreError> = opening.withLock { _ in
            if let current = slot.current, current.isCurrent { return .success(current) }
            slot.current = nil
            do throws(StoreError) {
                let opened = try ChatDatabase(configuration) { [slot] in slot.current = nil }
                slot.current = opened
                return .success(opened)
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    /// Reads in one short transaction of the database as it is at its path now.
    ///
    /// When the file, its sidecars or its schema change under the read, it is done again on what is there then.
    package func read<Value: Sendable>(
        _ body: @Sendable (ChatDatabase, Database) throws -> Value
    ) async throws -> Value {
        var attempts = 0
        while true {
            do {
                let database = try database()
                do {
                    return try await database.read { db in try body(database, db) }
                } catch let error as StoreError where error.code == .replaced {
                    if slot.current === database { slot.current = nil }
                    throw error
                }
            } catch let error as StoreError where error.code == .replaced && attempts < Self.reopenAttempts {
                attempts += 1
                // The first time at once; then others in this process have deleted sidecars to let go of.
                if attempts > 1 { try await Task.sleep(for: .milliseconds(20)) }
            }
        }
    }

    private static let reopenAttempts = 100
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
