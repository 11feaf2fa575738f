//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel
package import GRDB
import Synchronization

/// Keeps the ``ChatDirectory`` of one opened database and rebuilds it when handles, chats or memberships changed.
///
/// The test for a change reads a few index pages; it is made in the same transaction as the rows that are looked up
/// afterwards, so a chat that appears with a message is known when the message is.
package final class DirectoryCache: Sendable {
    private struct Fingerprint: Equatable {
        var values: [Int64]
    }

    private struct State {
        var fingerprint: Fingerprint?
        var contactsVersion: Int
        var directory: ChatDirectory?
        /// The `data_version` each connection had when the directory was found to be right.
        var versions: [ObjectIdentifier: Int64] = [:]
    }

    private let schema: SchemaReport
    private let fingerprintSQL: String
    private let line: LineID
    private let identities: ChatIdentities
    private let contacts: ContactBook?
    private let state = Mutex(State(fingerprint: nil, contactsVersion: 0, directory: nil))

    /// A cache for a database with that schema.
    package init(schema: SchemaReport, line: LineID, identities: ChatIdentities, contacts: ContactBook?) {
        self.schema = schema
        fingerprintSQL = Self.fingerprintSQL(schema)
        self.line = line
        self.identities = identities
        self.contacts = contacts
    }

    /// The directory as it is in the transaction of `db`.
    package func current(in db: Database) throws -> ChatDirectory {
        let contactsVersion = contacts?.version ?? 0
        let connection = ObjectIdentifier(db)
        let version = try version(in: db)
        if let version {
            let unchanged = state.withLock { state in
                state.versions[connection] == version && state.contactsVersion == contactsVersion
                    ? state.directory : nil
            }
            if let unchanged { return unchanged }
        }
        let fingerprint = try fingerprint(in: db)
        let kept = state.withLock { state -> ChatDirectory? in
            guard state.fingerprint == fingerprint, state.contactsVersion == contactsVersion else { return nil }
            state.versions[connection] = version
            return state.directory
        }
        if let kept { return kept }
        let directory = try load(db)
        state.withLock { state in
            state.fingerprint = fingerprint
            state.contactsVersion = contactsVersion
            state.directory = directory
            state.versions = [:]
            state.versions[connection] = version
        }
        return directory
    }

    /// The directory as it was when it was last looked at; nil before that.
    ///
    /// Rows of handles and chats that it does not know may have come since.
    package var latest: ChatDirectory? { state.withLock { $0.directory } }

    /// A number that changes in this connection whenever somebody else commits; nil where we may write ourselves.
    private func version(in db: Database) throws -> Int64? {
        guard db.configuration.readonly else { return nil }
        return try Int64.fetchOne(db.cachedStatement(sql: "PRAGMA data_version"))
    }

    private func fingerprint(in db: Database) throws -> Fingerprint {
        let row = try Row.fetchOne(db.cachedStatement(sql: fingerprintSQL))
        return Fingerprint(values: row.map { row in (0..<row.count).map { row[$0] as Int64? ?? 0 } } ?? [])
    }

    private static func fingerprintSQL(_ schema: SchemaReport) -> String {
        var parts = [
            "(SELECT MAX(ROWID) FROM handle)", "(SELECT MAX(ROWID) FROM chat)", "(SELECT COUNT(*) FROM chat)",
            // Renames (`iMessage;` to `any;`) change the length; the index on guid covers this.
            "(SELECT SUM(LENGTH(guid)) FROM chat)",
            "(SELECT MAX(ROWID) FROM chat_handle_join)", "(SELECT COUNT(*) FROM chat_handle_join)",
            // The row number of a membership that ended is used again by the next one.
            "(SELECT SUM(handle_id) FROM chat_handle_join)",
        ]
        if schema.has("chat_lookup") {
            parts += ["(SELECT MAX(ROWID) FROM chat_lookup)", "(SELECT COUNT(*) FROM chat_lookup)"]
        }
        return "SELECT " + parts.joined(separator: ", ")
    }

    private func load(_ db: Database) throws -> ChatDirectory {
        let handles = try loadHandles(db)
        let chats = try loadChats(db)
        return ChatDirectory(
            handles: handles, chats: chats, lookups: try loadLookups(db), ownAddresses: try loadOwnAddresses(db),
            identities: identities, line: line
        )
    }

    private func loadHandles(_ db: Database) throws -> [Int64: ChatDirectory.HandleRow] {
        let person = schema.column("handle", "person_centric_id", alias: "h")
        let rows = try Row.fetchCursor(db, sql: "SELECT h.ROWID, h.id, h.service, \(person) FROM handle h")
        var handles: [Int64: ChatDirectory.HandleRow] = [:]
        while let row = try rows.next() {
            let address = row[1] as String? ?? ""
            handles[row[0] as Int64? ?? 0] = ChatDirectory.HandleRow(
                handle: Handle(address: address, channel: Self.channel(address: address, service: row[2])),
                personID: row[3]
            )
        }
        return handles
    }

    private func loadChats(_ db: Database) throws -> [Int64: ChatDirectory.ChatRow] {
        let columns = ["style", "chat_identifier", "group_id", "display_name", "service_name"]
            .map { schema.column("chat", $0, alias: "c") }.joined(separator: ", ")
        let rows = try Row.fetchCursor(db, sql: "SELECT c.ROWID, c.guid, \(columns) FROM chat c")
        var chats: [Int64: ChatDirectory.ChatRow] = [:]
        while let row = try rows.next() {
            let guid = ChatGUID(rawValue: row[1] as String? ?? "")
            let style = row[2] as Int64?
            let number = row[0] as Int64? ?? 0
            chats[number] = ChatDirectory.ChatRow(
                row: number, guid: guid, isGroup: style.map { $0 == 43 } ?? (guid.style == "+"),
                identifier: row[3] as String? ?? guid.identifier, groupID: row[4], displayName: row[5],
                service: row[6], handles: []
            )
        }
        let joins = try Row.fetchCursor(db, sql: "SELECT chat_id, handle_id FROM chat_handle_join ORDER BY ROWID")
        while let row = try joins.next() {
            chats[row[0] as Int64? ?? 0]?.handles.append(row[1] as Int64? ?? 0)
        }
        return chats
    }

    private func loadLookups(_ db: Database) throws -> [[Int64]] {
        guard schema.has("chat_lookup", "identifier"), schema.has("chat_lookup", "chat") else { return [] }
        var found: [String: [Int64]] = [:]
        let rows = try Row.fetchCursor(db, sql: "SELECT identifier, chat FROM chat_lookup")
        while let row = try rows.next() {
            guard let identifier = row[0] as String?, !identifier.isEmpty else { continue }
            found[identifier, default: []].append(row[1] as Int64? ?? 0)
        }
        return found.values.filter { $0.count > 1 }.sorted { $0[0] < $1[0] }
    }

    /// Addresses that columns about ourselves hold; the newest rows suffice, older accounts stay in `chat`.
    private func loadOwnAddresses(_ db: Database) throws -> Set<HandleKey> {
        var own = contacts?.ownAddresses ?? []
        func add(_ sql: String) throws {
            for text in try String?.fetchAll(db, sql: sql) {
                guard let address = text.map(Self.withoutAccountPrefix), !address.isEmpty else { continue }
                own.insert(HandleKey(address))
            }
        }
        for column in ["account_login", "last_addressed_handle"] where schema.has("chat", column) {
            try add("SELECT DISTINCT \(column) FROM chat")
        }
        for column in ["account", "destination_caller_id"] where schema.has("message", column) {
            try add(
                """
                SELECT DISTINCT \(column) FROM
                  (SELECT \(column), is_from_me FROM message ORDER BY ROWID DESC LIMIT 300) WHERE is_from_me = 1
                """
            )
        }
        own.remove(HandleKey(""))
        return own
    }

    /// `E:mail`, `P:+number`, `e:` → the bare address.
    package static func withoutAccountPrefix(_ text: String) -> String {
        let head = text.prefix(2).lowercased()
        return head == "e:" || head == "p:" ? String(text.dropFirst(2)) : text
    }

    private static func channel(address: String, service: String?) -> Channel {
        address.hasPrefix("urn:biz:") ? .business : Channel(service: service)
    }
}
