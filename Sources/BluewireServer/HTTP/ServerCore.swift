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
    /// Who may talk to it, as it is now.
    package let controls: ServerControls
    let feed: EventFeed
    let requests: RequestLimiter
    let sockets: SocketCounter
    /// The API description, made once.
    let description: [UInt8]

    /// The parts for a context, and who may talk to it.
    package convenience init(context: ServerContext, access: AccessRules = AccessRules()) {
        self.init(context: context, controls: ServerControls(access))
    }

    /// The parts for a context, with the rules that `controls` holds.
    package init(context: ServerContext, controls: ServerControls) {
        self.context = context
        self.controls = controls
        requests = RequestLimiter(clock: context.clock) { isLoopback in
            isLoopback ? controls.limits.requestsOnLoopback : controls.limits.requests
        }
        sockets = SocketCounter { isLoopback in
            isLoopback ? controls.limits.socketsOnLoopback : controls.limits.sockets
        }
        authenticator = Authenticator(
            tokens: context.state.tokens(clock: context.clock), controls: controls,
            failures: FailedAttempts(clock: context.clock) { controls.limits.failures }, requests: requests)
        var document = OpenAPIDocument(version: context.version)
        description = (try? document.json().json) ?? []
        feed = EventFeed(journal: context.journal, render: context.render)
    }

    /// Which names and pages are believed now.
    var origins: OriginPolicy { controls.origins }

    /// A router over the table.
    package func router() -> Router<GatewayRequestContext> {
        let router = Router(context: GatewayRequestContext.self)
        router.add(middleware: BoundaryMiddleware(controls: controls))
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
