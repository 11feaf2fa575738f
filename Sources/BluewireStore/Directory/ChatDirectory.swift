//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel

/// The handles and chats of a database as they stood at one moment, with chats of one conversation merged.
///
/// A few thousand rows at most, kept in memory: joining them in SQL for every page costs more.
package final class ChatDirectory: Sendable {
    /// A row of the handle table.
    package struct HandleRow: Sendable {
        /// The address and channel.
        package var handle: Handle
        /// What Apple thinks identifies the person, if anything.
        package var personID: String?
    }

    /// A row of the chat table with its participants.
    package struct ChatRow: Sendable {
        /// The row number.
        package var row: Int64
        /// Apple's name.
        package var guid: ChatGUID
        /// Whether the style is that of a group.
        package var isGroup: Bool
        /// The address or room name.
        package var identifier: String
        /// The group's UUID.
        package var groupID: String?
        /// The name given to it; only used to tell groups of the same people apart.
        package var displayName: String?
        /// The service column; empty or `any` on macOS 26.
        package var service: String?
        /// The rows of its participants, in order.
        package var handles: [Int64]
    }

    /// Chats that are one conversation.
    package struct Conversation: Sendable {
        /// The stable name.
        package var id: ChatID
        /// The rows of its chats, ascending.
        package var members: [Int64]
        /// Whether it is a group.
        package var isGroup: Bool
        /// Whether its only participant is one of our own addresses.
        package var isSelf: Bool
    }

    /// Handles by row.
    package let handles: [Int64: HandleRow]
    /// Chats by row.
    package let chats: [Int64: ChatRow]
    /// Conversations, by the row of their first member.
    package let conversations: [Conversation]
    /// Our own addresses, as far as the database or the address book proves them.
    package let ownAddresses: Set<HandleKey>

    private let conversationOfChat: [Int64: Int]
    private let conversationOfID: [ChatID: Int]

    /// Merges and names the chats.
    package init(
        handles: [Int64: HandleRow], chats: [Int64: ChatRow], lookups: [[Int64]], ownAddresses: Set<HandleKey>,
        identities: ChatIdentities, line: LineID
    ) {
        self.handles = handles
        self.chats = chats
        self.ownAddresses = ownAddresses
        let groups = ChatMerger(handles: handles, chats: chats, lookups: lookups).conversations()
        let ids = identities.names(of: groups.map { $0.compactMap { chats[$0]?.guid } }, line: line)
        var conversations: [Conversation] = []
        var byChat: [Int64: Int] = [:]
        var byID: [ChatID: Int] = [:]
        for (members, id) in zip(groups, ids) {
            let isGroup = chats[members[0]]?.isGroup ?? false
            let addresses = Set(
                members.flatMap { member -> [HandleKey] in
                    guard let chat = chats[member] else { return [] }
                    let known = chat.handles.compactMap { handles[$0]?.handle.key }
                    return known.isEmpty ? [HandleKey(chat.identifier)] : known
                }
            )
            byID[id] = conversations.count
            for member in members { byChat[member] = conversations.count }
            conversations.append(
                Conversation(
                    id: id, members: members, isGroup: isGroup,
                    isSelf: !isGroup && !addresses.isEmpty && addresses.isSubset(of: ownAddresses)
                )
            )
        }
        self.conversations = conversations
        conversationOfChat = byChat
        conversationOfID = byID
    }

    /// The conversation that holds the chat of `row`.
    package func conversation(ofChat row: Int64) -> Conversation? {
        conversationOfChat[row].map { conversations[$0] }
    }

    /// The conversation of that name.
    package func conversation(_ id: ChatID) -> Conversation? {
        conversationOfID[id].map { conversations[$0] }
    }

    /// The handle of `row`; nil for 0 and rows that are gone.
    package func handle(_ row: Int64) -> Handle? {
        row == 0 ? nil : handles[row]?.handle
    }

    /// The participants of a conversation, each address once, in the order of its newest chat.
    package func participants(of conversation: Conversation, newest: Int64) -> [Handle] {
        var seen: Set<HandleKey> = []
        var found: [Handle] = []
        for member in [newest] + conversation.members.reversed() {
            for row in chats[member]?.handles ?? [] {
                guard let handle = handles[row]?.handle, seen.insert(handle.key).inserted else { continue }
                found.append(handle)
            }
        }
        if found.isEmpty, !conversation.isGroup, let chat = chats[newest] {
            found.append(Handle(address: chat.identifier, channel: Channel(service: chat.service)))
        }
        return found
    }
}
