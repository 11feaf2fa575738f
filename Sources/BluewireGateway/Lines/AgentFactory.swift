//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireAgent
import BluewireEvents
import BluewireModel
import BluewireNetwork
import BluewireState
import BluewireStore
import BluewireTransport
// Full Foundation: the environment that holds keys.
import Foundation
import Logging
import ServiceLifecycle

/// Makes agents and their providers from the configuration.
///
/// A new provider is one more case of ``provider(_:)``.
struct AgentFactory {
    let configuration: GatewayConfiguration
    let egress: EgressClient
    let logger: Logger

    /// The runtime of every configured agent, and the runner that feeds it from the journal.
    func agents(
        journal: Journal, state: StateDatabase, store: MessageStore, outbox: Outbox, gate: any OutboundSending,
        restoredAt: Timestamp?
    ) throws -> [(runtime: AgentRuntime, runner: any Service)] {
        var agents: [(runtime: AgentRuntime, runner: any Service)] = []
        for entry in configuration.agents {
            var agent = entry.agent
            if configuration.agentsSend { agent.shadow = false }
            let runtime = AgentRuntime(
                agent, provider: try provider(entry),
                services: AgentServices(
                    sender: gate, echoes: outbox, chats: store, search: store, state: state,
                    isStopped: { await Self.isStopped(outbox) })
            )
            let runner = SinkRunner(
                sink: restoredAt.map { RestoredSink(sink: runtime, since: $0) } ?? runtime, journal: journal,
                state: state,
                filter: EventFilter(kinds: [.messageCreated, .messageUpdated]), logger: logger
            )
            agents.append((runtime, runner))
        }
        return agents
    }

    /// Whether sending is switched off; a state that cannot be read counts as off.
    private static func isStopped(_ outbox: Outbox) async -> Bool {
        do {
            return try await outbox.outboundStop() != nil
        } catch {
            return true
        }
    }

    /// Makes every provider once, so that what is missing for one is said before anything is opened.
    func check() throws(GatewayError) {
        for entry in configuration.agents { _ = try provider(entry) }
    }

    private func provider(_ entry: GatewayConfiguration.AgentEntry) throws(GatewayError) -> any ModelProvider {
        if entry.agent.provider == "concierge" { return ConciergeProvider() }
        guard let baseURL = entry.baseURL, let model = entry.model else {
            throw GatewayError(
                .configuration, message: "The agent \(entry.agent.name) has a provider, but no baseURL or no model.",
                remedy:
                    "Set both, for example baseURL: http://127.0.0.1:11434/v1 and model: llama3.2; or use provider: concierge."
            )
        }
        var key: String?
        if let variable = entry.keyVariable {
            guard let value = ProcessInfo.processInfo.environment[variable], !value.isEmpty else {
                throw GatewayError(
                    .configuration,
                    message: "The agent \(entry.agent.name) wants its key in \(variable), which is not set.",
                    remedy: "Export \(variable) before starting, or remove keyVariable."
                )
            }
            key = value
        }
        var endpoint = ChatCompletionsProvider.Configuration(
            name: entry.agent.provider, baseURL: baseURL, model: model, apiKey: key
        )
        if let seconds = entry.stallSeconds {
            var limits = EgressLimits.standard(for: .model)
            limits.idle = .seconds(seconds)
            endpoint.limits = limits
        }
        return ChatCompletionsProvider(endpoint, client: egress)
    }
}
