//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import BluewireState
import BluewireTransport
import BluewireWire
import Hummingbird

/// Chats and their messages.
enum ChatRoutes {
    static let routes: [Route] = [
        .get("/v1/chats", .scope(.read), "List chats, the newest message first.") { call in
            let caller = try call.principal()
            let page = try await call.context.store.chatPage(
                limit: try call.limit(), before: try call.pageCursor("cursor"), text: call.query("q"))
            let visible = page.elements.filter { caller.sees($0.chat.id) }
            return .json(
                NativeList(
                    visible.map { NativeChat($0.chat, lastMessage: $0.lastMessage) }, next: page.next?.description,
                    previous: page.previous?.description))
        },
        .get("/v1/chats/{chat}", .scope(.read), "One chat.") { call in
            let chat = try await call.chat()
            let last = try await call.context.store.recentMessages(in: chat.id, limit: 1).last
            return .json(NativeChat(chat, lastMessage: last))
        },
        .get("/v1/chats/{chat}/messages", .scope(.read), "List messages of a chat, newest first.") { call in
            let chat = try await call.chat()
            let page = try await call.context.store.messagePage(
                in: chat.id, limit: try call.limit(), before: try call.pageCursor("before"),
                after: try call.pageCursor("after"))
            let names = call.context.names
            return .json(NativeList(page) { NativeMessage($0, names: names) })
        },
        .post("/v1/chats/{chat}/typing", .scope(.send), "Show or hide the typing indicator.") { call in
            let chat = try await call.chat()
            let request: NativeTypingRequest = try await call.body()
            await call.context.sender.signal(.typing(isOn: request.on), in: chat.id)
            return .empty
        },
        .post("/v1/chats/{chat}/read", .scope(.send), "Mark a chat as read.") { call in
            let chat = try await call.chat()
            await call.context.sender.signal(.read, in: chat.id)
            return .empty
        },
    ]
}
