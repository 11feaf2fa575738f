//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireTransport
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
        let start = ContinuousClock.now
        let response = try await answer(to: request, context: context)
        GatewayMetrics.requests.note(
            route: context.routeTemplate, method: request.method.rawValue, status: response.status.code,
            duration: ContinuousClock.now - start)
        return response
    }

    @concurrent
    private func answer(to request: Request, context: GatewayRequestContext) async throws -> Response {
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

extension GatewayRequestContext {
    /// The template of the route that answered, for example `/v1/chats/{chat}`; nil when none fitted.
    var routeTemplate: String? {
        // The router's own name for requests that no route takes.
        endpointPath == "NotFound" ? nil : endpointPath
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
