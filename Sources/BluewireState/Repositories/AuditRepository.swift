//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel
import GRDB

/// One security-relevant thing that happened: facts only, never message text, names, addresses or secrets.
package struct AuditRecord: Hashable, Sendable {
    /// When.
    package var at: Timestamp
    /// Who: a token id, `cli`, `agent:<name>`, `system`.
    package var actor: String
    /// What, for example `token.create`, `webhook.create`, `send`.
    package var action: String
    /// What it was done to.
    package var object: String?
    /// `allowed`, `denied`, `failed`.
    package var outcome: String
    /// Why.
    package var reason: String?

    /// A record from its fields.
    package init(
        at: Timestamp, actor: String, action: String, object: String? = nil, outcome: String = "allowed",
        reason: String? = nil
    ) {
        self.at = at
        self.actor = actor
        self.action = action
        self.object = object
        self.outcome = outcome
        self.reason = reason
    }
}

/// The audit trail; append-only.
package struct AuditRepository: Sendable {
    let database: StateDatabase

    /// The trail in `database`.
    package init(_ database: StateDatabase) { self.database = database }

    /// Appends a record.
    package func append(_ record: AuditRecord) async throws {
        try await database.write { db in
            try db.execute(
                sql: "INSERT INTO audit (at, actor, action, object, outcome, reason) VALUES (?, ?, ?, ?, ?, ?)",
                arguments: [
                    record.at.nanoseconds, record.actor, record.action, record.object, record.outcome, record.reason,
                ])
        }
    }

    /// The newest records, newest first.
    package func list(limit: Int = 100) async throws -> [AuditRecord] {
        try await database.read { db in
            try Row.fetchAll(
                db,
                sql: "SELECT at, actor, action, object, outcome, reason FROM audit ORDER BY sequence DESC LIMIT ?",
                arguments: [limit]
            ).map {
                AuditRecord(
                    at: Timestamp(nanoseconds: $0[0]), actor: $0[1], action: $0[2], object: $0[3], outcome: $0[4],
                    reason: $0[5])
            }
        }
    }
}
