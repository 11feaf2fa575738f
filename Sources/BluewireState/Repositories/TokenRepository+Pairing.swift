//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel
import GRDB

extension TokenRepository {
    /// What a token is to be that a pairing code will be exchanged for.
    package struct Pairing: Hashable, Sendable {
        /// What its owner calls it.
        package var name: String
        /// What it allows.
        package var scopes: Set<Scope>
        /// The only chats it sees; nil for all.
        package var chats: Set<ChatID>?
        /// When it ends; nil for never.
        package var expiresAt: Timestamp?

        /// A token's fields.
        package init(name: String, scopes: Set<Scope>, chats: Set<ChatID>? = nil, expiresAt: Timestamp? = nil) {
            self.name = name
            self.scopes = scopes
            self.chats = chats
            self.expiresAt = expiresAt
        }
    }

    /// Makes a code of 128 bits that is exchanged for one token within ten minutes.
    ///
    /// - Returns: the code, which is kept nowhere, and when it ends.
    package func createPairingCode(for pairing: Pairing) async throws -> (code: String, expiresAt: Timestamp) {
        let code = Secret.random(prefix: "bwp_", bytes: 16)
        let now = clock.now
        let end = now + Self.codeLifetime
        try await database.write { db in
            try db.execute(sql: "DELETE FROM loginCode WHERE expiresAt <= ?", arguments: [now.nanoseconds])
            try db.execute(
                sql: """
                    INSERT INTO loginCode (hash, scopes, chats, expiresAt, tokenName, tokenExpiresAt)
                    VALUES (?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    Blob(Secret.hash(code)), Columns.text(pairing.scopes), Columns.text(pairing.chats), end.nanoseconds,
                    pairing.name, pairing.expiresAt?.nanoseconds,
                ])
        }
        return (code, end)
    }

    /// Turns a pairing code into its token; the code never works again.
    ///
    /// - Returns: the token and its secret; nil when the code is unknown, used, too old, or opens a web session.
    package func pair(code: String) async throws -> (token: AccessToken, secret: String)? {
        let secret = Secret.random(prefix: "bw_")
        let id = Secret.identifier(prefix: "tok_")
        let now = clock.now
        let token = try await database.write { db -> AccessToken? in
            guard
                let row = try Row.fetchOne(
                    db,
                    sql: """
                        DELETE FROM loginCode WHERE hash = ? AND tokenName IS NOT NULL
                        RETURNING scopes, chats, expiresAt, tokenName, tokenExpiresAt
                        """,
                    arguments: [Blob(Secret.hash(code))]),
                row[2] > now.nanoseconds
            else { return nil }
            let token = AccessToken(
                id: id, name: row[3], scopes: Columns.scopes(row[0]), chats: Columns.chats(row[1]), createdAt: now,
                expiresAt: Columns.time(row[4]))
            try Self.insert(token, secret: secret, in: db)
            return token
        }
        return token.map { ($0, secret) }
    }
}
