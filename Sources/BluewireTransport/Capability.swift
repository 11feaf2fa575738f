//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

public import BluewireModel

/// One thing a transport may be able to do.
public struct Capability: OpenValue, CustomStringConvertible {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }

    /// Text to an existing chat.
    public static let text = Capability(rawValue: "text")
    /// Files.
    public static let file = Capability(rawValue: "file")
    /// A first message to an address.
    public static let newChat = Capability(rawValue: "newChat")
    /// The six classic tapbacks.
    public static let tapback = Capability(rawValue: "tapback")
    /// Tapbacks with any emoji.
    public static let emojiTapback = Capability(rawValue: "emojiTapback")
    /// Inline replies.
    public static let reply = Capability(rawValue: "reply")
    /// Editing own messages.
    public static let edit = Capability(rawValue: "edit")
    /// Taking back own messages.
    public static let unsend = Capability(rawValue: "unsend")
    /// Typing indicators.
    public static let typing = Capability(rawValue: "typing")
    /// Marking chats as read.
    public static let markRead = Capability(rawValue: "markRead")
    /// Send effects.
    public static let effect = Capability(rawValue: "effect")
    /// Subject lines.
    public static let subject = Capability(rawValue: "subject")
    /// Mentions of participants in a text.
    public static let mention = Capability(rawValue: "mention")
    /// Voice notes, played in the chat.
    public static let voiceNote = Capability(rawValue: "voiceNote")
    /// Files between stretches of text, in one message.
    public static let parts = Capability(rawValue: "parts")
    /// Choices as a list of their own; without it they are sent as numbered lines of text.
    public static let choices = Capability(rawValue: "choices")
    /// A first message to several people.
    public static let groupCreate = Capability(rawValue: "groupCreate")
    /// Naming groups.
    public static let groupRename = Capability(rawValue: "groupRename")
    /// Setting and removing the photo of groups.
    public static let groupIcon = Capability(rawValue: "groupIcon")
    /// Adding and removing participants of groups.
    public static let groupMembers = Capability(rawValue: "groupMembers")
    /// Leaving groups.
    public static let groupLeave = Capability(rawValue: "groupLeave")
    /// Marking chats as unread.
    public static let markUnread = Capability(rawValue: "markUnread")

    /// Everything known to this version, in the order lists show it.
    public static let all: [Capability] = [
        .text, .file, .newChat, .tapback, .emojiTapback, .reply, .edit, .unsend, .typing, .markRead, .markUnread,
        .effect, .subject, .mention, .voiceNote, .parts, .choices, .groupCreate, .groupRename, .groupIcon,
        .groupMembers, .groupLeave,
    ]
}

/// What a transport can do right now, and why it cannot do the rest.
public struct TransportCapabilities: Hashable, Sendable {
    /// What it can do.
    public var supported: Set<Capability>
    /// Why it cannot do the rest; a missing reason means "this transport has no way to".
    public var reasons: [Capability: String]

    /// Capabilities from their parts.
    public init(supported: Set<Capability>, reasons: [Capability: String] = [:]) {
        self.supported = supported
        self.reasons = reasons
    }

    /// Nothing, for one reason (down, not permitted).
    public static func none(because reason: String) -> TransportCapabilities {
        TransportCapabilities(
            supported: [], reasons: Dictionary(uniqueKeysWithValues: Capability.all.map { ($0, reason) })
        )
    }
}
