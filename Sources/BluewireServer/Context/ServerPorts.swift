//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireEvents
package import BluewireModel
package import BluewireStore
package import BluewireTransport

/// Reads chats and messages page by page.
package protocol ConversationReading: ChatReading {
    /// A page of chats, newest message first, each with that message; `text` filters by name or address.
    func chatPage(limit: Int, before: PageCursor?, text: String?) async throws -> Page<ChatSummary>

    /// A page of a chat's messages, newest first.
    func messagePage(
        in chat: ChatID, limit: Int, before: PageCursor?, after: PageCursor?
    ) async throws -> Page<Message>

    /// The chats a caller may mean by an id, any GUID spelling or a bare address.
    func chats(matching reference: String) async throws -> [Chat]

    /// The file of an attachment; nil when there is none by that GUID.
    func attachmentFile(_ guid: String) async throws -> AttachmentFile?
}

/// A chat with its newest message.
package struct ChatSummary: Sendable {
    /// The chat.
    package var chat: Chat
    /// Its newest message.
    package var lastMessage: Message?

    /// A summary from its parts.
    package init(chat: Chat, lastMessage: Message?) {
        self.chat = chat
        self.lastMessage = lastMessage
    }
}

extension MessageStore: ConversationReading {
    package func chatPage(limit: Int, before: PageCursor?, text: String?) async throws -> Page<ChatSummary> {
        let page = try await chats(
            ChatQuery(limit: limit, before: before, text: text, includesFiltered: true, includesEmpty: true))
        let last = try await lastMessages(of: page.elements.map(\.id))
        let summaries = page.elements.map { ChatSummary(chat: $0, lastMessage: last[$0.id]) }
        return Page(elements: summaries, next: page.next, previous: page.previous)
    }

    package func messagePage(
        in chat: ChatID, limit: Int, before: PageCursor?, after: PageCursor?
    ) async throws -> Page<Message> {
        try await messages(in: chat, MessageQuery(limit: limit, before: before, after: after))
    }

    package func chats(matching reference: String) async throws -> [Chat] {
        switch try await resolve(reference) {
        case .chat(let chat): [chat]
        case .ambiguous(let chats): chats
        case .none: []
        }
    }
}

/// The outbox as callers see it.
package protocol SendManaging: Sendable {
    /// The newest sends, of a state or of all.
    func list(state: Send.State?, limit: Int) async throws -> [Send]

    /// Tries a failed or unknown send again.
    func retry(_ id: SendID) async throws(OutboundError) -> Send

    /// Cancels a queued send.
    func cancel(_ id: SendID) async throws(OutboundError) -> Send
}

extension Outbox: SendManaging {}
