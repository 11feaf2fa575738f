//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel
import GRDB

/// What is known about uploads; their bytes lie in files.
package struct UploadRepository: Sendable {
    private let database: StateDatabase

    /// The uploads in `database`.
    package init(_ database: StateDatabase) {
        self.database = database
    }

    /// The tables.
    static let migration = Migration(
        "9-uploads",
        sql: """
            CREATE TABLE upload (
                id TEXT PRIMARY KEY, owner TEXT NOT NULL, name TEXT NOT NULL, mimeType TEXT NOT NULL, bytes INTEGER,
                digest TEXT, isResumable INTEGER NOT NULL, createdAt INTEGER NOT NULL, expiresAt INTEGER NOT NULL,
                spentAt INTEGER
            ) WITHOUT ROWID;
            CREATE INDEX uploadOwner ON upload (owner);
            CREATE TABLE uploadUse (
                upload TEXT NOT NULL REFERENCES upload (id) ON DELETE CASCADE, send TEXT NOT NULL,
                PRIMARY KEY (upload, send)
            ) WITHOUT ROWID;
            """)

    /// Notes a new upload, unless its owner's would then hold more than `limits` allow.
    func insert(_ upload: Upload, limits: UploadStore.Limits) async throws {
        try await database.write { db in
            let held = try Row.fetchOne(
                db,
                sql: "SELECT COUNT(*), SUM(COALESCE(bytes, ?)) FROM upload WHERE owner = ? AND spentAt IS NULL",
                arguments: [limits.fileBytes, upload.owner])
            let (count, bytes) = (held?[0] as Int? ?? 0, held?[1] as Int64? ?? 0)
            guard count < limits.ownerCount, bytes + (upload.bytes ?? 0) <= limits.ownerBytes else {
                throw UploadError.quotaReached(bytes: bytes)
            }
            try db.execute(
                sql: """
                    INSERT INTO upload (id, owner, name, mimeType, bytes, isResumable, createdAt, expiresAt)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    upload.id, upload.owner, upload.name, upload.mimeType, upload.bytes, upload.isResumable,
                    upload.createdAt.nanoseconds, upload.expiresAt.nanoseconds,
                ])
        }
    }

    /// The upload of that id, one whose file is gone included.
    package func upload(_ id: String) async throws -> Upload? {
        try await database.read { db in
            try Row.fetchOne(db, sql: "SELECT \(Self.columns) FROM upload WHERE id = ?", arguments: [id])
                .map(Self.upload)
        }
    }

    /// Every upload.
    package func all() async throws -> [Upload] {
        try await database.read { db in
            try Row.fetchAll(db, sql: "SELECT \(Self.columns) FROM upload ORDER BY createdAt, id").map(Self.upload)
        }
    }

    /// Stores that an upload is whole.
    func complete(_ id: String, bytes: Int64, digest: String, expiresAt: Timestamp) async throws {
        try await database.write { db in
            try db.execute(
                sql: "UPDATE upload SET bytes = ?, digest = ?, expiresAt = ? WHERE id = ?",
                arguments: [bytes, digest, expiresAt.nanoseconds, id])
        }
    }

    /// Keeps uploads at least until `time`.
    package func keep(_ ids: [String], until time: Timestamp) async throws {
        try await database.write { db in
            for id in ids {
                try db.execute(
                    sql: "UPDATE upload SET expiresAt = MAX(expiresAt, ?) WHERE id = ?",
                    arguments: [time.nanoseconds, id])
            }
        }
    }

    /// Notes that a send needs uploads.
    package func use(_ ids: [String], in send: SendID) async throws {
        try await database.write { db in
            for id in ids {
                // One that was removed meanwhile needs no note.
                try db.execute(
                    sql: "INSERT OR IGNORE INTO uploadUse (upload, send) SELECT id, ? FROM upload WHERE id = ?",
                    arguments: [send.rawValue, id])
            }
        }
    }

    /// The states of the sends that need an upload; a send that is gone has none.
    package func uses(of id: String) async throws -> [Send.State] {
        try await database.read { db in
            try String.fetchAll(
                db,
                sql: """
                    SELECT COALESCE(outboxSend.state, '') FROM uploadUse
                    LEFT JOIN outboxSend ON outboxSend.id = uploadUse.send WHERE uploadUse.upload = ?
                    """,
                arguments: [id]
            ).map(Send.State.init(rawValue:))
        }
    }

    /// Stores that the file of an upload was sent and is gone.
    func spend(_ id: String, at time: Timestamp) async throws {
        try await database.write { db in
            try db.execute(sql: "UPDATE upload SET spentAt = ? WHERE id = ?", arguments: [time.nanoseconds, id])
        }
    }

    /// Forgets an upload.
    ///
    /// - Returns: whether there was one.
    @discardableResult
    func remove(_ id: String) async throws -> Bool {
        try await database.write { db in
            try db.execute(sql: "DELETE FROM upload WHERE id = ?", arguments: [id])
            return db.changesCount > 0
        }
    }

    private static let columns =
        "id, owner, name, mimeType, bytes, digest, isResumable, createdAt, expiresAt, spentAt"

    private static func upload(_ row: Row) -> Upload {
        Upload(
            id: row[0], owner: row[1], name: row[2], mimeType: row[3], bytes: row[4], digest: row[5],
            isResumable: row[6], createdAt: Timestamp(nanoseconds: row[7]), expiresAt: Timestamp(nanoseconds: row[8]),
            spentAt: Columns.time(row[9]))
    }
}
