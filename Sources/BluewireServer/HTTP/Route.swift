//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireState
package import BluewireWire
package import HTTPTypes
package import Hummingbird

/// One route: what the table says about it is what the router does and what the API description tells.
package struct Route: Sendable {
    /// The method.
    package var method: HTTPRequest.Method
    /// The path, with parameters in braces.
    package var path: String
    /// Who may call it.
    package var access: Access
    /// What it takes and gives.
    package var contract: RouteContract
    /// Answers a call.
    package var handler: Handler

    /// Answers a call.
    package typealias Handler = @Sendable (Call) async throws -> Response

    /// Who may call a route.
    package enum Access: Hashable, Sendable {
        /// Anybody.
        case open
        /// Callers with this scope.
        case scope(Scope)
    }
}

/// What a route can give as JSON.
package typealias WireAnswer = JSONWritable & SchemaDescribed

extension Route {
    /// A route that gives a value.
    static func get<Answer: WireAnswer>(
        _ path: String, _ name: String, _ access: Access, _ summary: String, gives: Answer.Type,
        _ handler: @escaping @Sendable (Call) async throws -> Answer
    ) -> Route {
        Route(
            method: .get, path: path, access: access,
            contract: RouteContract(name, summary, answers: [.json(Answer.self)])
        ) { .json(try await handler($0)) }
    }

    /// A route that takes a body and gives a value.
    static func take<Body: WireRequest, Answer: WireAnswer>(
        _ method: HTTPRequest.Method, _ path: String, _ name: String, _ access: Access, _ summary: String,
        body: Body.Type, gives: Answer.Type, status: HTTPResponse.Status = .ok,
        _ handler: @escaping @Sendable (Call, Body) async throws -> Answer
    ) -> Route {
        Route(
            method: method, path: path, access: access,
            contract: RouteContract(
                name, summary, body: .json(Body.self), answers: [.json(Answer.self, status: status)])
        ) { call in .json(try await handler(call, try await call.body()), status: status) }
    }

    /// A route that takes a body and gives nothing.
    static func take<Body: WireRequest>(
        _ method: HTTPRequest.Method, _ path: String, _ name: String, _ access: Access, _ summary: String,
        body: Body.Type, _ handler: @escaping @Sendable (Call, Body) async throws -> Void
    ) -> Route {
        Route(
            method: method, path: path, access: access,
            contract: RouteContract(name, summary, body: .json(Body.self), answers: [.empty])
        ) { call in
            try await handler(call, try await call.body())
            return .empty
        }
    }

    /// A route that does something without a body and gives a value.
    static func act<Answer: WireAnswer>(
        _ method: HTTPRequest.Method, _ path: String, _ name: String, _ access: Access, _ summary: String,
        gives: Answer.Type, status: HTTPResponse.Status = .ok,
        _ handler: @escaping @Sendable (Call) async throws -> Answer
    ) -> Route {
        Route(
            method: method, path: path, access: access,
            contract: RouteContract(name, summary, answers: [.json(Answer.self, status: status)])
        ) { .json(try await handler($0), status: status) }
    }

    /// A route that does something without a body and gives nothing.
    static func act(
        _ method: HTTPRequest.Method, _ path: String, _ name: String, _ access: Access, _ summary: String,
        _ handler: @escaping @Sendable (Call) async throws -> Void
    ) -> Route {
        Route(
            method: method, path: path, access: access, contract: RouteContract(name, summary, answers: [.empty])
        ) { call in
            try await handler(call)
            return .empty
        }
    }

    /// A route that makes its own response.
    static func raw(
        _ method: HTTPRequest.Method, _ path: String, _ name: String, _ access: Access, _ summary: String,
        body: RouteContract.Body? = nil, answers: [RouteContract.Answer], _ handler: @escaping Handler
    ) -> Route {
        Route(
            method: method, path: path, access: access,
            contract: RouteContract(name, summary, body: body, answers: answers), handler: handler)
    }

    /// Whether it is about the whole gateway; an incoming hook, unlike a webhook, belongs to one chat.
    var concernsEveryChat: Bool {
        switch access {
        case .scope(.admin): true
        case .scope(.webhooksManage): path.hasPrefix("/v1/webhooks")
        default: false
        }
    }

    /// The route with more said about it.
    func detail(_ text: String) -> Route {
        var route = self
        route.contract.detail = text
        return route
    }

    /// The route with query items.
    func query(_ items: QueryItem...) -> Route {
        var route = self
        route.contract.query += items
        return route
    }

    /// The route with headers it reads.
    func headers(_ items: HeaderItem...) -> Route {
        var route = self
        route.contract.headers += items
        return route
    }

    /// The route with problems beside those every route of its shape may give.
    func problems(_ kinds: ProblemKind...) -> Route {
        var route = self
        route.contract.problems += kinds
        return route
    }

    /// The route, left out of the API description: files of the page and the simulator behind the demo.
    func unlisted() -> Route {
        var route = self
        route.contract.isListed = false
        return route
    }
}
