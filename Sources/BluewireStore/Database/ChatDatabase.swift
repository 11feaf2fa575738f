//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel
package import GRDB

/// One read-only opening of a Messages database: a pool of readers, its schema, and what is cached of it.
///
/// It never writes. The file is touched only through SQLite and looked at only by `stat(2)`. When the file or its
/// sidecars are replaced, ``isCurrent`` turns false and the database has to be opened again: what is still open then
/// reads a file that no longer exists.
package final class ChatDatabase: Sendable {
    /// What to open and how.
    package struct Configuration: Sendable {
        /// Where the database lies.
        package var place: DatabasePlace
        /// The line its chats and messages belong to.
        package var line: LineID
        /// Gives chats their stable names; shared with the watcher of the line.
        package var identities: ChatIdentities
        /// Names for addresses, if the address book is read.
        package var contacts: ContactBook?
        /// How many reads may run at once.
        package var readers = 3

        /// A configuration from its parts.
        package init(
            place: DatabasePlace, line: LineID, identities: ChatIdentities = ChatIdentities(),
            contacts: ContactBook? = nil
        ) {
            self.place = place
            self.line = line
            self.identities = identities
            self.contacts = contacts
        }
    }

    /// What was opened and how.
    package let configuration: Configuration
    /// Its tables and columns.
    package let schema: SchemaReport
    /// Which life of the file this is; cursors of another life are refused.
    package let generation: UInt32
    /// Whether it was opened without looking at the write-ahead log: a copy in a folder that cannot be written to.
    ///
    /// Such a reading is stale as soon as somebody changes the file.
    package let isImmutable: Bool
    /// Turns rows into messages.
    package let hydrator: MessageHydrator
    /// Pages that were asked for before.
    let pages = RenderedPages()

    // Closed before its holder leaves: properties go in this order.
    private let pool: DatabasePool
    private let files: DatabaseFiles
    private let holder: OpenDatabases.Holder

    /// Opens the database and reads its schema.
    ///
    /// - Parameter letGo: asks the owner to drop this object soon, because its sidecars are gone.
    /// - Throws: ``StoreError`` with a remedy for each way this fails.
    package init(_ configuration: Configuration, letGo: @escaping @Sendable () -> Void = {}) throws(StoreError) {
        let path = configuration.place.path
        try OpenDatabases.shared.prepareToOpen(path)
        let (pool, schema, isImmutable) = try Self.open(configuration)
        self.configuration = configuration
        self.pool = pool
        self.schema = schema
        self.isImmutable = isImmutable
        files = DatabaseFiles(path: path)
        holder = OpenDatabases.shared.enter(files, letGo: letGo)
        generation = Self.generation(files.main)
        hydrator = MessageHydrator(
            schema: schema, line: configuration.line, identities: configuration.identities,
            contacts: configuration.contacts
        )
    }

    /// Whether the path still leads to the files that are open.
    package var isCurrent: Bool {
        isImmutable || DatabaseFiles(path: configuration.place.path) == files
    }

    /// Reads in one short transaction, so that everything read agrees.
    ///
    /// - Throws: ``StoreError`` with ``StoreError/Code/replaced`` when the schema changed meanwhile, and whatever
    ///   `body` throws.
    package func read<Value: Sendable>(_ body: @Sendable (Database) throws -> Value) async throws -> Value {
        do {
            return try await pool.read { db in
                try checkSchema(db)
                return try body(db)
            }
        } catch let error as DatabaseError {
            throw StoreError(error, path: configuration.place.path)
        }
    }

    /// Reads like ``read(_:)-swift.method`` but blocks the calling thread; for command-line tools.
    package func readNow<Value>(_ body: (Database) throws -> Value) throws -> Value {
        do {
            return try pool.read { db in
                try checkSchema(db)
                return try body(db)
            }
        } catch let error as DatabaseError {
            throw StoreError(error, path: configuration.place.path)
        }
    }

    private func checkSchema(_ db: Database) throws {
        let statement = try db.cachedStatement(sql: "PRAGMA schema_version")
        guard try Int64.fetchOne(statement) == schema.cookie else {
            throw StoreError(
                .replaced, message: "The schema of the database changed.", remedy: "Open the database again."
            )
        }
    }

    /// A number that differs between files, from the device and the file number.
    package static func generation(_ identity: FileIdentity?) -> UInt32 {
        guard let identity else { return 0 }
        var hash: UInt32 = 2_166_136_261
        for word in [identity.device, identity.inode] {
            for shift in stride(from: UInt64(0), to: 64, by: 8) {
                hash = (hash ^ UInt32(truncatingIfNeeded: word >> shift & 0xFF)) &* 16_777_619
            }
        }
        return hash
    }
}
