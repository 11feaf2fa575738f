//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel
import GRDB

/// Tokens, one-time login codes and web sessions.
///
/// Only hashes are stored.
package struct TokenRepository: Sendable {
    /// How long a one-time code works.
    package static let codeLifetime: Duration = .seconds(600)
    /// How long a web session works.
    package static let sessionLifetime: Duration = .seconds(30 * 86_400)

    let database: StateDatabase
    let clock: any WallClock

    /// The tokens in `database`.
    package init(_ database: StateDatabase, clock: any WallClock = SystemWallClock()) {
        self.database = database
        self.clock = clock
    }

    /// Makes a token.
    ///
    /// - Returns: the stored token, and the secret `bw_…`, which is shown once and kept nowhere.
    package func create(
        name: String, scopes: Set<Scope>, chats: Set<ChatID>? = nil, expiresAt: Timestamp? = nil
    ) async throws -> (token: AccessToken, secret: String) {
        let secret = Secret.random(prefix: "bw_")
        let token = AccessToken(
            id: Secret.identifier(prefix: "tok_"), name: name, scopes: scopes, chats: chats, createdAt: clock.now,
            expiresAt: expiresAt)
        try await database.write { db in try Self.insert(token, secret: secret, in: db) }
        return (token, secret)
    }

    static func insert(_ token: AccessToken, secret: String, in db: Database) throws {
        let hash = Secret.hash(secret)
        try db.execute(
            sql: """
                INSERT INTO token (id, name, lookup, hash, scopes, chats, createdAt, expiresAt)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                token.id, token.name, Blob(Array(hash.prefix(8))), Blob(hash), Columns.text(token.scopes),
                Columns.text(token.chats), token.createdAt.nanoseconds, token.expiresAt?.nanoseconds,
            ])
    }

    /// Whom `secret` (a `bw_…` token or a session's value) belongs to; nil when it is unknown, ended or revoked.
    package func verify(_ secret: String) async throws -> Principal? {
        let hash = Secret.hash(secret)
        let now = clock.now
        let isSession = secret.hasPrefix("bws_")
        guard isSession || secret.hasPrefix("bw_") else { return nil }
        let verified = database.verifiedTokens
        if let known = verified.principal(of: hash, now: now) { return known }
        let generation = verified.generation
        let table = isSession ? "session" : "token"
        let found = try await database.read { db -> (entry: VerifiedTokens.Entry, isStale: Bool)? in
            let live = isSession ? "" : "AND revokedAt IS NULL"
            let used = isSession ? "NULL" : "lastUsedAt"
            let rows = try Row.fetchAll(
                db,
                sql: "SELECT id, hash, scopes, chats, expiresAt, \(used) FROM \(table) WHERE lookup = ? \(live)",
                arguments: [Blob(Array(hash.prefix(8)))])
            for row in rows where Secret.isEqual([UInt8](blobIn: row, at: 1), hash) {
                if let end = row[4] as Int64?, end <= now.nanoseconds { return nil }
                let last = (row[5] as Int64?).map { Timestamp(nanoseconds: $0) }
                let principal = Principal(
                    id: row[0], scopes: Columns.scopes(row[2]), chats: Columns.chats(row[3]), isSession: isSession)
                let entry = VerifiedTokens.Entry(
                    principal: principal, checkedAt: now, expiresAt: Columns.time(row[4]))
                return (entry, !isSession && (last.map { now - $0 > .seconds(600) } ?? true))
            }
            return nil
        }
        if let found, found.isStale {
            let id = found.entry.principal.id
            try await database.write { db in
                try db.execute(
                    sql: "UPDATE token SET lastUsedAt = ? WHERE id = ?", arguments: [now.nanoseconds, id])
            }
        }
        if let found { verified.note(found.entry, of: hash, generation: generation) }
        return found?.entry.principal
    }

    /// Every token, revoked ones included, newest first.
    package func list() async throws -> [AccessToken] {
        try await database.read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT id, name, scopes, chats, createdAt, expiresAt, lastUsedAt, revokedAt FROM token
                    ORDER BY createdAt DESC, id
                    """
            ).map { row in
                AccessToken(
                    id: row[0], name: row[1], scopes: Columns.scopes(row[2]), chats: Columns.chats(row[3]),
                    createdAt: Timestamp(nanoseconds: row[4]), expiresAt: Columns.time(row[5]),
                    lastUsedAt: Columns.time(row[6]), revokedAt: Columns.time(row[7]))
            }
        }
    }

    /// Ends a token for good.
    ///
    /// - Returns: whether there was such a token that still worked.
    @discardableResult
    package func revoke(_ id: String) async throws -> Bool {
        let now = clock.now
        defer { database.verifiedTokens.forgetAll() }
        return try await database.write { db in
            try db.execute(
                sql: "UPDATE token SET revokedAt = ? WHERE id = ? AND revokedAt IS NULL",
                arguments: [now.nanoseconds, id])
            return db.changesCount > 0
        }
    }

    /// Makes a code that opens one web session within ten minutes.
    package func createLoginCode(scopes: Set<Scope>, chats: Set<ChatID>? = nil) async throws -> String {
        let code = Secret.random(prefix: "bwo_", bytes: 24)
        let now = clock.now
        try await database.write { db in
            try db.execute(sql: "DELETE FROM loginCode WHERE expiresAt <= ?", arguments: [now.nanoseconds])
            try db.execute(
                sql: "INSERT INTO loginCode (hash, scopes, chats, expiresAt) VALUES (?, ?, ?, ?)",
                arguments: [
                    Blob(Secret.hash(code)), Columns.text(scopes), Columns.text(chats),
                    (now + Self.codeLifetime).nanoseconds,
                ])
        }
        return code
    }

    /// Turns a one-time code into a web session; the code never works again.
    ///
    /// - Returns: the session and its secret value for the cookie; nil when the code is unknown, used or too old.
    package func openSession(code: String) async throws -> (principal: Principal, secret: String)? {
        let secret = Secret.random(prefix: "bws_")
        let hash = Secret.hash(secret)
        let id = Secret.identifier(prefix: "web_")
        let now = clock.now
        let principal = try await database.write { db -> Principal? in
            let key = Blob(Secret.hash(code))
            guard
                let row = try Row.fetchOne(
                    db,
                    sql: """
                        DELETE FROM loginCode WHERE hash = ? AND tokenName IS NULL
                        RETURNING scopes, chats, expiresAt
                        """, arguments: [key]
                ),
                row[2] > now.nanoseconds
            else { return nil }
            try db.execute(sql: "DELETE FROM session WHERE expiresAt <= ?", arguments: [now.nanoseconds])
            try db.execute(
                sql: """
                    INSERT INTO session (id, lookup, hash, scopes, chats, createdAt, expiresAt)
                    VALUES (?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    id, Blob(Array(hash.prefix(8))), Blob(hash), row[0] as String, row[1] as String?, now.nanoseconds,
                    (now + Self.sessionLifetime).nanoseconds,
                ])
            return Principal(
                id: id, scopes: Columns.scopes(row[0]), chats: Columns.chats(row[1]), isSession: true)
        }
        return principal.map { ($0, secret) }
    }

    /// Ends a web session.
    package func closeSession(_ id: String) async throws {
        defer { database.verifiedTokens.forgetAll() }
        try await database.write { db in try db.execute(sql: "DELETE FROM session WHERE id = ?", arguments: [id]) }
    }
}
