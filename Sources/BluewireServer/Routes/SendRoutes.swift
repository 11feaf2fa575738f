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

/// Sends and their states.
enum SendRoutes {
    static let routes = [list, one, attempts, retry, cancel]

    private static let list = Route.get(
        "/v1/sends", "listSends", .scope(.messagesRead), "List sends, newest first.", gives: NativeList<NativeSend>.self
    ) { call in
        let caller = try call.principal()
        let state = call.query("state").map(Send.State.init(rawValue:))
        let sends = try await call.context.sends.list(state: state, chats: caller.chats, limit: try call.limit())
        return NativeList(sends.filter { caller.sees($0.recipient.chat) }.map(NativeSend.init))
    }.query(.limit, .choice("state", "Only sends in this state.", Send.State.all.map(\.rawValue)))

    private static let one = Route.get(
        "/v1/sends/{send}", "getSend", .scope(.messagesRead), "One send with its state.", gives: NativeSend.self
    ) { call in NativeSend(try await send(call)) }

    private static let attempts = Route.get(
        "/v1/sends/{send}/attempts", "listAttempts", .scope(.messagesRead),
        "Every try to hand a send to a transport, in order.", gives: NativeList<NativeAttempt>.self
    ) { call in
        NativeList(try await call.context.state.sends.attempts(of: try await send(call).id).map(NativeAttempt.init))
    }

    private static let retry = Route.act(
        .post, "/v1/sends/{send}/retry", "retrySend", .scope(.messagesSend), "Try a failed or unknown send again.",
        gives: NativeSend.self, status: .accepted
    ) { call in
        NativeSend(try await call.context.sends.retry(try await send(call).id))
    }.detail("An unknown send may have gone out: whoever retries it decides that it may arrive twice.")
        .problems(.conflict)

    private static let cancel = Route.act(
        .post, "/v1/sends/{send}/cancel", "cancelSend", .scope(.messagesSend), "Cancel a queued send.",
        gives: NativeSend.self
    ) { call in
        NativeSend(try await call.context.sends.cancel(try await send(call).id))
    }.problems(.conflict)

    /// The send named in the path, if the caller may see it.
    private static func send(_ call: Call) async throws -> Send {
        let id = SendID(rawValue: try call.parameter("send"))
        guard let send = try await call.context.sender.send(id), try call.principal().sees(send.recipient.chat) else {
            throw NativeProblem.notFound("send")
        }
        return send
    }
}

extension Recipient {
    /// The chat, when it is one.
    var chat: ChatID? {
        if case .chat(let id) = self { id } else { nil }
    }
}
