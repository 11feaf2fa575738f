//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel

/// What a bearer may do.
package struct Scope: OpenValue, CustomStringConvertible {
    package let rawValue: String
    package init(rawValue: String) { self.rawValue = rawValue }

    /// Read chats, messages, events and attachments.
    package static let read = Scope(rawValue: "read")
    /// Send messages and tapbacks.
    package static let send = Scope(rawValue: "send")
    /// Manage webhooks, tokens, drafts and the simulator.
    package static let manage = Scope(rawValue: "manage")

    /// Every scope there is.
    package static let all: Set<Scope> = [.read, .send, .manage]
}

/// A stored token, without its secret.
package struct AccessToken: Hashable, Sendable {
    /// Its name in lists and logs, for example `tok_…`; also the origin of sends made with it.
    package var id: String
    /// What its owner calls it.
    package var name: String
    /// What it allows.
    package var scopes: Set<Scope>
    /// The only chats it sees; nil for all.
    package var chats: Set<ChatID>?
    /// When it was made.
    package var createdAt: Timestamp
    /// When it ends; nil for never.
    package var expiresAt: Timestamp?
    /// When it was last used, to ten minutes.
    package var lastUsedAt: Timestamp?
    /// When it was revoked.
    package var revokedAt: Timestamp?
}

/// Who makes a request, as far as rights go.
package struct Principal: Hashable, Sendable {
    /// The id of the token or web session.
    package var id: String
    /// What it allows.
    package var scopes: Set<Scope>
    /// The only chats it sees; nil for all.
    package var chats: Set<ChatID>?
    /// Whether it is a web session, which needs the checks against foreign pages.
    package var isSession: Bool

    /// The owner, calling over the gateway's own socket or on the command line.
    package static let owner = Principal(id: "local", scopes: Scope.all)

    /// A principal from its fields.
    package init(id: String, scopes: Set<Scope>, chats: Set<ChatID>? = nil, isSession: Bool = false) {
        self.id = id
        self.scopes = scopes
        self.chats = chats
        self.isSession = isSession
    }

    /// Whether it may do what `scope` names.
    package func may(_ scope: Scope) -> Bool { scopes.contains(scope) }

    /// Whether it sees `chat`.
    package func sees(_ chat: ChatID) -> Bool { chats?.contains(chat) ?? true }
}
