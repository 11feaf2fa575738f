//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import BluewireState
import BluewireWire
import HTTPTypes

/// Finds out who calls.
struct Authenticator: Sendable {
    let tokens: TokenRepository
    let controls: ServerControls
    let failures: FailedAttempts
    let requests: RequestLimiter

    /// The name of the cookie of web sessions.
    static let cookie = "bluewire_session"

    /// Who sent a request with these headers.
    ///
    /// - Parameters:
    ///   - peer: the address it came from, or nil for the gateway's own socket.
    ///   - certificate: the pin of the certificate the client has shown, if any.
    ///   - isWebSocket: whether it asks for a WebSocket, which pages of strangers may open without asking first.
    /// - Throws: ``NativeProblem`` 401 or 403, ``RateLimited`` 429.
    func principal(
        headers: HTTPFields, host: String?, peer: String?, certificate: String? = nil, isWebSocket: Bool
    ) async throws -> Principal {
        guard let peer else { return .owner }
        let clients = controls.clients
        let holder = certificate.flatMap { clients[$0] }
        // Where certificates have names, one without is refused: that is how a client is locked out.
        guard clients.isEmpty || holder != nil else { throw NativeProblem.unknownCertificate }
        let isOwnPage = controls.origins.accepts(origin: headers[.origin], host: host)
        if isWebSocket, !isOwnPage { throw NativeProblem.foreignOrigin }
        if let authorization = headers[.authorization] {
            guard let token = Self.bearer(authorization), !token.hasPrefix("bws_") else {
                throw NativeProblem.unauthorized
            }
            return try await checked(tokens.verify(token), peer: peer)
        }
        if let session = Self.session(headers) {
            guard isOwnPage else { throw NativeProblem.foreignOrigin }
            return try await checked(tokens.verify(session), peer: peer)
        }
        if let holder {
            // A browser shows the certificate for pages of strangers, too.
            guard isOwnPage, !Self.isCrossSite(headers) else { throw NativeProblem.foreignOrigin }
            try requests.admit(token: holder.id, address: peer)
            return holder
        }
        throw NativeProblem.unauthorized
    }

    /// A new web session for a one-time code or a token.
    ///
    /// - Throws: ``NativeProblem`` 401, ``RateLimited`` 429.
    func openSession(with secret: String, peer: String?) async throws -> String {
        let address = peer ?? "local"
        if let wait = failures.wait(address) { throw RateLimited(.tooManyFailures, wait: wait) }
        if let session = try await tokens.openSession(code: secret) { return session.secret }
        // A token works too: it is typed into the page where no link is at hand.
        if let holder = try await tokens.verify(secret), !holder.isSession {
            let code = try await tokens.createLoginCode(scopes: holder.scopes, chats: holder.chats)
            if let session = try await tokens.openSession(code: code) { return session.secret }
        }
        failures.note(address)
        throw NativeProblem.badCode
    }

    /// The token a one-time code stands for.
    ///
    /// - Throws: ``NativeProblem`` 401, ``RateLimited`` 429.
    func pair(with code: String, peer: String?) async throws -> (token: AccessToken, secret: String) {
        let address = peer ?? "local"
        if let wait = failures.wait(address) { throw RateLimited(.tooManyFailures, wait: wait) }
        if let made = try await tokens.pair(code: code) { return made }
        failures.note(address)
        throw NativeProblem.badPairingCode
    }

    /// The session's secret in the cookies of a request.
    static func session(_ headers: HTTPFields) -> String? {
        for field in headers[values: .cookie] {
            for pair in field.split(separator: ";") {
                let trimmed = pair.drop { $0 == " " }
                if trimmed.hasPrefix(cookie + "=") { return String(trimmed.dropFirst(cookie.count + 1)) }
            }
        }
        return nil
    }

    private func checked(_ principal: Principal?, peer: String) throws -> Principal {
        // A caller with good credentials is never slowed by the failures of others behind the same address.
        if let principal {
            try requests.admit(token: principal.id, address: peer)
            return principal
        }
        if let wait = failures.wait(peer) { throw RateLimited(.tooManyFailures, wait: wait) }
        failures.note(peer)
        throw NativeProblem.unauthorized
    }

    private static func isCrossSite(_ headers: HTTPFields) -> Bool {
        headers[.secFetchSite].map { $0 != "same-origin" && $0 != "none" } ?? false
    }

    private static func bearer(_ value: String) -> String? {
        let pieces = value.split(separator: " ", maxSplits: 1)
        guard pieces.count == 2, pieces[0].lowercased() == "bearer" else { return nil }
        return String(pieces[1])
    }
}

extension HTTPField.Name {
    /// Where a browser says that a request comes from.
    fileprivate static let secFetchSite = HTTPField.Name("Sec-Fetch-Site") ?? .origin
}
