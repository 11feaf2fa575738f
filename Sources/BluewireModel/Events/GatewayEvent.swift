//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// Something that happened, as the journal keeps it and every surface renders it.
public struct GatewayEvent: Hashable, Sendable, Codable {
    /// The unique id: a hash of line, message, kind and discriminator, so that what is read twice is one event.
    public var id: String
    /// Where it stands in the journal.
    public var cursor: Cursor
    /// What happened.
    public var kind: Kind
    /// When the gateway learned of it.
    public var time: Timestamp
    /// The line it belongs to.
    public var line: LineID
    /// The chat it belongs to, if any.
    public var chat: ChatID?
    /// The version of ``snapshot``'s layout.
    public var schemaVersion: Int
    /// The thing it happened to, as it was then.
    public var snapshot: Snapshot

    /// The layout version this build writes.
    public static let currentSchemaVersion = 1

    /// An event from its fields.
    public init(
        id: String, cursor: Cursor, kind: Kind, time: Timestamp, line: LineID, chat: ChatID?,
        schemaVersion: Int = GatewayEvent.currentSchemaVersion, snapshot: Snapshot
    ) {
        self.id = id
        self.cursor = cursor
        self.kind = kind
        self.time = time
        self.line = line
        self.chat = chat
        self.schemaVersion = schemaVersion
        self.snapshot = snapshot
    }

    /// What happened.
    public struct Kind: OpenValue, CustomStringConvertible {
        public let rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }

        /// A message was seen for the first time.
        public static let messageCreated = Kind(rawValue: "message.created")
        /// A message changed; the snapshot names what.
        public static let messageUpdated = Kind(rawValue: "message.updated")
        /// A message vanished from the store.
        public static let messageDeleted = Kind(rawValue: "message.deleted")
        /// A tapback was put on a message.
        public static let tapbackAdded = Kind(rawValue: "tapback.added")
        /// A tapback was taken off a message.
        public static let tapbackRemoved = Kind(rawValue: "tapback.removed")
        /// A chat was seen for the first time.
        public static let chatCreated = Kind(rawValue: "chat.created")
        /// A chat's name, participants or members changed.
        public static let chatUpdated = Kind(rawValue: "chat.updated")
        /// A send moved to another state.
        public static let sendUpdated = Kind(rawValue: "send.updated")
        /// A line came up, went down or lost a capability.
        public static let lineUpdated = Kind(rawValue: "line.updated")
        /// Events were lost to this reader (pruned or rebuilt); it should list the chats again.
        public static let gatewayGap = Kind(rawValue: "gateway.gap")
        /// Somebody started typing; live only, never journalled.
        public static let typingStarted = Kind(rawValue: "typing.started")
        /// Somebody stopped typing; live only, never journalled.
        public static let typingStopped = Kind(rawValue: "typing.stopped")
    }
}

/// The thing an event happened to, as it was then.
public enum Snapshot: Hashable, Sendable, Codable {
    /// A message, with what changed (empty when it was created) and how it arrived.
    case message(Message, changed: [String], arrival: Arrival)
    /// A message that is gone: its id and what is left of its place.
    case deletedMessage(MessageID)
    /// A tapback and how it arrived; nil when it was taken off, or journalled by a build that did not note it.
    case tapback(Tapback, arrival: Arrival? = nil)
    /// A chat.
    case chat(Chat)
    /// A send.
    case send(Send)
    /// A line with its state (`up`, `down`, `degraded`) and the reason.
    case line(state: String, reason: String?)
    /// A gap with its reason.
    case gap(reason: String)
    /// Typing by somebody; nil when the transport does not say who.
    case typing(Handle?)
}

/// How a row came to be in the store.
///
/// Only new and late messages reach agents.
public enum Arrival: String, Hashable, Sendable, Codable, CaseIterable {
    /// Just sent or received.
    case new
    /// Genuine, but delivered late (a phone was off).
    case late
    /// History that iCloud put back.
    case backfill
    /// A copy of a row already seen.
    case duplicate

    /// Whether an agent may act on it.
    public var reachesAgents: Bool { self == .new || self == .late }
}
