//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import BluewireState
import BluewireTransport
import BluewireWire
import HTTPTypes
import Hummingbird

/// Messages and what can be done to them.
enum MessageRoutes {
    static let routes = [one, send, edit, unsend, tapback, removeTapback]

    private static let one = Route.get(
        "/v1/messages/{message}", "getMessage", .scope(.messagesRead), "One message as it is now.",
        gives: NativeMessage.self
    ) { call in NativeMessage(try await call.message(), names: call.context.names) }

    private static let send = Route.take(
        .post, "/v1/messages", "sendMessage", .scope(.messagesSend),
        "Send a message; the answer is a send whose state can be followed.",
        body: NativeSendRequest.self, gives: NativeSend.self, status: .accepted
    ) { call, request in
        let caller = try call.principal()
        if request.namesFiles, !caller.isLocalOwner { throw NativeProblem.filesAreLocal }
        let attachments = try await StagedAttachments(request.uploads, call)
        let send = try await call.submit(
            .message(try request.draft(path: attachments.path(of:))), to: try await recipient(of: request, call),
            asWritten: request.chat ?? request.to?.values.joined(separator: ","), line: request.line,
            notBefore: request.sendAt?.timestamp, files: attachments.identities)
        try await attachments.keep(for: send)
        return send
    }.detail(
        "Name either `chat` or `to`. Accepted means stored for good; follow `GET /v1/sends/{send}` or `send.updated` events."
    ).headers(.idempotencyKey).problems(
        .ambiguous, .unsupported, .conflict, .notFound, .filesAreLocal, .forbidden, .keyReused)

    private static let edit = Route.take(
        .patch, "/v1/messages/{message}", "editMessage", .scope(.messagesSend),
        "Change the text of an own message.", body: NativeEditRequest.self, gives: NativeSend.self, status: .accepted
    ) { call, request in
        let message = try await call.message()
        return try await call.submit(
            .edit(target: message.id, part: request.part ?? 0, text: request.text), on: message)
    }.headers(.idempotencyKey).problems(.unsupported, .conflict, .forbidden, .keyReused)

    private static let unsend = Route.act(
        .delete, "/v1/messages/{message}", "unsendMessage", .scope(.messagesSend), "Take back an own message.",
        gives: NativeSend.self, status: .accepted
    ) { call in
        let message = try await call.message()
        return try await call.submit(
            .unsend(target: message.id, part: call.query("part").flatMap(Int.init) ?? 0), on: message)
    }.query(.part).headers(.idempotencyKey).problems(.unsupported, .conflict, .forbidden, .keyReused)

    private static let tapback = Route.take(
        .post, "/v1/messages/{message}/tapbacks", "addTapback", .scope(.reactionsSend),
        "Put a tapback on a message, or take it off.", body: NativeTapbackRequest.self, gives: NativeSend.self,
        status: .accepted
    ) { call, request in
        let message = try await call.message()
        return try await call.submit(try request.action(on: message.id), on: message)
    }.headers(.idempotencyKey).problems(.unsupported, .conflict, .forbidden, .keyReused)

    private static let removeTapback = Route.act(
        .delete, "/v1/messages/{message}/tapbacks/{kind}", "removeTapback", .scope(.reactionsSend),
        "Take an own tapback off a message.", gives: NativeSend.self, status: .accepted
    ) { call in
        let message = try await call.message()
        let request = NativeTapbackRequest(
            kind: try call.parameter("kind"), emoji: call.query("emoji"), part: call.query("part").flatMap(Int.init),
            remove: true)
        return try await call.submit(try request.action(on: message.id), on: message)
    }.query(.part, .text("emoji", "The emoji of kind `emoji`.", "🔥")).headers(.idempotencyKey)
        .problems(.unsupported, .conflict, .forbidden, .keyReused, .invalidRequest)

    /// Whom a request is for; an address that has a chat already becomes that chat.
    private static func recipient(of request: NativeSendRequest, _ call: Call) async throws -> Recipient {
        switch (request.chat, request.to) {
        case (let chat?, nil): return .chat(try await call.chat(chat).id)
        case (nil, let several?) where several.values.count != 1:
            // A new group is no chat of anybody's list.
            guard try call.principal().chats == nil else { throw NativeProblem.notFound("chat") }
            return .group(several.values, name: request.name)
        case (nil, let one?):
            let address = one.values[0]
            let matches = try await call.context.store.chats(matching: address)
            if matches.count == 1 { return .chat(try await call.chat(address).id) }
            // A first message to an address is for no chat of the list.
            guard try call.principal().chats == nil else { throw NativeProblem.notFound("chat") }
            return .handle(address)
        default:
            throw NativeProblem.badRequest(
                "The body names no recipient, or two.", remedy: "Send either “chat” or “to”.")
        }
    }
}

extension QueryItem {
    /// A part of a message.
    static let part = number("part", "The part; the first when absent.", 0...999, 0)
}

extension Call {
    /// Hands an action to the gate under the caller's key.
    func submit(
        _ action: Send.Action, to recipient: Recipient, asWritten: String? = nil, line: String? = nil,
        notBefore: Timestamp? = nil, files: [String]? = nil
    ) async throws -> NativeSend {
        let key = request.headers[.idempotencyKey]
        var wanted = SendRequest(
            recipient: recipient, recipientAsWritten: asWritten, line: line.map(LineID.init(rawValue:)),
            action: action, key: key, origin: try principal().id)
        wanted.notBefore = notBefore
        wanted.fileIdentities = files
        return NativeSend(try await context.sender.submit(wanted))
    }

    /// As ``submit(_:to:asWritten:line:notBefore:files:)``, for what is done to a message.
    func submit(_ action: Send.Action, on message: Message) async throws -> NativeSend {
        guard let chat = message.chat else { throw NativeProblem.notFound("chat of this message") }
        return try await submit(action, to: .chat(chat), line: message.line.rawValue)
    }
}
