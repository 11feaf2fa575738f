//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel

/// What a bearer may do: one thing, or a named bundle of them.
package struct Scope: OpenValue, CustomStringConvertible {
    package let rawValue: String
    package init(rawValue: String) { self.rawValue = rawValue }

    /// The bundle of everything that only looks.
    package static let read = Scope(rawValue: "read")
    /// The bundle of everything that reaches other people.
    package static let send = Scope(rawValue: "send")
    /// The bundle of everything that changes the gateway.
    package static let manage = Scope(rawValue: "manage")

    /// Chats, lines, events about chats, health.
    package static let chatsRead = Scope(rawValue: "chats:read")
    /// Messages, events, sends and traces.
    package static let messagesRead = Scope(rawValue: "messages:read")
    /// Files of messages.
    package static let attachmentsRead = Scope(rawValue: "attachments:read")
    /// The address book.
    package static let contactsRead = Scope(rawValue: "contacts:read")
    /// Search.
    package static let searchRead = Scope(rawValue: "search:read")
    /// Messages, edits, group changes, typing and read marks.
    package static let messagesSend = Scope(rawValue: "messages:send")
    /// Tapbacks.
    package static let reactionsSend = Scope(rawValue: "reactions:send")
    /// Files to be sent.
    package static let attachmentsWrite = Scope(rawValue: "attachments:write")
    /// Webhooks and incoming hooks.
    package static let webhooksManage = Scope(rawValue: "webhooks:manage")
    /// Tasks, drafts and agents.
    package static let agentsRun = Scope(rawValue: "agents:run")
    /// Tokens, audit, metrics and the simulator.
    package static let admin = Scope(rawValue: "admin")

    /// The bundles, which together allow everything.
    package static let all: Set<Scope> = [.read, .send, .manage]

    /// Every single thing there is to allow, in the order lists show it.
    package static let single: [Scope] = [
        .chatsRead, .messagesRead, .attachmentsRead, .contactsRead, .searchRead, .messagesSend, .reactionsSend,
        .attachmentsWrite, .webhooksManage, .agentsRun, .admin,
    ]

    /// What the scope allows: itself, or what its bundle holds.
    package var expanded: Set<Scope> {
        switch self {
        case .read: [.read, .chatsRead, .messagesRead, .attachmentsRead, .contactsRead, .searchRead]
        case .send: [.send, .messagesSend, .reactionsSend, .attachmentsWrite]
        case .manage: [.manage, .webhooksManage, .agentsRun, .admin]
        default: [self]
        }
    }

    /// Whether this version knows it.
    package var isKnown: Bool { Self.all.contains(self) || Self.single.contains(self) }
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
    /// What it allows, bundles with all they hold.
    package let scopes: Set<Scope>
    /// The only chats it sees; nil for all.
    package var chats: Set<ChatID>?
    /// Whether it is a web session, which needs the checks against foreign pages.
    package var isSession: Bool

    /// The owner, calling over the gateway's own socket or on the command line.
    package static let owner = Principal(id: "local", scopes: Scope.all)

    /// A principal from its fields.
    package init(id: String, scopes: Set<Scope>, chats: Set<ChatID>? = nil, isSession: Bool = false) {
        self.id = id
        self.scopes = scopes.reduce(into: []) { $0.formUnion($1.expanded) }
        self.chats = chats
        self.isSession = isSession
    }

    /// Whether it may do what `scope` names.
    package func may(_ scope: Scope) -> Bool { scopes.contains(scope) }

    /// Whether it sees `chat`.
    package func sees(_ chat: ChatID) -> Bool { chats?.contains(chat) ?? true }
}
