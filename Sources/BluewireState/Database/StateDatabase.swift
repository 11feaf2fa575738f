//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import GRDB

/// `state.db`: everything that must survive a power cut at once.
///
/// Every write is on the disk when it returns.
///
/// Several processes may hold it open; writers wait for each other up to five seconds.
package final class StateDatabase: Sendable {
    /// The writer and its two readers.
    package let writer: DatabasePool
    /// Signs the audit trail.
    let auditKey: AuditKey
    /// Whom secrets belong to, for a moment.
    let verifiedTokens = VerifiedTokens()

    /// Opens or creates the file and brings its schema up to date.
    ///
    /// - Throws: ``StateError`` with `notWritable`, `full`, `newer` or `corrupt`.
    package convenience init(path: String) throws(StateError) {
        try self.init(path: path, maximumPages: nil)
    }

    /// As ``init(path:)``; with `maximumPages` the file refuses to grow beyond so many pages, as on a full disk.
    package init(path: String, maximumPages: Int?) throws(StateError) {
        try Migration.check(StateMigrations.all, at: path, file: "state.db")
        var configuration = GRDB.Configuration()
        configuration.label = "bluewire.state"
        configuration.maximumReaderCount = 2
        configuration.busyMode = .timeout(5)
        let pool: DatabasePool
        do {
            pool = try DatabasePool(path: path, configuration: configuration)
            StateDirectory.makePrivate(file: path)
            // After opening: the database layer sets NORMAL for write-ahead logs when it opens.
            try pool.writeWithoutTransaction { db in try db.execute(sql: "PRAGMA synchronous = FULL") }
        } catch {
            throw StateError(error, file: "state.db")
        }
        try Migration.run(StateMigrations.all, on: pool, file: "state.db")
        auditKey = try AuditKey.beside(path)
        if let maximumPages {
            do {
                try pool.writeWithoutTransaction { db in
                    _ = try Int.fetchOne(db, sql: "PRAGMA max_page_count = \(maximumPages)")
                }
            } catch {
                throw StateError(error, file: "state.db")
            }
        }
        for suffix in ["-wal", "-shm"] { StateDirectory.makePrivate(file: path + suffix) }
        writer = pool
    }

    /// Performs `body` in one transaction; it is on the disk when this returns.
    ///
    /// - Throws: ``StateError``, or what `body` throws when that is none of the database's errors.
    package func write<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
        do {
            return try await writer.write(body)
        } catch let error as DatabaseError {
            throw StateError(error, file: "state.db")
        }
    }

    /// Reads a consistent view.
    ///
    /// - Throws: ``StateError``, or what `body` throws when that is none of the database's errors.
    package func read<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
        do {
            return try await writer.read(body)
        } catch let error as DatabaseError {
            throw StateError(error, file: "state.db")
        }
    }

    /// Closes the file; later calls fail.
    package func close() throws { try writer.close() }
}
