//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireCodec
import BluewireModel
// Foundation: rows lend blobs as Data.
import Foundation
import GRDB

extension MessageStore {
    /// Looks over the database and closely at its newest rows.
    ///
    /// - Parameter newest: how many rows are decoded.
    /// - Throws: ``StoreError`` when the database cannot be read.
    package func checkup(newest: Int = 1000) async throws -> DatabaseCheckup {
        let contacts = contacts
        return try await read { database, db in
            let builder = CheckupBuilder(database: database, contacts: contacts)
            var checkup = DatabaseCheckup()
            try builder.connection(&checkup, in: db)
            try builder.tables(&checkup, in: db)
            try builder.chats(&checkup, in: db)
            try builder.newest(newest, &checkup, in: db)
            return checkup
        }
    }

    /// Whether the database or the address book proves the address to be the owner's own.
    package func isOwn(_ address: String) async throws -> Bool {
        let key = HandleKey(address)
        return try await read { database, db in
            try database.hydrator.directory.current(in: db).ownAddresses.contains(key)
        }
    }
}

private struct CheckupBuilder {
    let database: ChatDatabase
    let contacts: ContactBook?

    private var schema: SchemaReport { database.schema }

    func connection(_ checkup: inout DatabaseCheckup, in db: Database) throws {
        checkup.sqliteVersion = try String.fetchOne(db, sql: "SELECT sqlite_version()") ?? ""
        checkup.journalMode = try String.fetchOne(db, sql: "PRAGMA journal_mode") ?? ""
        checkup.isQueryOnly = try Bool.fetchOne(db, sql: "PRAGMA query_only") ?? false
        checkup.dataVersion = try Int64.fetchOne(db, sql: "PRAGMA data_version")
    }

    func tables(_ checkup: inout DatabaseCheckup, in db: Database) throws {
        checkup.messages = try Int.fetchOne(db, sql: "SELECT COUNT(*) FROM message") ?? 0
        checkup.unjoined =
            try Int.fetchOne(
                db,
                sql: """
                    SELECT COUNT(*) FROM message m
                    WHERE NOT EXISTS (SELECT 1 FROM chat_message_join j WHERE j.message_id = m.ROWID)
                    """
            ) ?? 0
        // Seconds since 2001 stay below 10^11 for three thousand years; nanoseconds passed it after two minutes.
        checkup.dates = try counts(
            """
            SELECT CASE WHEN date IS NULL OR date = 0 THEN 'none' WHEN abs(date) < 100000000000 THEN 'seconds'
              ELSE 'nanoseconds' END, COUNT(*) FROM message GROUP BY 1
            """,
            in: db
        )
        guard schema.has("attachment", "filename") else { return }
        checkup.attachmentPaths = try counts(
            """
            SELECT CASE WHEN filename IS NULL OR filename = '' THEN 'none' WHEN filename LIKE '~/%' THEN 'home'
              WHEN filename LIKE '/%' THEN 'absolute' ELSE 'other' END, COUNT(*) FROM attachment GROUP BY 1
            """,
            in: db
        )
    }

    func chats(_ checkup: inout DatabaseCheckup, in db: Database) throws {
        let directory = try database.hydrator.directory.current(in: db)
        checkup.chatRows = directory.chats.count
        checkup.conversations = directory.conversations.count
        let members = directory.conversations.flatMap(\.members)
        checkup.misplacedChats =
            Set(members).symmetricDifference(directory.chats.keys).count + members.count
            - Set(members).count
        checkup.ownAddresses = directory.ownAddresses.count
        checkup.handles = directory.handles.count
        checkup.namedHandles = directory.handles.values.count { contacts?.contact(for: $0.handle) != nil }
        for chat in directory.chats.values {
            // Only the fixed words before the address may be told.
            let parts = chat.guid.rawValue.split(separator: ";", maxSplits: 2, omittingEmptySubsequences: false)
            let isKnown = parts.count == 3 && Self.services.contains(String(parts[0])) && ["-", "+"].contains(parts[1])
            checkup.guidForms[isKnown ? "\(parts[0]);\(parts[1])" : "other", default: 0] += 1
        }
    }

    func newest(_ limit: Int, _ checkup: inout DatabaseCheckup, in db: Database) throws {
        let columns = [
            "attributedBody", "message_summary_info", "payload_data", "associated_message_type", "item_type",
        ]
        .map { schema.has("message", $0.lowercased()) ? "m.\($0)" : "NULL" }.joined(separator: ", ")
        let cursor = try Row.fetchCursor(
            db, sql: "SELECT m.ROWID, \(columns) FROM message m ORDER BY m.ROWID DESC LIMIT ?", arguments: [limit]
        )
        var rows: [RowID] = []
        while let row = try cursor.next() {
            rows.append(RowID(rawValue: row[0]))
            if let bytes = Self.bytes(row[1]) {
                checkup.bodies.count(Self.isReadable { try BodyDecoder.strict(bytes) })
            }
            if let bytes = Self.bytes(row[2]) {
                checkup.summaries.count(Self.isReadable { try MessageSummary(decoding: bytes) })
            }
            if let bytes = Self.bytes(row[3]) {
                // Handwriting and Digital Touch are no archives; everything else is.
                checkup.payloads.count(
                    bytes.starts(with: Array("bplist".utf8)) ? KeyedArchive(bytes)?.root != nil : true)
            }
            if !Self.reactions.contains(row[4] as Int? ?? 0) { checkup.unknownReactions += 1 }
            if !(0...6).contains(row[5] as Int? ?? 0) { checkup.unknownItems += 1 }
        }
        checkup.sampled = rows.count
        checkup.hydrated = try database.hydrator.messages(rows: rows, in: db).count
    }

    private func counts(_ sql: String, in db: Database) throws -> [String: Int] {
        var found: [String: Int] = [:]
        let rows = try Row.fetchCursor(db, sql: sql)
        while let row = try rows.next() { found[row[0] as String? ?? "none"] = row[1] }
        return found
    }

    private static func bytes(_ data: Data?) -> [UInt8]? {
        guard let data, !data.isEmpty else { return nil }
        return [UInt8](data)
    }

    private static func isReadable<Value>(_ decode: () throws -> Value) -> Bool {
        do {
            _ = try decode()
            return true
        } catch {
            return false
        }
    }

    private static let services: Set<String> = ["iMessage", "SMS", "RCS", "any", "iMessageLite", "SatelliteSMS"]

    /// Plain rows, stickers, polls, and reactions with their removals.
    private static let reactions = Set(
        [0, 1, 2, 3] + Array(1000...1001) + Array(2000...2007) + Array(3000...3007) + [4000])
}
