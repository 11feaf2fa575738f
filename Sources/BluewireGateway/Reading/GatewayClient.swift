//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
package import BluewireNetwork
package import BluewireWire
// Full Foundation: JSON decoding of answers, percent-encoding of queries.
import Foundation

/// The native API as a command uses it: over the gateway's Unix socket, or a URL with a token.
package struct GatewayClient: Sendable {
    private let place: Place
    private let egress: EgressClient

    /// Where the gateway is.
    package enum Place: Hashable, Sendable {
        /// Its socket in the state directory; the caller is the owner.
        case socket(path: String)
        /// A URL and a token.
        case url(String, token: String)
    }

    /// A client of the gateway at `place`.
    package init(_ place: Place) {
        self.place = place
        egress = EgressClient()
    }

    /// Whether a gateway answers there.
    package var isAnswering: Bool {
        get async {
            guard let response = try? await send(method: "GET", path: "/healthz", limits: Self.probe) else {
                return false
            }
            return response.status == 200
        }
    }

    /// The newest chats.
    package func chats(limit: Int, query: String?) async throws -> NativeList<NativeChat> {
        try await get("/v1/chats", ["limit": "\(limit)", "q": query])
    }

    /// The chat a reference names.
    package func chat(_ reference: String) async throws -> NativeChat {
        try await get("/v1/chats/\(Self.segment(reference))", [:])
    }

    /// Messages of a chat, newest page first, in reading order within the page as the server gives it.
    package func messages(in chat: String, limit: Int, before: String?) async throws -> NativeList<NativeMessage> {
        try await get("/v1/chats/\(Self.segment(chat))/messages", ["limit": "\(limit)", "before": before])
    }

    /// Asks the gateway to send.
    package func submit(_ request: NativeSendRequest, key: String?) async throws -> NativeSend {
        try await post("/v1/messages", body: request.json, key: key)
    }

    /// The send of that id.
    package func send(_ id: String) async throws -> NativeSend {
        try await get("/v1/sends/\(Self.segment(id))", [:])
    }

    /// The cursor after the newest event.
    package func head() async throws -> String {
        let health: NativeHealth = try await get("/v1/health", [:])
        return health.cursor
    }

    /// The events after `cursor` (nil: from now on), as they happen; ends when the gateway goes away.
    package func events(after cursor: String?, types: [String], chat: String?) async throws -> ServerSentEventSequence {
        let response = try await send(
            method: "GET",
            path: Self.path(
                "/v1/events",
                ["cursor": cursor, "types": types.isEmpty ? nil : types.joined(separator: ","), "chat": chat]
            ),
            limits: EgressLimits(idle: .seconds(60), total: .seconds(30 * 86_400), maximumBodyBytes: .max)
        )
        guard response.status == 200 else { throw try await Self.failure(of: response) }
        return response.events
    }

    private static let probe = EgressLimits(connect: .seconds(1), idle: .seconds(2), total: .seconds(2))

    private func get<Answer: Decodable>(_ path: String, _ query: [String: String?]) async throws -> Answer {
        try await Self.decode(send(method: "GET", path: Self.path(path, query)))
    }

    private func post<Answer: Decodable>(_ path: String, body: [UInt8], key: String?) async throws -> Answer {
        try await Self.decode(send(method: "POST", path: path, body: body, key: key))
    }

    private func send(
        method: String, path: String, body: [UInt8] = [], key: String? = nil, limits: EgressLimits? = nil
    ) async throws -> EgressResponse {
        var headers: EgressHeaders = ["Accept": "application/json, text/event-stream"]
        if !body.isEmpty { headers.add("Content-Type", "application/json") }
        if let key { headers.add("Idempotency-Key", key) }
        switch place {
        case .socket(let socket):
            return try await egress.send(
                EgressRequest(
                    method: method, socketPath: socket, path: path, headers: headers, body: body, limits: limits
                )
            )
        case .url(let base, let token):
            headers.add("Authorization", "Bearer \(token)")
            let trimmed = base.hasSuffix("/") ? String(base.dropLast()) : base
            return try await egress.send(
                EgressRequest(
                    .simulator, method: method, url: trimmed + path, headers: headers, body: body, limits: limits
                )
            )
        }
    }

    private static func decode<Answer: Decodable>(_ response: EgressResponse) async throws -> Answer {
        guard (200..<300).contains(response.status) else { throw try await failure(of: response) }
        return try JSONDecoder().decode(Answer.self, from: Data(try await response.body.collect()))
    }

    /// The problem document as an error; anything else as an unexpected answer.
    private static func failure(of response: EgressResponse) async throws -> any Error {
        let bytes = try await response.body.collect()
        if let problem = try? JSONDecoder().decode(NativeProblem.self, from: Data(bytes)) { return problem }
        return GatewayError(
            .unavailable, message: "The gateway answered with HTTP status \(response.status).",
            remedy: "Check that the address is a Bluewire gateway of this version."
        )
    }

    private static func path(_ path: String, _ query: [String: String?]) -> String {
        let pairs = query.sorted { $0.key < $1.key }.compactMap { key, value in
            value.map { "\(key)=\(segment($0))" }
        }
        return pairs.isEmpty ? path : path + "?" + pairs.joined(separator: "&")
    }

    private static func segment(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: unreserved) ?? text
    }

    private static let unreserved = CharacterSet(
        charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
    )
}
