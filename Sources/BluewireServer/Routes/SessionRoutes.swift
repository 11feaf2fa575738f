//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireState
import BluewireWire
import HTTPTypes
import Hummingbird

/// Web sessions: a one-time code or a token becomes a cookie that scripts cannot read.
enum SessionRoutes {
    static let routes = [open, close]

    private static let open = Route.raw(
        .post, "/v1/session", "openSession", .open, "Exchange a one-time code or a token for a session cookie.",
        body: .json(NativeSessionRequest.self),
        answers: [.status(.noContent, "The cookie is set; scripts cannot read it.")]
    ) { call in
        guard
            call.server.origins.accepts(origin: call.request.headers[.origin], host: call.request.head.authority)
        else { throw NativeProblem.foreignOrigin }
        let request: NativeSessionRequest = try await call.body()
        let secret = try await call.server.authenticator.openSession(
            with: request.token, peer: call.requestContext.peer)
        return Response(status: .noContent, headers: [.setCookie: cookie(secret, maxAge: 2_592_000)])
    }.problems(.badCode, .foreignOrigin)

    private static let close = Route.raw(
        .delete, "/v1/session", "closeSession", .scope(.chatsRead), "End the session of the cookie.",
        answers: [.status(.noContent, "The session has ended.")]
    ) { call in
        let caller = try call.principal()
        if caller.isSession { try await call.server.authenticator.tokens.closeSession(caller.id) }
        return Response(status: .noContent, headers: [.setCookie: cookie("", maxAge: 0)])
    }

    private static func cookie(_ value: String, maxAge: Int) -> String {
        "\(Authenticator.cookie)=\(value); Path=/; Max-Age=\(maxAge); HttpOnly; SameSite=Strict"
    }
}
