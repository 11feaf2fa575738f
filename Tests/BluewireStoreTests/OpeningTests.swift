//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import BluewireStore
import BluewireTesting
import Foundation
import GRDB
import Testing

#if canImport(Glibc)
    import Glibc
#endif

/// Each way of not being readable has an error of its own, with a remedy.
struct OpeningTests {
    private func failure(_ path: String) -> StoreError? {
        #expect(throws: StoreError.self) {
            try MessageStore(place: DatabasePlace(path: path), line: LineID(rawValue: "test"))
        }
    }

    private func expect(_ code: StoreError.Code, at path: String) {
        let error = failure(path)
        #expect(error?.code == code, "\(error?.description ?? "opened")")
        #expect(error?.remedy.isEmpty == false)
    }

    @Test func aMissingFile() throws {
        expect(.missing, at: try TemporaryFolder.make() + "/chat.db")
        expect(.missing, at: try TemporaryFolder.make() + "/nowhere/chat.db")
    }

    @Test func aFileThatIsNoDatabase() throws {
        let path = try TemporaryFolder.make() + "/chat.db"
        try String(repeating: "not a database at all. ", count: 500).write(
            toFile: path, atomically: true, encoding: .utf8)
        expect(.notADatabase, at: path)
        expect(.notADatabase, at: try TemporaryFolder.make())
    }

    @Test func anotherDatabaseAndAnEmptyOne() throws {
        let path = try TemporaryFolder.make() + "/chat.db"
        try DatabaseQueue(path: path).write { db in try db.execute(sql: "CREATE TABLE songs (title TEXT)") }
        expect(.noMessages, at: path)
        let empty = try TemporaryFolder.make() + "/chat.db"
        #expect(FileManager.default.createFile(atPath: empty, contents: nil))
        expect(.noMessages, at: empty)
    }

    @Test func aSchemaBefore1013() throws {
        let path = try TemporaryFolder.make() + "/chat.db"
        try DatabaseQueue(path: path).write { db in
            try db.execute(
                sql: """
                    CREATE TABLE message (ROWID INTEGER PRIMARY KEY, guid TEXT, text TEXT, date INTEGER);
                    CREATE TABLE chat (ROWID INTEGER PRIMARY KEY, guid TEXT);
                    CREATE TABLE handle (ROWID INTEGER PRIMARY KEY, id TEXT, service TEXT);
                    CREATE TABLE chat_message_join (chat_id INTEGER, message_id INTEGER);
                    """
            )
        }
        expect(.tooOld, at: path)
    }

    @Test(.enabled(if: geteuid() != 0, "root may read everything"))
    func aFileOrFolderThatMayNotBeRead() throws {
        let database = try HandmadeDatabase()
        try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: database.path)
        expect(.denied, at: database.path)
        let other = try HandmadeDatabase()
        let folder = DatabasePlace(path: other.path).folder
        try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: folder)
        expect(.denied, at: other.path)
        try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: folder)
    }

    @Test(.enabled(if: geteuid() != 0, "root may write everywhere"))
    func aCopyInAReadOnlyFolderIsReadAndLabelled() async throws {
        let database = try HandmadeDatabase()
        _ = try database.chat("any;-;+15551230001", handles: [])
        let copy = try TemporaryFolder.make()
        try await database.queue.write { db in try db.execute(sql: "VACUUM INTO ?", arguments: [copy + "/chat.db"]) }
        try await DatabaseQueue(path: copy + "/chat.db").writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA journal_mode = WAL")
        }
        try FileManager.default.setAttributes([.posixPermissions: 0o500], ofItemAtPath: copy)
        let store = try MessageStore(place: DatabasePlace(path: copy + "/chat.db"), line: LineID(rawValue: "test"))
        #expect(store.isDegraded)
        #expect(try await store.chats(ChatQuery(includesEmpty: true)).elements.count == 1)
        try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: copy)
    }

    @Test func namesWithOddCharactersOpen() async throws {
        let folder = try TemporaryFolder.make() + "/a b#c?d%25é"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let database = try HandmadeDatabase(in: folder)
        #expect(try await database.store().chats().elements.isEmpty)
    }

    @Test func aReplacedFileIsReadInsteadOfTheOldOne() async throws {
        let database = try HandmadeDatabase()
        _ = try database.chat("any;-;+15551230001", handles: [])
        let store = try database.store()
        let before = try await store.chats(ChatQuery(includesEmpty: true))
        let cursor = PageCursor(date: 0, row: 1, generation: try store.database().generation)
        let other = try HandmadeDatabase()
        _ = try other.chat("any;-;+15551230002", handles: [])
        _ = try other.chat("any;-;+15551230003", handles: [])
        try other.queue.close()
        try database.queue.close()
        for suffix in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: database.path + suffix) }
        #expect(rename(other.path, database.path) == 0)
        #expect(before.elements.count == 1)
        #expect(try await store.chats(ChatQuery(includesEmpty: true)).elements.count == 2)
        let error = await #expect(throws: StoreError.self) {
            try await store.messages(in: before.elements[0].id, MessageQuery(before: cursor))
        }
        #expect(error?.code == .staleCursor)
    }

    @Test func deletedSidecarsAreNoticedOnceEverybodyLetGo() async throws {
        let database = try HandmadeDatabase()
        let store = try database.store()
        let other = try database.store()
        for store in [store, other] {
            #expect(try await store.chats(ChatQuery(includesEmpty: true)).elements.isEmpty)
        }
        try await database.queue.writeWithoutTransaction { db in _ = try db.checkpoint(.full) }
        try database.queue.close()
        for suffix in ["-wal", "-shm"] { try FileManager.default.removeItem(atPath: database.path + suffix) }
        // The first who notices makes the other one let go; both read what another process writes then.
        #expect(try await store.chats(ChatQuery(includesEmpty: true)).elements.isEmpty)
        try TestProgram.run(
            "python3", "-c",
            """
            import sqlite3, sys
            db = sqlite3.connect(sys.argv[1])
            db.execute("INSERT INTO chat (guid, style, chat_identifier) VALUES ('any;-;x', 45, 'x')")
            db.commit()
            """, database.path)
        for store in [store, other] {
            #expect(try await store.chats(ChatQuery(includesEmpty: true)).elements.count == 1)
        }
    }

    @Test func theReaderCannotWrite() async throws {
        let database = try HandmadeDatabase()
        let store = try database.store()
        await #expect(throws: (any Error).self) {
            try await store.read { _, db in try db.execute(sql: "DELETE FROM chat") }
        }
    }
}
