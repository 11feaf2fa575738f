//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

extension NativeChat: SchemaDescribed {
    package static let schemaDescription = SchemaDescription(
        "Chat", "A chat as the native surface shows it.",
        [
            .init("id", "The stable name.", "ch_7mcmixolqbllaxwc"),
            .init("guid", "Today's representative GUID.", "29F309EF-4A2E-4B13-9A55-0C8D8B7B1A01"),
            .init("aliases", "Every GUID it is known by.", ["iMessage;-;+15551234567", "SMS;-;+15551234567"]),
            .init("line", "The line it belongs to.", "mac"),
            .init("isGroup", "Whether it is a group.", false),
            .init("isSelf", "Whether it is a note to self.", false),
            .init("name", "What to call it: its name, else its participants.", "Ada"),
            .init("displayName", "The name given to the group, if any.", .null),
            .init("participants", "Everyone in it but us."),
            .init("channel", "The channel of the newest message.", "iMessage"),
            .init("lastMessageAt", "When the newest message was sent.", "2026-11-29T08:30:00.000Z"),
            .init("lastMessage", "The newest message, where the list was asked with it."),
            .init("unreadCount", "Unread incoming messages.", 0),
            .init("filterCategory", "Apple's filter category.", 0),
            .init("isArchived", "Whether it is archived.", false),
        ])
}

extension NativeContact: SchemaDescribed {
    package static let schemaDescription = SchemaDescription(
        "Contact", "A card of the address book.",
        [
            .init("id", "The card's id.", "3F2A:ABPerson"),
            .init("name", "What to call the person or company.", "Ada"),
            .init("nickname", "The nickname, if any.", .null),
            .init("isMe", "Whether it is the owner's own card.", false),
            .init("addresses", "Phone numbers and e-mail addresses, as the card spells them.", ["+15551234567"]),
        ])
}

extension NativeCapability: SchemaDescribed {
    package static let schemaDescription = SchemaDescription(
        "Capability", "What can be done in a chat, action by action.",
        [
            .init("action", "The action, for example `tapback`.", "text"),
            .init("isAble", "Whether it can be done now.", true),
            .init("transport", "The transport that would do it.", "simulator"),
            .init("reason", "Why it cannot be done.", .null),
            .init("instead", "The nearest thing that can be done instead.", .null),
        ])
}
