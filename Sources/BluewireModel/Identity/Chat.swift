//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// A conversation, direct or group; chats that Apple splits by service or address are merged into one.
public struct Chat: Hashable, Sendable, Codable {
    /// The stable native name.
    public var id: ChatID
    /// Today's representative GUID: the member chat with the newest message.
    public var guid: ChatGUID
    /// Every GUID this chat is known by, the representative included.
    public var aliases: [ChatGUID]
    /// The line it belongs to.
    public var line: LineID
    /// Whether it is a group (`style` 43), whatever the number of participants.
    public var isGroup: Bool
    /// Whether the only participant is one of our own addresses (a proven note-to-self).
    public var isSelf: Bool
    /// The name given to the group, if any.
    public var displayName: String?
    /// The transfer GUID of the group's photo, if it has one.
    public var icon: String?
    /// Everyone in the chat but us.
    public var participants: [Participant]
    /// The channel of the newest message.
    public var channel: Channel
    /// Date of the newest message, scheduled ones excluded.
    public var lastMessageAt: Timestamp?
    /// Unread incoming messages, tapbacks and events excluded.
    public var unreadCount: Int
    /// Apple's filter category: 0 known, 1 unknown sender, 2 junk, others are SMS categories.
    public var filterCategory: Int
    /// Whether the chat is archived.
    public var isArchived: Bool

    /// A chat with the fields that have no sensible default; set the others afterwards.
    public init(id: ChatID, guid: ChatGUID, line: LineID, isGroup: Bool, participants: [Participant] = []) {
        self.id = id
        self.guid = guid
        aliases = [guid]
        self.line = line
        self.isGroup = isGroup
        isSelf = false
        displayName = nil
        icon = nil
        self.participants = participants
        channel = .unknown
        lastMessageAt = nil
        unreadCount = 0
        filterCategory = 0
        isArchived = false
    }

    /// What to call the chat: its name, else its participants, else its identifier.
    public var title: String {
        if let displayName, !displayName.isEmpty { return displayName }
        guard !participants.isEmpty else { return guid.identifier }
        return participants.map(\.title).joined(separator: ", ")
    }
}

/// A handle's membership in a chat.
public struct Participant: Hashable, Sendable, Codable {
    /// The address.
    public var handle: Handle
    /// The address-book entry of the address, if known.
    public var contact: Contact?

    /// A participant from its parts.
    public init(handle: Handle, contact: Contact? = nil) {
        self.handle = handle
        self.contact = contact
    }

    /// The contact's name, else the address.
    public var title: String { contact?.name ?? handle.address }
}
