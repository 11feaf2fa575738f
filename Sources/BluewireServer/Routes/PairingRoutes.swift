//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireEvents
import BluewireState
import BluewireWire
import HTTPTypes
import Hummingbird

/// One-time codes that become tokens.
enum PairingRoutes {
    static let routes = [pair]

    private static let pair = Route.take(
        .post, "/v1/pair", "pair", .open, "Exchange the one-time code of `bluewire pair` for a token.",
        body: NativePairRequest.self, gives: NativeToken.self, status: .created
    ) { call, request in
        do {
            guard
                call.server.origins.accepts(origin: call.request.headers[.origin], host: call.request.head.authority)
            else { throw NativeProblem.foreignOrigin }
            let made = try await call.server.authenticator.pair(
                with: request.code, peer: call.requestContext.peer)
            await call.context.audit?.record(.paired(made.token.id, scopes: made.token.scopes), by: made.token.id)
            return NativeToken(made.token, secret: made.secret)
        } catch let problem as NativeProblem {
            call.context.audit?.note(.pairingRefused(reason: problem.code), by: "unknown")
            throw problem
        } catch let limited as RateLimited {
            call.context.audit?.note(.pairingRefused(reason: limited.problem.code), by: "unknown")
            throw limited
        }
    }.detail(
        "A code works once and for ten minutes. The answer shows the secret of the token once. A code that is wrong, was "
            + "used or has ended gets the same answer, and so many of them make the address wait."
    ).problems(.badCode, .foreignOrigin)
}
