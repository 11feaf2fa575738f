//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel

/// A token, without its secret.
package struct NativeToken: Hashable, Sendable, Decodable, JSONWritable {
    /// Its id.
    package var id: String
    /// What its owner calls it.
    package var name: String
    /// What it allows: single scopes, or the bundles `read`, `send` and `manage`.
    package var scopes: [String]
    /// The only chats it sees; null for all.
    package var chats: [String]?
    /// The secret `bw_…`, only in the answer to its creation.
    package var secret: String?
    /// When it was made.
    package var createdAt: NativeTime
    /// When it ends; null for never.
    package var expiresAt: NativeTime?
    /// When it was last used, to ten minutes.
    package var lastUsedAt: NativeTime?
    /// When it was revoked.
    package var revokedAt: NativeTime?

    /// A token from its fields.
    package init(
        id: String, name: String, scopes: [String], chats: [String]?, secret: String?, times: Times
    ) {
        self.id = id
        self.name = name
        self.scopes = scopes
        self.chats = chats
        self.secret = secret
        createdAt = NativeTime(times.created)
        expiresAt = NativeTime(times.expires)
        lastUsedAt = NativeTime(times.lastUsed)
        revokedAt = NativeTime(times.revoked)
    }

    /// When what happened to it.
    package struct Times: Hashable, Sendable {
        var created: Timestamp
        var expires: Timestamp?
        var lastUsed: Timestamp?
        var revoked: Timestamp?

        /// Times from their fields.
        package init(created: Timestamp, expires: Timestamp?, lastUsed: Timestamp?, revoked: Timestamp?) {
            self.created = created
            self.expires = expires
            self.lastUsed = lastUsed
            self.revoked = revoked
        }
    }

    package func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("id", id)
            writer.member("name", name)
            writer.member("scopes", scopes)
            writer.key("chats")
            if let chats { writer.array { writer in for chat in chats { writer.string(chat) } } } else { writer.null() }
            if let secret { writer.member("secret", secret) }
            writer.member("createdAt", createdAt)
            writer.member("expiresAt", expiresAt)
            writer.member("lastUsedAt", lastUsedAt)
            writer.member("revokedAt", revokedAt)
        }
    }
}

/// The body of `POST /v1/tokens`.
package struct NativeTokenRequest: StrictRequest, Hashable, Sendable, JSONWritable {
    /// What its owner calls it.
    package var name: String
    /// What it allows.
    package var scopes: [String]
    /// The only chats it sees; all when absent.
    package var chats: [String]?
    /// When it ends; never when absent.
    package var expiresAt: NativeTime?

    /// A request from its fields.
    package init(name: String, scopes: [String], chats: [String]? = nil, expiresAt: NativeTime? = nil) {
        self.name = name
        self.scopes = scopes
        self.chats = chats
        self.expiresAt = expiresAt
    }

    package func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("name", name)
            writer.member("scopes", scopes)
            if let chats { writer.member("chats", chats) }
            if let expiresAt { writer.member("expiresAt", expiresAt) }
        }
    }

    /// The members of the body.
    package enum CodingKeys: String, CodingKey, CaseIterable { case name, scopes, chats, expiresAt }
    package typealias Key = CodingKeys
}
