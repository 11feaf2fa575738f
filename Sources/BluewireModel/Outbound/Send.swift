//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// One durable send to a person, with its state.
public struct Send: Hashable, Sendable, Codable {
    /// Its name.
    public var id: SendID
    /// Whom it is for.
    public var recipient: Recipient
    /// The chat it goes to, once one is known.
    public var chat: ChatID?
    /// The line it goes out on.
    public var line: LineID
    /// What is sent.
    public var action: Action
    /// How far it got.
    public var state: State
    /// The row that was seen in the store, once landed.
    public var message: MessageID?
    /// Why it failed, or why it is unknown.
    public var failure: Failure?
    /// How often a transport was asked.
    public var attempts: Int
    /// When it was accepted into the outbox.
    public var createdAt: Timestamp
    /// When it is to go out; nil for at once.
    public var scheduledAt: Timestamp?
    /// When it last changed state.
    public var updatedAt: Timestamp

    /// A send that was just accepted.
    public init(id: SendID, recipient: Recipient, line: LineID, action: Action, createdAt: Timestamp) {
        self.id = id
        self.recipient = recipient
        chat = if case .chat(let id) = recipient { id } else { nil }
        self.line = line
        self.action = action
        state = .queued
        message = nil
        failure = nil
        attempts = 0
        self.createdAt = createdAt
        scheduledAt = nil
        updatedAt = createdAt
    }

    /// What is sent: a draft, an action on a message, or a change of a group.
    public enum Action: Hashable, Sendable, Codable {
        /// A message.
        case message(Draft)
        /// A tapback, put on (`isRemoval` false) or taken off.
        case tapback(target: MessageID, part: Int, kind: Tapback.Kind, emoji: String?, isRemoval: Bool)
        /// A new text for a part of an own message.
        case edit(target: MessageID, part: Int, text: String)
        /// Taking back a part of an own message.
        case unsend(target: MessageID, part: Int)
        /// A change of the group it is for.
        case chat(ChatChange)
    }

    /// How far a send got.
    public struct State: OpenValue, CustomStringConvertible {
        public let rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }

        /// Stored, not attempted.
        public static let queued = State(rawValue: "queued")
        /// Handed to a transport; the result is not known yet.
        public static let dispatched = State(rawValue: "dispatched")
        /// Its row was seen in the store.
        public static let landed = State(rawValue: "landed")
        /// Apple or the carrier took it.
        public static let sent = State(rawValue: "sent")
        /// It reached a device of the recipient.
        public static let delivered = State(rawValue: "delivered")
        /// It was read.
        public static let read = State(rawValue: "read")
        /// It failed; nothing more will happen by itself.
        public static let failed = State(rawValue: "failed")
        /// Nobody can say whether it went out; it is never resent by itself.
        public static let unknown = State(rawValue: "unknown")
        /// It was cancelled while queued.
        public static let cancelled = State(rawValue: "cancelled")

        /// Every state, in the order a send goes through them.
        public static let all: [State] = [
            .queued, .dispatched, .landed, .sent, .delivered, .read, .failed, .unknown, .cancelled,
        ]
    }

    /// Why a send failed.
    public struct Failure: Hashable, Sendable, Codable {
        /// A stable code, for example `ghost`, `recipient_unreachable`, `automation_denied`.
        public var code: String
        /// What to do about it.
        public var remedy: String

        /// A failure from its fields.
        public init(code: String, remedy: String) {
            self.code = code
            self.remedy = remedy
        }
    }
}
