//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import BluewireServer
import BluewireState

/// Tokens and sessions as the server checks them.
struct StateAccess: AccessChecking {
    let tokens: TokenRepository

    func principal(token: String) async throws -> Principal? { try await tokens.verify(token) }

    func principal(session: String) async throws -> Principal? { try await tokens.verify(session) }

    func openSession(with secret: String) async throws -> String? {
        if let session = try await tokens.openSession(code: secret) { return session.secret }
        // A pasted token opens a session of the same reach.
        guard let principal = try await tokens.verify(secret), !principal.isSession else { return nil }
        let code = try await tokens.createLoginCode(scopes: principal.scopes, chats: principal.chats)
        return try await tokens.openSession(code: code)?.secret
    }

    func closeSession(_ secret: String) async throws {
        guard let principal = try await tokens.verify(secret), principal.isSession else { return }
        try await tokens.closeSession(principal.id)
    }
}
