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
    static let routes: [Route] = [
        .get("/v1/messages/{message}", .scope(.read), "One message as it is now.") { call in
            .json(NativeMessage(try await call.message(), names: call.context.names))
        },
        .post("/v1/messages", .scope(.send), "Send a message; the answer is a send whose state can be followed.") {
            call in
            let caller = try call.principal()
            let request: NativeSendRequest = try await call.body()
            if request.files?.isEmpty == false, !caller.isLocalOwner { throw NativeProblem.filesAreLocal }
            return try await submit(
                call, to: try await recipient(of: request, call), asWritten: request.chat ?? request.to,
                line: request.line, action: .message(request.draft))
        },
        .post("/v1/messages/{message}/tapbacks", .scope(.send), "Put a tapback on a message, or take it off.") { call in
            let message = try await call.message()
            guard let chat = message.chat else { throw NativeProblem.notFound("chat of this message") }
            let request: NativeTapbackRequest = try await call.body()
            return try await submit(
                call, to: .chat(chat), line: message.line.rawValue, action: try request.action(on: message.id))
        },
    ]

    private static func submit(
        _ call: Call, to recipient: Recipient, asWritten: String? = nil, line: String?, action: Send.Action
    ) async throws -> Response {
        let send = try await call.context.sender.submit(
            SendRequest(
                recipient: recipient, recipientAsWritten: asWritten, line: line.map(LineID.init(rawValue:)),
                action: action, key: call.request.headers[.idempotencyKey], origin: try call.principal().id))
        return .json(NativeSend(send), status: .accepted)
    }

    /// Whom a request is for; an address that has a chat already becomes that chat.
    private static func recipient(of request: NativeSendRequest, _ call: Call) async throws -> Recipient {
        switch (request.chat, request.to) {
        case (let chat?, nil): return .chat(try await call.chat(chat).id)
        case (nil, let address?):
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

extension NativeProblem {
    /// Files by path from a caller elsewhere.
    static let filesAreLocal = NativeProblem(
        status: 403, code: "files_are_local", title: "Not allowed",
        detail: "Files are named by paths, which only programs on the gateway's own socket may do.",
        remedy: "Use “bluewire send --file”, on the machine of the gateway.")
}
