//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireEvents
import BluewireState
import BluewireWire
import HTTPTypes
package import Hummingbird

/// The parts all routes and sockets share.
package final class ServerCore: Sendable {
    /// What the gateway lends.
    package let context: ServerContext
    let authenticator: Authenticator
    let origins: OriginPolicy
    let feed: EventFeed
    let requests: RequestLimiter
    let sockets: SocketCounter
    /// The API description, made once.
    let description: [UInt8]

    /// The parts for a context, and who may talk to it.
    package init(context: ServerContext, access: AccessRules = AccessRules()) {
        self.context = context
        let limits = access.limits
        origins = OriginPolicy(names: access.hosts)
        requests = RequestLimiter(
            elsewhere: limits.requests, loopback: limits.requestsOnLoopback, clock: context.clock)
        sockets = SocketCounter(elsewhere: limits.sockets, loopback: limits.socketsOnLoopback)
        authenticator = Authenticator(
            tokens: context.state.tokens(clock: context.clock), origins: origins,
            failures: FailedAttempts(clock: context.clock, free: limits.failures), requests: requests,
            clients: access.clients)
        var document = OpenAPIDocument(version: context.version)
        description = (try? document.json().json) ?? []
        feed = EventFeed(journal: context.journal, render: context.render)
    }

    /// A router over the table.
    package func router() -> Router<GatewayRequestContext> {
        let router = Router(context: GatewayRequestContext.self)
        router.add(middleware: BoundaryMiddleware(origins: origins))
        for route in RouteTable.all {
            router.on(RouterPath(route.path), method: route.method) { request, context in
                var call = Call(request: request, requestContext: context, caller: nil, server: self)
                if case .scope(let scope) = route.access {
                    let caller = try await self.caller(request, context)
                    guard caller.may(scope) else {
                        self.context.audit?.note(.scopeDenied(scope, operation: route.contract.name), by: caller.id)
                        throw NativeProblem.missing(scope)
                    }
                    // What concerns the whole gateway is not for callers who see only some chats.
                    if caller.chats != nil, route.concernsEveryChat {
                        throw NativeProblem.seesSomeChatsOnly
                    }
                    call.caller = caller
                }
                if route.contract.isListed {
                    try call.checkQuery(route.contract)
                    try call.checkHeaders(route.contract)
                }
                return try await route.handler(call)
            }
        }
        return router
    }

    /// Who sent a request; what is refused is written down.
    private func caller(_ request: Request, _ source: GatewayRequestContext) async throws -> Principal {
        do {
            return try await authenticator.principal(
                headers: request.headers, host: request.head.authority, peer: source.peer,
                certificate: source.certificate, isWebSocket: false)
        } catch let problem as NativeProblem {
            context.audit?.note(.authenticationRefused(reason: problem.code), by: "unknown")
            throw problem
        }
    }
}

extension Call {
    /// Writes down that the caller did something of weight.
    func audit(_ fact: AuditFact) async {
        await context.audit?.record(fact, by: caller?.id ?? "unknown")
    }
}
