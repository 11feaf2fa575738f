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
    package enum Place: Sendable {
        /// Its socket in the state directory; the caller is the owner.
        case socket(path: String)
        /// A URL and a token.
        case remote(RemoteGateway)
    }

    /// A client of the gateway at `place`.
    package init(_ place: Place) {
        self.place = place
        switch place {
        case .socket: egress = EgressClient()
        case .remote(let remote): egress = EgressClient(policy: remote.policy, trust: remote.trust)
        }
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

    /// A page of every chat, those without a message and those that Messages filters away included.
    package func everyChat(after cursor: String?) async throws -> NativeList<NativeChat> {
        try await get("/v1/chats", ["limit": "1000", "filtered": "true", "empty": "true", "cursor": cursor])
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

    /// Whether the gateway may be on another machine, where paths of this one mean nothing.
    package var isRemote: Bool {
        if case .remote = place { true } else { false }
    }

    /// Uploads a file piece by piece.
    ///
    /// - Returns: the upload's id, for a send.
    /// - Throws: ``GatewayError`` when the file cannot be read; the gateway's problem.
    package func upload(_ path: String) async throws -> String {
        let url = URL(fileURLWithPath: path)
        guard let file = try? FileHandle(forReadingFrom: url), let size = try? file.seekToEnd() else {
            throw GatewayError(
                .missingInput, message: "\(path) cannot be read.", remedy: "Check the path and that you may read it.")
        }
        defer { try? file.close() }
        try file.seek(toOffset: 0)
        let request = NativeUploadRequest(name: url.lastPathComponent, bytes: Int64(size))
        var upload: NativeUpload = try await post("/v1/uploads", body: request.json, key: nil)
        while !upload.isComplete, let piece = try file.read(upToCount: 1_048_576), !piece.isEmpty {
            upload = try await decode(
                send(
                    method: "PATCH", path: "/v1/uploads/\(Self.segment(upload.id))", body: [UInt8](piece),
                    headers: ["Content-Type": "application/octet-stream", "Upload-Offset": "\(upload.received)"]))
        }
        return upload.id
    }

    /// Makes a backup and saves it at `path`, which must not exist.
    ///
    /// - Returns: how large it is, in bytes.
    /// - Throws: ``GatewayError`` when the file cannot be written; the gateway's problem. Then there is no file.
    package func backup(to path: String) async throws -> Int64 {
        let response = try await send(
            method: "POST", path: "/v1/backup",
            limits: EgressLimits(idle: .seconds(600), total: .seconds(86_400), maximumBodyBytes: .max))
        guard response.status == 200 else { throw try await failure(of: response) }
        let file = try PrivateFile(creating: path)
        do {
            var size: Int64 = 0
            for try await chunk in response.body {
                try file.write(chunk)
                size += Int64(chunk.count)
            }
            guard response.headers["content-length"].flatMap(Int64.init).map({ $0 == size }) ?? true else {
                throw Self.foreign("The backup was cut off.")
            }
            try file.synchronise()
            return size
        } catch {
            try? FileManager.default.removeItem(atPath: path)
            throw error
        }
    }

    /// The incoming hooks.
    package func hooks() async throws -> NativeList<NativeHook> {
        try await get("/v1/hooks", [:])
    }

    /// Makes an incoming hook.
    package func create(_ hook: NativeHookRequest) async throws -> NativeHook {
        try await post("/v1/hooks", body: hook.json, key: nil)
    }

    /// Removes an incoming hook.
    package func deleteHook(_ id: String) async throws {
        let response = try await send(method: "DELETE", path: "/v1/hooks/\(Self.segment(id))")
        guard response.status == 204 else { throw try await failure(of: response) }
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
        guard response.status == 200 else { throw try await failure(of: response) }
        return response.events
    }

    private static let probe = EgressLimits(connect: .seconds(1), idle: .seconds(2), total: .seconds(2))

    func get<Answer: Decodable>(_ path: String, _ query: [String: String?]) async throws -> Answer {
        try await decode(send(method: "GET", path: Self.path(path, query)))
    }

    func post<Answer: Decodable>(_ path: String, body: [UInt8] = [], key: String? = nil) async throws -> Answer {
        try await decode(send(method: "POST", path: path, body: body, key: key))
    }

    func patch<Answer: Decodable>(_ path: String, body: [UInt8]) async throws -> Answer {
        try await decode(send(method: "PATCH", path: path, body: body))
    }

    func delete(_ path: String) async throws {
        let response = try await send(method: "DELETE", path: path)
        guard (200..<300).contains(response.status) else { throw try await failure(of: response) }
    }

    private func send(
        method: String, path: String, body: [UInt8] = [], key: String? = nil,
        headers more: KeyValuePairs<String, String> = [:], limits: EgressLimits? = nil
    ) async throws -> EgressResponse {
        var headers: EgressHeaders = ["Accept": "application/json, text/event-stream"]
        if !body.isEmpty, more.isEmpty { headers.add("Content-Type", "application/json") }
        for (name, value) in more { headers.add(name, value) }
        if let key { headers.add("Idempotency-Key", key) }
        switch place {
        case .socket(let socket):
            return try await egress.send(
                EgressRequest(
                    method: method, socketPath: socket, path: path, headers: headers, body: body, limits: limits
                )
            )
        case .remote(let remote):
            headers.add("Authorization", "Bearer \(remote.token)")
            do throws(EgressError) {
                return try await egress.send(
                    EgressRequest(
                        .gateway, method: method, url: remote.base + path, headers: headers, body: body, limits: limits
                    )
                )
            } catch {
                throw remote.explained(error)
            }
        }
    }

    private func decode<Answer: Decodable>(_ response: EgressResponse) async throws -> Answer {
        guard (200..<300).contains(response.status) else { throw try await failure(of: response) }
        let bytes = Data(try await response.body.collect())
        do {
            return try JSONDecoder().decode(Answer.self, from: bytes)
        } catch {
            throw Self.foreign("The answer is not one of a gateway of this version.")
        }
    }

    /// The problem document as an error; anything else as an unexpected answer.
    private func failure(of response: EgressResponse) async throws -> any Error {
        let bytes = try await response.body.collect()
        if let problem = try? JSONDecoder().decode(NativeProblem.self, from: Data(bytes)) {
            return explained(problem, retryAfter: response.headers["retry-after"].flatMap(Int.init))
        }
        return Self.foreign("The gateway answered with HTTP status \(response.status).")
    }

    /// The problem with a remedy for somebody at a command line.
    private func explained(_ problem: NativeProblem, retryAfter: Int?) -> NativeProblem {
        var problem = problem
        problem.retryAfter = retryAfter
        if problem.code == ProblemKind.unauthorized.code, case .remote = place {
            problem.detail = "The gateway does not know this token, or it has ended."
            problem.remedy =
                "Make one on its machine with `bluewire token create --scope read`, and put it into BLUEWIRE_TOKEN "
                + "or a file for --token-file."
        }
        if let retryAfter, problem.status == 429 {
            problem.remedy += " The gateway takes more in \(retryAfter) s."
        }
        return problem
    }

    private static func foreign(_ message: String) -> GatewayError {
        GatewayError(
            .unavailable, message: message, remedy: "Check that the address is a Bluewire gateway of this version.")
    }

    static func path(_ path: String, _ query: [String: String?]) -> String {
        let pairs = query.sorted { $0.key < $1.key }.compactMap { key, value in
            value.map { "\(key)=\(segment($0))" }
        }
        return pairs.isEmpty ? path : path + "?" + pairs.joined(separator: "&")
    }

    static func segment(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: unreserved) ?? text
    }

    private static let unreserved = CharacterSet(
        charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
    )
}
