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
    /// A page of chats, newest message first, each with that message.
    func chatPage(_ query: ChatPageQuery) async throws -> Page<ChatSummary>

    /// A page of a chat's messages, newest first.
    func messagePage(
        in chat: ChatID, limit: Int, before: PageCursor?, after: PageCursor?
    ) async throws -> Page<Message>

    /// A page of the messages of the chat a caller may mean by `reference`, if `isVisible` lets it pass.
    ///
    /// - Parameter render: the same function for all callers, because what it made may be used again.
    func renderedPage(
        matching reference: String, _ query: MessageQuery, isVisible: @escaping @Sendable (ChatID) -> Bool,
        render: @escaping @Sendable (Page<Message>) -> [UInt8]
    ) async throws -> RenderedPage

    /// The chats a caller may mean by an id, any GUID spelling or a bare address.
    func chats(matching reference: String) async throws -> [Chat]

    /// What is known of an attachment; nil when there is none by that GUID.
    func attachment(_ guid: String) async throws -> Attachment?

    /// The file of an attachment; nil when there is none by that GUID.
    func attachmentFile(_ guid: String) async throws -> AttachmentFile?

    /// The chats whose messages carry an attachment.
    func chats(carrying attachment: String) async throws -> Set<ChatID>
}

/// Which chats to list.
package struct ChatPageQuery: Hashable, Sendable {
    /// At most this many.
    package var limit: Int
    /// Only chats older than this position.
    package var before: PageCursor?
    /// Only chats whose name or address contains this.
    package var text: String?
    /// Whether chats Messages filters away are listed too.
    package var includesFiltered: Bool
    /// Whether chats without a message are listed too.
    package var includesEmpty: Bool
    /// The only chats to list; nil for all.
    package var only: Set<ChatID>?

    /// A query from its fields.
    package init(
        limit: Int, before: PageCursor? = nil, text: String? = nil, includesFiltered: Bool = false,
        includesEmpty: Bool = false, only: Set<ChatID>? = nil
    ) {
        self.limit = limit
        self.before = before
        self.text = text
        self.includesFiltered = includesFiltered
        self.includesEmpty = includesEmpty
        self.only = only
    }
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

extension ConversationReading {
    /// A page of the messages of the chat a caller may mean, with one read for each step.
    package func renderedPage(
        matching reference: String, _ query: MessageQuery, isVisible: @escaping @Sendable (ChatID) -> Bool,
        render: @escaping @Sendable (Page<Message>) -> [UInt8]
    ) async throws -> RenderedPage {
        let found = try await chats(matching: reference).map(\.id).filter(isVisible)
        guard let chat = found.first else { return .none }
        guard found.count == 1 else { return .ambiguous(found) }
        return .page(
            render(try await messagePage(in: chat, limit: query.limit, before: query.before, after: query.after)))
    }
}

extension MessageStore: ConversationReading {
    package func chatPage(_ query: ChatPageQuery) async throws -> Page<ChatSummary> {
        var wanted = ChatQuery(
            limit: query.limit, before: query.before, text: query.text, includesFiltered: query.includesFiltered,
            includesEmpty: query.includesEmpty)
        var (page, last) = try await chatsWithLastMessages(wanted)
        if let only = query.only {
            // Few of many: read on until the page is full of what the caller sees, never past it.
            var found = page.elements.filter { only.contains($0.id) }
            while found.count < query.limit, let next = page.next {
                wanted.before = next
                wanted.limit = query.limit - found.count
                let more = try await chatsWithLastMessages(wanted)
                page = more.page
                found += page.elements.filter { only.contains($0.id) }
                last.merge(more.last) { first, _ in first }
            }
            page.elements = found
        }
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
    /// The newest sends, of a state or of all, and to one of `chats` or, when nil, to anybody.
    func list(state: Send.State?, chats: Set<ChatID>?, limit: Int) async throws -> [Send]

    /// Tries a failed or unknown send again.
    func retry(_ id: SendID) async throws(OutboundError) -> Send

    /// Cancels a queued send.
    func cancel(_ id: SendID) async throws(OutboundError) -> Send
}

extension Outbox: SendManaging {}
