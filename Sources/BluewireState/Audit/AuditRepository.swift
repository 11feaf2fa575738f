//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel
import GRDB

/// The audit trail: a chain of hashes that is only appended to, and pruned from its beginning.
package struct AuditRepository: Sendable {
    private let database: StateDatabase
    private let chain: AuditChain

    /// The trail in `database`.
    package init(_ database: StateDatabase) {
        self.database = database
        chain = AuditChain(key: database.auditKey)
    }

    /// The name under which something that must not be named appears in the trail.
    package func pseudonym(_ text: String) -> String { database.auditKey.pseudonym(text) }

    /// Appends a record; it is on the disk when this returns.
    package func append(_ record: AuditRecord) async throws { try await append([record]) }

    /// Appends records in one transaction.
    package func append(_ records: [AuditRecord]) async throws {
        let chain = chain
        try await database.write { db in try chain.append(records, in: db) }
    }

    /// As ``append(_:)-([AuditRecord])``, for a task that is cancelled already.
    package func appendBlocking(_ records: [AuditRecord]) throws {
        try database.writer.write { db in try chain.append(records, in: db) }
    }

    /// The newest records, newest first.
    package func list(limit: Int = 100) async throws -> [AuditRecord] {
        try await entries(since: nil, limit: limit).map(\.record)
    }

    /// The newest entries that are not older than `since`, newest first.
    package func entries(since: Timestamp?, limit: Int) async throws -> [AuditEntry] {
        try await database.read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT \(AuditEntry.columns) FROM audit WHERE at >= ? ORDER BY sequence DESC LIMIT ?
                    """, arguments: [since?.nanoseconds ?? .min, limit]
            ).compactMap { AuditEntry($0) }
        }
    }

    /// The next entries after `sequence` that are not older than `since`, oldest first.
    package func entries(after sequence: Int64, since: Timestamp?, limit: Int) async throws -> [AuditEntry] {
        try await database.read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT \(AuditEntry.columns) FROM audit WHERE sequence > ? AND at >= ? ORDER BY sequence LIMIT ?
                    """, arguments: [sequence, since?.nanoseconds ?? .min, limit]
            ).compactMap { AuditEntry($0) }
        }
    }

    /// Looks at the whole trail.
    package func verify() async throws -> AuditVerification {
        let chain = chain
        return try await database.read { db in try AuditVerification(of: db, chain: chain) }
    }

    /// Drops the oldest entries: those older than `age`, and as many as exceed `count`.
    ///
    /// - Returns: how many were dropped.
    @discardableResult
    package func prune(olderThan age: Duration, keeping count: Int, now: Timestamp) async throws -> Int {
        let chain = chain
        return try await database.write { db in
            // The newest old entry, and not one that a clock set back made look old in the middle of newer ones.
            let aged =
                try Int64.fetchOne(
                    db,
                    sql: """
                        SELECT coalesce((SELECT sequence FROM audit WHERE at >= ? ORDER BY sequence LIMIT 1) - 1,
                        (SELECT max(sequence) FROM audit), 0)
                        """, arguments: [(now - age).nanoseconds]) ?? 0
            let last = try Int64.fetchOne(db, sql: "SELECT coalesce(max(sequence), 0) FROM audit") ?? 0
            return try chain.prune(through: max(aged, last - Int64(count)), at: now, in: db)
        }
    }
}
