//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireEvents
import BluewireModel
import BluewireServer
import BluewireState
import BluewireStore
package import BluewireWire

/// Tokens for a command: through the gateway that was named or runs, else directly in the state.
///
/// A running gateway remembers tokens it has verified, so a token is never ended behind its back.
package struct TokenDesk: Sendable {
    private let configuration: GatewayConfiguration
    private let remote: RemoteGateway?

    /// A desk for this configuration, or for the gateway that was named.
    package init(_ configuration: GatewayConfiguration, remote: RemoteGateway?) {
        self.configuration = configuration
        self.remote = remote
    }

    /// Every token, newest first.
    package func list() async throws -> [NativeToken] {
        if let client = await RunningGateway.client(configuration, remote: remote) {
            return try await client.tokens().data
        }
        return try await state().tokens().list().map { NativeToken($0) }
    }

    /// Makes a token; the answer alone carries its secret.
    package func create(_ request: NativeTokenRequest) async throws -> NativeToken {
        if let client = await RunningGateway.client(configuration, remote: remote) {
            return try await client.createToken(request)
        }
        let scopes = try Self.scopes(request.scopes)
        var chats: Set<ChatID>?
        if let references = request.chats { chats = try await ids(of: references) }
        let state = try state()
        let made = try await state.tokens().create(
            name: request.name, scopes: scopes, chats: chats, expiresAt: request.expiresAt?.timestamp)
        await AuditTrail(state).record(.tokenCreated(made.token.id, scopes: scopes), by: Principal.owner.id)
        return NativeToken(made.token, secret: made.secret)
    }

    /// Ends a token for good.
    ///
    /// - Throws: ``GatewayError`` when there is none of that id that still works.
    package func revoke(_ id: String) async throws {
        if let client = await RunningGateway.client(configuration, remote: remote) {
            return try await client.revokeToken(id)
        }
        let state = try state()
        guard try await state.tokens().revoke(id) else {
            throw GatewayError(
                .missingInput, message: "There is no such token that still works.",
                remedy: "`bluewire token list` shows them.")
        }
        await AuditTrail(state).record(.tokenRevoked(id), by: Principal.owner.id)
    }

    /// A link that opens the page of the running gateway once, within ten minutes.
    ///
    /// - Parameter host: the name it is to carry; nil for the address the gateway listens on.
    /// - Throws: ``GatewayError`` when no gateway runs on this state.
    package func link(host: String? = nil) async throws -> String {
        let address = try await GatewayAddress.ofRunning(configuration)
        let code = try await state().tokens().createLoginCode(scopes: Scope.all)
        return "\(address.url(as: host ?? (address.isEverywhere ? "127.0.0.1" : nil)))/#token=\(code)"
    }

    func state() throws -> StateDatabase {
        try StateDatabase(path: StateDirectory(path: configuration.stateDirectory).statePath)
    }

    func ids(of references: [String]) async throws -> Set<ChatID> {
        let store = try StoreFactory.store(configuration)
        var ids: Set<ChatID> = []
        for reference in references {
            switch try await store.resolve(reference) {
            case .chat(let chat): ids.insert(chat.id)
            case .ambiguous(let chats): throw GatewayError.ambiguous(chats)
            case .none: throw GatewayError.noSuchChat
            }
        }
        return ids
    }

    static func scopes(_ names: [String]) throws(GatewayError) -> Set<Scope> {
        let scopes = Set(names.map(Scope.init(rawValue:)))
        guard !scopes.isEmpty, scopes.allSatisfy(\.isKnown) else {
            throw GatewayError(
                .badData, message: "A scope is unknown, or none is given.",
                remedy: "Known are \(knownScopes.joined(separator: ", ")).")
        }
        return scopes
    }

    /// The names of every scope: the bundles first.
    package static let knownScopes = ["read", "send", "manage"] + Scope.single.map(\.rawValue)
}
