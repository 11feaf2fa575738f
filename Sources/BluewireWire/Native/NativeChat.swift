//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel

/// A chat as the native surface shows it.
package struct NativeChat: Hashable, Sendable, Decodable {
    /// The stable name.
    package var id: String
    /// Today's representative GUID.
    package var guid: String
    /// Every GUID it is known by.
    package var aliases: [String]
    /// The line it belongs to.
    package var line: String
    /// Whether it is a group.
    package var isGroup: Bool
    /// Whether it is a note to self.
    package var isSelf: Bool
    /// What to call it: its name, else its participants.
    package var name: String
    /// The name given to the group, if any.
    package var displayName: String?
    /// Everyone in it but us.
    package var participants: [NativeHandle]
    /// The channel of the newest message.
    package var channel: String
    /// When the newest message was sent.
    package var lastMessageAt: NativeTime?
    /// The newest message, where the list was asked with it.
    package var lastMessage: NativeMessage?
    /// Unread incoming messages.
    package var unreadCount: Int
    /// Apple's filter category.
    package var filterCategory: Int
    /// Whether it is archived.
    package var isArchived: Bool

    /// The chat, with its newest message where known.
    package init(_ chat: Chat, lastMessage: Message? = nil) {
        id = chat.id.rawValue
        guid = chat.guid.rawValue
        aliases = chat.aliases.map(\.rawValue)
        line = chat.line.rawValue
        isGroup = chat.isGroup
        isSelf = chat.isSelf
        name = chat.title
        displayName = chat.displayName
        participants = chat.participants.map { NativeHandle($0) }
        channel = chat.channel.rawValue
        lastMessageAt = NativeTime(chat.lastMessageAt)
        self.lastMessage = lastMessage.map { message in
            NativeMessage(message) { handle in chat.participants.first { $0.handle == handle }?.contact?.name }
        }
        unreadCount = chat.unreadCount
        filterCategory = chat.filterCategory
        isArchived = chat.isArchived
    }
}

extension NativeChat: JSONWritable {
    package func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("id", id)
            writer.member("guid", guid)
            writer.member("aliases", aliases)
            writer.member("line", line)
            writer.member("isGroup", isGroup)
            writer.member("isSelf", isSelf)
            writer.member("name", name)
            writer.member("displayName", displayName)
            writer.member("participants", participants)
            writer.member("channel", channel)
            writer.member("lastMessageAt", lastMessageAt)
            writer.member("lastMessage", lastMessage)
            writer.member("unreadCount", unreadCount)
            writer.member("filterCategory", filterCategory)
            writer.member("isArchived", isArchived)
        }
    }
}
