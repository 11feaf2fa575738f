//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireEvents
import BluewireModel
import BluewireState
import BluewireTransport
import Foundation
import Synchronization
import Testing

@testable import BluewireServer
@testable import BluewireStore

/// A store of a few chats in memory.
struct MemoryStore: ConversationReading {
    var known: [Chat] = [MemoryStore.chat("ch_a", "+15551110001"), MemoryStore.chat("ch_b", "+15551110002")]
    var attachments: [String: AttachmentFile] = [:]
    var messages: [Message] = (1...5).map { MemoryStore.message("M-\($0)", "ch_a", row: Int64($0)) }

    static func chat(_ id: String, _ address: String) -> Chat {
        Chat(
            id: ChatID(rawValue: id), guid: ChatGUID(service: "any", isGroup: false, identifier: address),
            line: LineID(rawValue: "me"), isGroup: false,
            participants: [Participant(handle: Handle(address: address, channel: .iMessage))])
    }

    static func message(_ id: String, _ chat: String, row: Int64) -> Message {
        var message = Message(
            id: MessageID(rawValue: id), row: RowID(rawValue: row), line: LineID(rawValue: "me"), isFromMe: false,
            sentAt: Timestamp(seconds: 1_700_000_000 + row))
        message.chat = ChatID(rawValue: chat)
        message.body = MessageBody(text: "text \(row)")
        return message
    }

    func chat(_ id: ChatID) async throws -> Chat? { known.first { $0.id == id } }

    func recentMessages(in chat: ChatID, limit: Int) async throws -> [Message] {
        messages.filter { $0.chat == chat }.suffix(limit)
    }

    func message(_ id: MessageID) async throws -> Message? { messages.first { $0.id == id } }

    func chatPage(_ query: ChatPageQuery) async throws -> Page<ChatSummary> {
        Page(
            elements: known.filter { query.only?.contains($0.id) ?? true }.prefix(query.limit).map { chat in
                ChatSummary(chat: chat, lastMessage: messages.last { $0.chat == chat.id })
            })
    }

    func messagePage(
        in chat: ChatID, limit: Int, before: PageCursor?, after: PageCursor?
    ) async throws -> Page<Message> {
        if before?.generation == 9 {
            throw StoreError(.staleCursor, message: "The cursor is of another database.", remedy: "List again.")
        }
        let newest = messages.filter { $0.chat == chat && $0.row.rawValue < before?.row ?? .max }.reversed()
        let page = Array(newest.prefix(limit))
        let next =
            newest.count > limit ? page.last.map { PageCursor(date: 0, row: $0.row.rawValue, generation: 1) } : nil
        return Page(elements: page, next: next)
    }

    func chats(matching reference: String) async throws -> [Chat] {
        if reference == "both" { return known }
        return known.filter {
            $0.id.rawValue == reference || $0.guid.rawValue == reference || $0.guid.identifier == reference
        }
    }

    func attachment(_ guid: String) async throws -> BluewireModel.Attachment? { attachments[guid]?.attachment }

    func attachmentFile(_ guid: String) async throws -> AttachmentFile? { attachments[guid] }

    func chats(carrying attachment: String) async throws -> Set<ChatID> {
        attachments[attachment] == nil ? [] : [ChatID(rawValue: "ch_a")]
    }
}

/// Remembers what was asked of it.
final class RecordingOutbox: OutboundSending, SendManaging {
    private let state = Mutex<[(request: SendRequest, send: Send)]>([])

    var requests: [SendRequest] { state.withLock { $0.map(\.request) } }

    func submit(_ request: SendRequest) async throws(OutboundError) -> Send {
        if case .message(let draft) = request.action, draft.text.isEmpty {
            throw OutboundError(.invalid, message: "The draft is empty.", remedy: "Add text.")
        }
        return state.withLock { entries in
            let send = Send(
                id: SendID(rawValue: "sn_\(entries.count + 1)"), recipient: request.recipient,
                line: LineID(rawValue: "me"), action: request.action, createdAt: Timestamp(seconds: 1_700_000_000))
            entries.append((request, send))
            return send
        }
    }

    func signal(_ signal: Signal, in chat: ChatID) async {}

    func send(_ id: SendID) async throws -> Send? { state.withLock { $0.first { $0.send.id == id }?.send } }

    func list(state wanted: Send.State?, chats: Set<ChatID>?, limit: Int) async throws -> [Send] {
        let sends = state.withLock { $0.map(\.send).reversed() }
        let seen = sends.filter { send in
            guard let chats else { return true }
            return if case .chat(let chat) = send.recipient { chats.contains(chat) } else { false }
        }
        return Array(seen.prefix(limit))
    }

    func retry(_ id: SendID) async throws(OutboundError) -> Send {
        throw OutboundError(.conflict, message: "The send is queued.", remedy: "Wait.")
    }

    func cancel(_ id: SendID) async throws(OutboundError) -> Send {
        throw OutboundError(.conflict, message: "The send is gone.", remedy: "Wait.")
    }
}

/// Everything a server needs, with real databases in a folder that goes away.
final class Fixture: Sendable {
    let folder: URL
    let journal: Journal
    let state: StateDatabase
    let outbox = RecordingOutbox()
    let context: ServerContext

    init(
        attachments: [String: AttachmentFile] = [:], maker: (any ThumbnailMaking)? = nil,
        limits: UploadStore.Limits = UploadStore.Limits()
    ) throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "bluewire-server-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        journal = try Journal(path: folder.appending(path: "journal.db").path)
        state = try StateDatabase(path: folder.appending(path: "state.db").path)
        var context = ServerContext(
            store: MemoryStore(attachments: attachments), journal: journal, state: state, sender: outbox, sends: outbox,
            lines: [])
        context.uploads = UploadStore(folder: folder.appending(path: "uploads").path, state: state, limits: limits)
        context.hooks = HookReceiver(state: state, sender: outbox)
        let pictures = folder.appending(path: "thumbnails").path
        context.thumbnails = maker.map { ThumbnailCache(folder: pictures, maker: $0) }
        self.context = context
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    func token(_ scopes: Set<Scope> = Scope.all, chats: Set<ChatID>? = nil) async throws -> String {
        try await state.tokens().create(name: "test", scopes: scopes, chats: chats).secret
    }

    /// Journals messages in a chat.
    func append(_ names: [String], chat: String = "ch_a", text: String? = nil) async throws {
        try await journal.append(
            names.enumerated().map { index, name in
                var message = MemoryStore.message(name, chat, row: Int64(index))
                if let text { message.body = MessageBody(text: text) }
                return EventDraft(
                    kind: .messageCreated, line: LineID(rawValue: "me"), chat: ChatID(rawValue: chat), subject: name,
                    identity: .once,
                    snapshot: .message(message, changed: [], arrival: .new))
            })
    }
}

/// Compares two values that had to be fetched.
func expectEqual<Value: Equatable>(
    _ found: Value, _ wanted: Value, at location: SourceLocation = #_sourceLocation
) {
    #expect(found == wanted, sourceLocation: location)
}
