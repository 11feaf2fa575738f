//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel
package import BluewireNetwork

#if canImport(FoundationEssentials)
    private import FoundationEssentials
#else
    private import Foundation
#endif

/// Any endpoint that speaks OpenAI's Chat Completions: OpenAI, Ollama, vLLM, llama.cpp, LiteLLM, OpenRouter and others.
package struct ChatCompletionsProvider: ModelProvider {
    /// How one endpoint is reached and what it understands.
    package struct Configuration: Sendable {
        /// The name shown in records.
        package var name: String
        /// The address up to and including `/v1`.
        package var baseURL: String
        /// The model to ask for.
        package var model: String
        /// The key; nil for local servers.
        package var apiKey: String?
        /// The header that carries the key; with `Authorization` the value gets `Bearer` in front.
        package var keyHeader = "Authorization"
        /// Further headers.
        package var headers: EgressHeaders = [:]
        /// Whether the server knows `stream_options`.
        package var sendsStreamOptions = true
        /// Whether the server knows only `max_tokens`.
        package var usesLegacyTokenLimit = false
        /// The most tokens an answer may have; nil leaves it to the server.
        package var maximumTokens: Int?
        /// The temperature; nil leaves it to the server, which reasoning models insist on.
        package var temperature: Double?
        /// When failed requests are repeated.
        package var retry = RetryPolicy()
        /// The limits of one request; nil for the usual ones.
        package var limits: EgressLimits?

        /// A configuration with the fields that have no default.
        package init(name: String, baseURL: String, model: String, apiKey: String? = nil) {
            self.name = name
            self.baseURL = baseURL
            self.model = model
            self.apiKey = apiKey
        }
    }

    private enum Attempt {
        case reply(ModelReply)
        case failed(ModelError, RetryPolicy.Outcome?)
    }

    private let configuration: Configuration
    private let client: EgressClient
    private let clock: any WallClock
    private let jitter: @Sendable () -> Double

    /// A provider that speaks through `client` and waits on `clock`; `jitter` gives numbers in [0, 1).
    package init(
        _ configuration: Configuration, client: EgressClient, clock: any WallClock = SystemWallClock(),
        jitter: @escaping @Sendable () -> Double = { .random(in: 0..<1) }
    ) {
        self.configuration = configuration
        self.client = client
        self.clock = clock
        self.jitter = jitter
    }

    package var name: String { configuration.name }

    package func respond(to request: ModelRequest) async throws(ModelError) -> ModelReply {
        let outgoing = try makeRequest(request)
        var attempt = 0
        while true {
            switch await ask(outgoing) {
            case .reply(let reply):
                return reply
            case .failed(let error, let outcome):
                guard !Task.isCancelled else { throw ModelError(.cancelled, "The turn was cancelled.") }
                guard let outcome,
                    case .retry(let wait) = configuration.retry.decide(
                        after: outcome, attempt: attempt, jitter: jitter())
                else { throw error }
                attempt += 1
                do {
                    try await clock.sleep(for: wait)
                } catch {
                    throw ModelError(.cancelled, "The turn was cancelled.")
                }
            }
        }
    }

    private func makeRequest(_ request: ModelRequest) throws(ModelError) -> EgressRequest {
        let body: Data
        do {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            body = try encoder.encode(
                ChatCompletionsRequest(request, configuration: configuration, fence: TextFence())
            )
        } catch {
            throw ModelError(.invalid, "The request cannot be encoded.")
        }
        var headers = configuration.headers
        headers["Content-Type"] = "application/json"
        headers["Accept"] = "text/event-stream"
        if let key = configuration.apiKey {
            let isStandard = configuration.keyHeader.lowercased() == "authorization"
            headers[configuration.keyHeader] = isStandard ? "Bearer \(key)" : key
        }
        let base =
            configuration.baseURL.hasSuffix("/") ? String(configuration.baseURL.dropLast()) : configuration.baseURL
        return EgressRequest(
            .model, method: "POST", url: base + "/chat/completions", headers: headers, body: Array(body),
            limits: configuration.limits
        )
    }

    private func ask(_ request: EgressRequest) async -> Attempt {
        let response: EgressResponse
        do throws(EgressError) {
            response = try await client.send(request)
        } catch {
            let isFinal = error.code == .invalid || error.code == .refused || error.code == .cancelled
            return .failed(ModelError(error), isFinal ? nil : .noResponse)
        }
        guard response.status == 200 else { return await refusal(response) }
        do {
            if response.headers["content-type"]?.lowercased().contains("application/json") == true {
                return .reply(try await whole(response))
            }
            return .reply(try await streamed(response))
        } catch let error as ModelError {
            // Nothing of a broken answer was shown to anybody, so asking again is safe.
            let isWorthIt = [.truncated, .stalled, .overloaded].contains(error.code)
            return .failed(error, isWorthIt ? .noResponse : nil)
        } catch let error as EgressError {
            let broken = ModelError(error)
            return .failed(broken, broken.code == .cancelled ? nil : .noResponse)
        } catch {
            return .failed(ModelError(.malformed, "The stream exceeds the limits of its format."), nil)
        }
    }

    private func streamed(_ response: EgressResponse) async throws -> ModelReply {
        var stream = ChatCompletionsStream()
        for try await event in response.events where try stream.consume(event.data) { break }
        return try stream.finish()
    }

    /// A server that does not stream although it was asked to.
    private func whole(_ response: EgressResponse) async throws -> ModelReply {
        var stream = ChatCompletionsStream()
        let text = String(decoding: try await response.body.collect(), as: UTF8.self)
        _ = try stream.consume(text)
        return try stream.finish()
    }

    private func refusal(_ response: EgressResponse) async -> Attempt {
        let bytes = (try? await response.body.collect()) ?? []
        let problem = try? JSONDecoder().decode(ChatCompletionsProblem.self, from: Data(bytes))
        let words = problem?.error?.words ?? ""
        let status = response.status
        let isPermanent = ["quota", "billing", "credit", "spend"].contains { words.contains($0) }
        let error: ModelError
        switch status {
        case 401, 403: error = ModelError(.denied, "The provider refuses the key (status \(status)).")
        case _ where isPermanent, 402:
            error = ModelError(.exhausted, "The provider's quota is used up (status \(status)).")
        case 400 where words.contains("context_length"), 413:
            error = ModelError(.contextOverflow, "The conversation is too long for the model.")
        case 408, 409, 429, 500...: error = ModelError(.overloaded, "The provider answered with status \(status).")
        case 404: error = ModelError(.invalid, "The provider does not know the model or the path (status 404).")
        default: error = ModelError(.invalid, "The provider refused the request (status \(status)).")
        }
        let hint = RetryHint(headers: response.headers, secondsSince1970: clock.now.seconds)
        return .failed(error, .status(status, hint: hint, isPermanent: isPermanent || status == 402))
    }
}

extension ModelError {
    /// What a failed connection means for a turn.
    init(_ error: EgressError) {
        switch error.code {
        case .invalid, .refused, .unreachable: self.init(.unreachable, error.description)
        case .timedOut: self.init(.stalled, "The provider stopped answering.")
        case .interrupted: self.init(.truncated, "The connection to the provider broke.")
        case .tooLarge: self.init(.malformed, "The answer is larger than any answer should be.")
        case .cancelled: self.init(.cancelled, "The turn was cancelled.")
        }
    }
}
