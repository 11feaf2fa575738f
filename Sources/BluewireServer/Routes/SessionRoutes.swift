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
    static let routes: [Route] = [
        .post("/v1/session", .open, "Exchange a one-time code for a session cookie.") { call in
            guard
                call.server.origins.accepts(
                    origin: call.request.headers[.origin], host: call.request.head.authority)
            else { throw NativeProblem.foreignOrigin }
            let request: NativeSessionRequest = try await call.body()
            let secret = try await call.server.authenticator.openSession(
                with: request.token, peer: call.requestContext.peer)
            return Response(status: .noContent, headers: [.setCookie: cookie(secret, maxAge: 2_592_000)])
        },
        .delete("/v1/session", .scope(.read), "End the session of the cookie.") { call in
            let caller = try call.principal()
            if caller.isSession { try await call.server.authenticator.tokens.closeSession(caller.id) }
            return Response(status: .noContent, headers: [.setCookie: cookie("", maxAge: 0)])
        },
    ]

    private static func cookie(_ value: String, maxAge: Int) -> String {
        "\(Authenticator.cookie)=\(value); Path=/; Max-Age=\(maxAge); HttpOnly; SameSite=Strict"
    }
}
