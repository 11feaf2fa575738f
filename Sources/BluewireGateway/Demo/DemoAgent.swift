//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireAgent
// Full Foundation: the environment that may hold a key.
import Foundation

/// Who answers in the demo: the offline concierge, or a model that was asked for; a model that was found is offered.
struct DemoAgent: Sendable {
    /// The agent.
    var entry: GatewayConfiguration.AgentEntry
    /// What the model may reach on this machine.
    var egress: [String]
    /// The agent in one phrase.
    var description: String
    /// How to use a model that was found.
    var offer: String?

    static func choose(_ options: Demo.Options) async -> DemoAgent {
        var agent = AgentConfiguration(name: "demo")
        agent.allow = ["*"]
        agent.groups = true
        agent.ack = .always
        agent.debounce = 0.6
        agent.debounceMaximum = 3
        agent.shadow = false
        if let model = options.model {
            var entry = GatewayConfiguration.AgentEntry(agent: agent)
            let hasKey = ProcessInfo.processInfo.environment["OPENAI_API_KEY"]?.isEmpty == false
            entry.agent.provider = "openai"
            entry.model = model
            entry.baseURL = options.modelURL ?? "https://api.openai.com/v1"
            entry.keyVariable = hasKey ? "OPENAI_API_KEY" : nil
            return DemoAgent(
                entry: entry, egress: ["127.0.0.0/8", "[::1]"],
                description: "\(model); answers everybody in the simulation"
            )
        }
        let offer = await ProviderDetection.detect(environment: ProcessInfo.processInfo.environment).first
        return DemoAgent(
            entry: GatewayConfiguration.AgentEntry(agent: agent), egress: [],
            description: "concierge, offline; answers everybody in the simulation",
            offer: offer.map { offer in
                let url = offer.origin == "OPENAI_API_KEY" ? "" : " --model-url \(offer.configuration.baseURL)"
                return "found (\(offer.origin)); use it with --model \(offer.configuration.model)\(url)"
            }
        )
    }
}
