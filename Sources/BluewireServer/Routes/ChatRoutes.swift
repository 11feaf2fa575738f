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
    static let routes = [list, one, messages, typing, read]

    private static let list = Route.get(
        "/v1/chats", "listChats", .scope(.chatsRead), "List chats, the newest message first.",
        gives: NativeList<NativeChat>.self
    ) { call in
        let query = ChatPageQuery(
            limit: try call.limit(), before: try call.pageCursor("cursor"), text: call.query("q"),
            includesFiltered: call.query("filtered") == "true", includesEmpty: call.query("empty") == "true",
            only: try call.principal().chats)
        let page = try await call.context.store.chatPage(query)
        return NativeList(page) { NativeChat($0.chat, lastMessage: $0.lastMessage) }
    }.query(
        .limit, .page("cursor", "Where the page starts: `next` of the page before."),
        .text("q", "Only chats whose name or address contains this.", "ada"),
        .flag("filtered", "Whether chats Messages filters away (junk, unknown senders, archived) are listed too."),
        .flag("empty", "Whether chats without a message are listed too."))

    private static let one = Route.get(
        "/v1/chats/{chat}", "getChat", .scope(.chatsRead), "One chat.", gives: NativeChat.self
    ) { call in
        let chat = try await call.chat()
        let last = try await call.context.store.recentMessages(in: chat.id, limit: 1).last
        return NativeChat(chat, lastMessage: last)
    }

    private static let messages = Route.raw(
        .get, "/v1/chats/{chat}/messages", "listMessages", .scope(.messagesRead),
        "List messages of a chat, newest first.", answers: [.json(NativeList<NativeMessage>.self)]
    ) { call in
        .json(bytes: try await call.messagePage())
    }.query(
        .limit, .page("before", "Only older messages: `next` of a page."),
        .page("after", "Only newer messages: `previous` of a page."))

    private static let typing = Route.take(
        .post, "/v1/chats/{chat}/typing", "setTyping", .scope(.messagesSend), "Show or hide the typing indicator.",
        body: NativeTypingRequest.self
    ) { call, request in
        await call.context.sender.signal(.typing(isOn: request.on), in: try await call.chat().id)
    }.detail("Does nothing where no transport of the line can show it.")

    private static let read = Route.act(
        .post, "/v1/chats/{chat}/read", "markRead", .scope(.messagesSend), "Mark a chat as read."
    ) { call in
        await call.context.sender.signal(.read, in: try await call.chat().id)
    }.detail("Does nothing where no transport of the line can do it.")
}
