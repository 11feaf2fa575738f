//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

internal import BluewireNetwork

#if canImport(FoundationEssentials)
    private import FoundationEssentials
#else
    private import Foundation
#endif

/// Finds model endpoints that are there without any configuration, so that they can be offered.
package enum ProviderDetection {
    /// An endpoint that was found.
    package struct Offer: Sendable {
        /// How to reach it.
        package var configuration: ChatCompletionsProvider.Configuration
        /// Where it was found, for people: `OPENAI_API_KEY` or `Ollama at 127.0.0.1:11434`.
        package var origin: String
    }

    private struct Tags: Decodable {
        struct Model: Decodable {
            var name: String
        }
        var models: [Model]
    }

    /// Looks for `OPENAI_API_KEY` (with `OPENAI_BASE_URL` and `OPENAI_MODEL`), then for a local Ollama with a model.
    ///
    /// Only the machine itself is asked, for at most `patience`.
    package static func detect(
        environment: [String: String], ollamaURL: String = "http://127.0.0.1:11434",
        patience: Duration = .milliseconds(500)
    ) async -> [Offer] {
        var offers: [Offer] = []
        if let key = environment["OPENAI_API_KEY"], !key.isEmpty {
            let configuration = ChatCompletionsProvider.Configuration(
                name: "openai", baseURL: environment["OPENAI_BASE_URL"] ?? "https://api.openai.com/v1",
                model: environment["OPENAI_MODEL"] ?? "gpt-4.1-mini", apiKey: key
            )
            offers.append(Offer(configuration: configuration, origin: "OPENAI_API_KEY"))
        }
        if let model = await ollamaModel(at: ollamaURL, patience: patience) {
            var configuration = ChatCompletionsProvider.Configuration(
                name: "ollama", baseURL: ollamaURL + "/v1", model: model
            )
            configuration.usesLegacyTokenLimit = true
            offers.append(Offer(configuration: configuration, origin: "Ollama at \(ollamaURL)"))
        }
        return offers
    }

    private static func ollamaModel(at url: String, patience: Duration) async -> String? {
        guard let policy = try? EgressPolicy(allow: ["model": ["127.0.0.0/8", "[::1]"]]) else { return nil }
        let limits = EgressLimits(
            connect: patience, idle: patience, total: patience, maximumBodyBytes: 1 << 20
        )
        let request = EgressRequest(.model, url: url + "/api/tags", limits: limits)
        guard
            let response = try? await EgressClient(policy: policy).send(request), response.status == 200,
            let bytes = try? await response.body.collect(),
            let tags = try? JSONDecoder().decode(Tags.self, from: Data(bytes))
        else { return nil }
        return tags.models.first?.name
    }
}
