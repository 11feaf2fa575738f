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
    static let routes: [Route] = [
        .get("/v1/sends", .scope(.read), "List sends, newest first.") { call in
            let caller = try call.principal()
            let state = call.query("state").map(Send.State.init(rawValue:))
            let sends = try await call.context.sends.list(state: state, limit: try call.limit())
            return .json(NativeList(sends.filter { caller.sees($0.recipient.chat) }.map(NativeSend.init)))
        },
        .get("/v1/sends/{send}", .scope(.read), "One send with its state.") { call in
            .json(NativeSend(try await send(call)))
        },
        .post("/v1/sends/{send}/retry", .scope(.send), "Try a failed or unknown send again.") { call in
            let send = try await send(call)
            return .json(NativeSend(try await call.context.sends.retry(send.id)), status: .accepted)
        },
        .post("/v1/sends/{send}/cancel", .scope(.send), "Cancel a queued send.") { call in
            let send = try await send(call)
            return .json(NativeSend(try await call.context.sends.cancel(send.id)))
        },
    ]

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
