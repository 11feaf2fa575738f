//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireWire
import HTTPTypes
import Hummingbird

/// What a listener does around every request, whatever the routes are: it counts it, and seals cookies on TLS.
struct ListenerResponder<Base: HTTPResponder<GatewayRequestContext>>: HTTPResponder {
    typealias Context = GatewayRequestContext

    let base: Base
    let requests: RequestLimiter
    let policy: ConnectionPolicy

    @concurrent
    func respond(to request: Request, context: GatewayRequestContext) async throws -> Response {
        do {
            try requests.admit(address: context.peer)
        } catch {
            var response = Response.problem(error.problem)
            response.headers[.retryAfter] = error.retryAfter
            BoundaryMiddleware.harden(&response.headers)
            return response
        }
        var context = context
        if policy.wantsCertificates { context.certificate = policy.registry.certificate(of: context.channel) }
        var response = try await base.respond(to: request, context: context)
        if policy.isTLS { response.headers.secureCookies() }
        return response
    }
}

extension HTTPFields {
    /// Seals the cookies: one that was given over TLS never travels without.
    mutating func secureCookies() {
        let cookies = self[values: .setCookie]
        guard !cookies.isEmpty else { return }
        self[values: .setCookie] = cookies.map { $0.contains("; Secure") ? $0 : $0 + "; Secure" }
    }
}
