//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import BluewireServer
import BluewireStore

/// The store as the server reads it.
struct StoreConversations: ConversationReading {
    let store: MessageStore

    func chat(_ id: ChatID) async throws -> Chat? { try await store.chat(id) }

    func recentMessages(in chat: ChatID, limit: Int) async throws -> [Message] {
        try await store.recentMessages(in: chat, limit: limit)
    }

    func message(_ id: MessageID) async throws -> Message? { try await store.message(id) }

    func chatPage(limit: Int, before: PageCursor?, text: String?) async throws -> Page<ChatSummary> {
        let page = try await store.chats(ChatQuery(limit: limit, before: before, text: text))
        let last = try await store.lastMessages(of: page.elements)
        return Page(
            elements: page.elements.map { ChatSummary(chat: $0, lastMessage: last[$0.id]) },
            next: page.next, previous: page.previous
        )
    }

    func messagePage(
        in chat: ChatID, limit: Int, before: PageCursor?, after: PageCursor?
    ) async throws -> Page<Message> {
        try await store.messages(in: chat, MessageQuery(limit: limit, before: before, after: after))
    }

    func chats(matching reference: String) async throws -> [Chat] {
        switch try await store.resolve(reference) {
        case .chat(let chat): [chat]
        case .ambiguous(let chats): chats
        case .none: []
        }
    }

    func attachmentFile(_ guid: String) async throws -> BluewireServer.AttachmentFile? {
        do {
            let file = try await store.attachmentFile(guid)
            return file.map { BluewireServer.AttachmentFile(attachment: $0.attachment, path: $0.path, chats: $0.chats) }
        } catch let error as StoreError where error.code == .noFile {
            return nil
        }
    }
}
