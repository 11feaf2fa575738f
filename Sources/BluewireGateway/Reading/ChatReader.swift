//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import BluewireState
import BluewireStore
package import BluewireWire
// Full Foundation: looking for the state directory.
import Foundation

/// Reads chats for a command: through the running gateway, or the database itself when none runs.
///
/// On macOS the gateway has the permissions and a command typed in a terminal may not; hence the preference.
package struct ChatReader: Sendable {
    private let backend: Backend

    private enum Backend: Sendable {
        case gateway(GatewayClient)
        case store(MessageStore)
    }

    /// Opens whatever can be read.
    ///
    /// - Parameters:
    ///   - direct: reads the database even when a gateway runs.
    ///   - remote: the gateway to ask instead of the one of the state directory.
    /// - Throws: ``GatewayError`` or the store's error when nothing can be read.
    package static func open(
        _ configuration: GatewayConfiguration, direct: Bool, remote: RemoteGateway? = nil
    ) async throws -> ChatReader {
        if !direct, let client = await RunningGateway.client(configuration, remote: remote) {
            return ChatReader(backend: .gateway(client))
        }
        return ChatReader(backend: .store(try StoreFactory.store(configuration)))
    }

    /// The newest chats.
    package func chats(limit: Int, query: String?) async throws -> NativeList<NativeChat> {
        switch backend {
        case .gateway(let client):
            return try await client.chats(limit: limit, query: query)
        case .store(let store):
            let (page, last) = try await store.chatsWithLastMessages(ChatQuery(limit: limit, text: query))
            return NativeList(page) { NativeChat($0, lastMessage: last[$0.id]) }
        }
    }

    /// A page of a chat, newest first.
    ///
    /// - Throws: ``GatewayError`` when the reference names no chat or several.
    package func messages(in reference: String, limit: Int, before: String?) async throws -> NativeList<NativeMessage> {
        switch backend {
        case .gateway(let client):
            return try await client.messages(in: reference, limit: limit, before: before)
        case .store(let store):
            let chat = try await Self.chat(reference, in: store)
            let query = MessageQuery(limit: limit, before: before.flatMap { PageCursor($0) })
            return NativeList(try await store.messages(in: chat.id, query)) { NativeMessage($0) }
        }
    }

    /// The ids of every chat, empty and filtered ones included.
    package func everyChat() async throws -> [String] {
        var ids: [String] = []
        switch backend {
        case .gateway(let client):
            var cursor: String?
            repeat {
                let page = try await client.everyChat(after: cursor)
                ids += page.data.map(\.id)
                cursor = page.next
            } while cursor != nil
        case .store(let store):
            var cursor: PageCursor?
            repeat {
                let page = try await store.chats(
                    ChatQuery(limit: 1000, before: cursor, includesFiltered: true, includesEmpty: true)
                )
                ids += page.elements.map(\.id.rawValue)
                cursor = page.next
            } while cursor != nil
        }
        return ids
    }

    /// Hands over every row of a chat, newest first, in pages; rows of tapbacks included when the database is read.
    package func everyMessage(in reference: String, _ body: ([NativeMessage]) -> Void) async throws {
        switch backend {
        case .gateway(let client):
            var cursor: String?
            repeat {
                let page = try await client.messages(in: reference, limit: 1000, before: cursor)
                body(page.data)
                cursor = page.next
            } while cursor != nil
        case .store(let store):
            let chat = try await Self.chat(reference, in: store)
            var cursor: PageCursor?
            repeat {
                let page = try await store.messages(
                    in: chat.id, MessageQuery(limit: 1000, before: cursor, includesTapbacks: true)
                )
                body(page.elements.map { NativeMessage($0) })
                cursor = page.next
            } while cursor != nil
        }
    }

    private static func chat(_ reference: String, in store: MessageStore) async throws -> Chat {
        switch try await store.resolve(reference) {
        case .chat(let chat): return chat
        case .ambiguous(let chats): throw GatewayError.ambiguous(chats)
        case .none: throw GatewayError.noSuchChat
        }
    }
}

/// The gateway a command talks to.
package enum RunningGateway {
    /// A client of the gateway that was named, else of the one that holds this state, when it answers.
    ///
    /// A gateway that was named is never replaced by another one: what is wrong with it shows at the first request.
    package static func client(
        _ configuration: GatewayConfiguration, remote: RemoteGateway? = nil
    ) async -> GatewayClient? {
        if let remote { return GatewayClient(.remote(remote)) }
        // Looking for a gateway must not make the directory of one.
        guard FileManager.default.fileExists(atPath: configuration.stateDirectory),
            let directory = try? StateDirectory(path: configuration.stateDirectory)
        else { return nil }
        let client = GatewayClient(.socket(path: directory.socketPath))
        return await client.isAnswering ? client : nil
    }

    /// A client of the gateway that was named, else of the one that holds this state.
    ///
    /// - Throws: ``GatewayError`` when none runs.
    package static func required(
        _ configuration: GatewayConfiguration, remote: RemoteGateway?
    ) async throws(GatewayError) -> GatewayClient {
        guard let client = await client(configuration, remote: remote) else {
            throw GatewayError(
                .unavailable, message: "No gateway answers.",
                remedy: "Start `bluewire serve`, or name another one with --gateway.")
        }
        return client
    }
}
