//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
package import BluewireState
package import BluewireWire
import Hummingbird

/// Tokens.
enum TokenRoutes {
    static let routes = [list, create, one, revoke]

    private static let list = Route.get(
        "/v1/tokens", "listTokens", .scope(.admin), "List tokens, newest first, without their secrets.",
        gives: NativeList<NativeToken>.self
    ) { call in NativeList(try await repository(call).list().map { NativeToken($0) }) }

    private static let create = Route.take(
        .post, "/v1/tokens", "createToken", .scope(.admin), "Make a token; the answer shows its secret once.",
        body: NativeTokenRequest.self, gives: NativeToken.self, status: .created
    ) { call, request in
        let scopes = Set(request.scopes.map(Scope.init(rawValue:)))
        if let unknown = scopes.first(where: { !$0.isKnown }) {
            throw NativeProblem(
                .invalidRequest, detail: "There is no scope “\(unknown.rawValue.prefix(64))”.",
                remedy:
                    "Known are \((["read", "send", "manage"] + Scope.single.map(\.rawValue)).joined(separator: ", ")).")
        }
        // Nobody hands out more than they hold.
        let caller = try call.principal()
        guard !scopes.isEmpty, scopes.allSatisfy({ $0.expanded.isSubset(of: caller.scopes) }) else {
            throw NativeProblem(
                .forbidden, detail: "The token would be allowed more than the one that makes it, or nothing.",
                remedy: "Ask for scopes the caller has.")
        }
        let chats = if let named = request.chats { try await ids(of: named, call) } else { caller.chats }
        let made = try await repository(call).create(
            name: request.name, scopes: scopes, chats: chats, expiresAt: request.expiresAt?.timestamp)
        await call.audit(.tokenCreated(made.token.id, scopes: scopes))
        return NativeToken(made.token, secret: made.secret)
    }.problems(.forbidden, .notFound, .ambiguous)

    private static let one = Route.get(
        "/v1/tokens/{token}", "getToken", .scope(.admin), "One token without its secret.", gives: NativeToken.self
    ) { call in
        let id = try call.parameter("token")
        guard let token = try await repository(call).list().first(where: { $0.id == id }) else {
            throw NativeProblem.notFound("token")
        }
        return NativeToken(token)
    }

    private static let revoke = Route.act(
        .delete, "/v1/tokens/{token}", "revokeToken", .scope(.admin), "End a token for good."
    ) { call in
        let id = try call.parameter("token")
        guard try await repository(call).revoke(id) else { throw NativeProblem.notFound("token that still works") }
        await call.audit(.tokenRevoked(id))
    }

    private static func repository(_ call: Call) -> TokenRepository {
        call.context.state.tokens(clock: call.context.clock)
    }

    /// The ids of chats named in any way; the caller must see them.
    private static func ids(of references: [String], _ call: Call) async throws -> Set<ChatID> {
        var ids: Set<ChatID> = []
        for reference in references { ids.insert(try await call.chat(reference).id) }
        return ids
    }
}

extension NativeToken {
    /// A token as it travels.
    package init(_ token: AccessToken, secret: String? = nil) {
        self.init(
            id: token.id, name: token.name, scopes: token.scopes.map(\.rawValue).sorted(),
            chats: token.chats.map { $0.map(\.rawValue).sorted() }, secret: secret,
            times: Times(
                created: token.createdAt, expires: token.expiresAt, lastUsed: token.lastUsedAt,
                revoked: token.revokedAt))
    }
}
