//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import Foundation
import GRDB

/// The watcher's own connection to one file, with what it knows of its schema.
///
/// It is used from the watcher's thread only. Everything is read in short transactions.
final class WatchConnection {
    let hydrator: MessageHydrator
    let queries: WatchQueries
    let files: DatabaseFiles
    private let schema: SchemaReport
    private let queue: DatabaseQueue
    private let holder: OpenDatabases.Holder
    private let contacts: ContactBook?
    /// The photos of groups by chat row, with the bytes they were read from: those seldom change.
    private var photos: [Int64: (properties: Data, photo: String?)] = [:]

    /// Opens the file that lies at the path now.
    init(_ configuration: ChatDatabaseSource.Configuration) throws {
        let path = configuration.place.path
        guard FileIdentity(path: path) != nil else {
            throw StoreError(
                .missing, message: "There is no Messages database at \(path).",
                remedy: "Sign in to Messages once, or give the path of a chat.db."
            )
        }
        try OpenDatabases.shared.prepareToOpen(path)
        do {
            let settings = ChatDatabase.connectionConfiguration(label: "chat.db watcher")
            queue = try DatabaseQueue(path: ChatDatabase.uri(path: path), configuration: settings)
            schema = try queue.read { db in try SchemaReport(db) }
        } catch let error as DatabaseError {
            throw StoreError(error, path: path)
        }
        try ChatDatabase.check(schema, path: path)
        contacts = configuration.contacts
        hydrator = MessageHydrator(
            schema: schema, line: configuration.line, identities: configuration.identities, contacts: contacts
        )
        queries = WatchQueries(schema)
        files = DatabaseFiles(path: path)
        // The watcher compares the files at every wake-up and closes by itself.
        holder = OpenDatabases.shared.enter(files) {}
    }

    /// A number that changes when another connection commits.
    func dataVersion(in db: Database) throws -> Int64 {
        try Int64.fetchOne(db.cachedStatement(sql: "PRAGMA data_version")) ?? 0
    }

    /// Whether the tables are still the ones the queries were made for.
    func hasSameSchema() throws -> Bool {
        try queue.unsafeRead { db in
            try Int64.fetchOne(db.cachedStatement(sql: "PRAGMA schema_version")) == schema.cookie
        }
    }

    /// Reads in one transaction; blocks the calling thread.
    func read<Value>(_ body: (Database) throws -> Value) throws -> Value {
        try queue.read(body)
    }

    /// Lets go of the file.
    func close() {
        try? queue.close()
        holder.leave()
    }

    /// The chats of those names as the model shows them.
    func chats(_ ids: [ChatID], directory: ChatDirectory, in db: Database) throws -> [Chat] {
        guard !ids.isEmpty else { return [] }
        let loader = ChatLoader(
            schema: schema, line: hydrator.line, directory: directory, contacts: contacts,
            scheduled: try ChatLoader.scheduledRows(schema, in: db)
        )
        return try loader.chats(loader.entries(of: ids, in: db), in: db)
    }

    private func photo(of chat: Int64, _ properties: Data?) -> String? {
        guard let properties else { return nil }
        if let known = photos[chat], known.properties == properties { return known.photo }
        let photo = ChatProperties.groupPhoto(properties)
        photos[chat] = (properties, photo)
        return photo
    }

    /// A fingerprint of the raw columns of chats: names, members, participants, categories, and the photos of groups.
    func fingerprints(
        of conversations: [ChatDirectory.Conversation], directory: ChatDirectory, in db: Database
    ) throws -> [ChatID: UInt64] {
        let columns = ["display_name", "is_archived", "is_filtered", "is_blackholed"]
            .map { schema.column("chat", $0, alias: "c") }.joined(separator: ", ")
        let properties = schema.column("chat", "properties", alias: "c")
        let sql = """
            SELECT c.ROWID, \(columns), CASE WHEN c.style = 43 THEN \(properties) END FROM chat c
            WHERE c.ROWID IN (SELECT value FROM json_each(?))
            """
        let cursor = try Row.fetchCursor(
            db.cachedStatement(sql: sql), arguments: [RowList.json(conversations.flatMap(\.members))]
        )
        var details: [Int64: StableHash] = [:]
        while let row = try cursor.next() {
            var hash = StableHash()
            hash.add(row[1] as String? ?? "")
            for index in 2...4 { hash.add(row[index] as Int64? ?? 0) }
            // Added only where there is one, so that chats without a photo keep the fingerprint they had.
            if let photo = photo(of: row[0], row[5]) { hash.add(photo) }
            details[row[0]] = hash
        }
        var found: [ChatID: UInt64] = [:]
        for conversation in conversations {
            var hash = StableHash()
            for member in conversation.members {
                guard let chat = directory.chats[member] else { continue }
                hash.add(chat.guid.rawValue)
                hash.add(Int64(bitPattern: details[member]?.value ?? 0))
                for handle in chat.handles.compactMap({ directory.handle($0)?.address }).sorted() { hash.add(handle) }
            }
            found[conversation.id] = hash.value
        }
        return found
    }
}
