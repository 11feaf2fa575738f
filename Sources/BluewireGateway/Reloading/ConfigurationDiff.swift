//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireAgent
import BluewireEvents
import BluewireServer

/// What a changed configuration means for a gateway that runs; pure.
struct ConfigurationDiff: Hashable {
    /// The settings that changed and can hold at once.
    var applied: [String] = []
    /// The settings that changed and hold after a restart.
    var needsRestart: [String] = []
    /// The configuration that holds from now on: what needs a restart is as it was.
    var merged: GatewayConfiguration

    /// Compares what runs with what is wanted.
    init(from running: GatewayConfiguration, to wanted: GatewayConfiguration) {
        merged = running
        for row in Self.rows where row.differs(running, wanted) {
            if row.isLive(running, wanted) {
                row.adopt(&merged, wanted)
                note(row.name, in: \.applied)
            } else {
                note(row.name, in: \.needsRestart)
            }
        }
        compareAgents(running, wanted)
        merged.webhooks = wanted.webhooks
        if Self.hasNews(wanted.webhooks, beside: running.webhooks) { note("webhooks", in: \.applied) }
    }

    /// Whether webhooks were added, or want other events; one that left the file stays until it is removed.
    private static func hasNews(
        _ wanted: [GatewayConfiguration.WebhookEntry], beside running: [GatewayConfiguration.WebhookEntry]
    ) -> Bool {
        wanted.contains { entry in
            guard let known = running.first(where: { $0.url == entry.url }) else { return true }
            return known.events != entry.events
        }
    }

    /// Whether nothing changed.
    var isEmpty: Bool { applied.isEmpty && needsRestart.isEmpty }

    private mutating func note(_ name: String, in list: WritableKeyPath<ConfigurationDiff, [String]>) {
        if !self[keyPath: list].contains(name) { self[keyPath: list].append(name) }
    }

    /// Whom an agent answers changes at once, everything else about it at the next start.
    private mutating func compareAgents(_ running: GatewayConfiguration, _ wanted: GatewayConfiguration) {
        let entries = Dictionary(wanted.agents.map { ($0.agent.name, $0) }, uniquingKeysWith: { first, _ in first })
        for index in running.agents.indices {
            guard let entry = entries[running.agents[index].agent.name] else { continue }
            var agent = running.agents[index].agent
            agent.allow = entry.agent.allow
            agent.owners = entry.agent.owners
            agent.chats = entry.agent.chats
            agent.groups = entry.agent.groups
            if agent != running.agents[index].agent { note("agents.allow", in: \.applied) }
            merged.agents[index].agent = agent
        }
        if merged.agents != wanted.agents { note("agents", in: \.needsRestart) }
    }
}

extension ConfigurationDiff {
    /// One setting: its name, and what a change of it means.
    struct Row: Sendable {
        var name: String
        /// Whether a change can hold at once.
        var isLive: @Sendable (_ running: GatewayConfiguration, _ wanted: GatewayConfiguration) -> Bool
        var differs: @Sendable (_ running: GatewayConfiguration, _ wanted: GatewayConfiguration) -> Bool
        /// Takes the value over.
        var adopt: @Sendable (_ merged: inout GatewayConfiguration, _ wanted: GatewayConfiguration) -> Void

        typealias Path<Value> = any WritableKeyPath<GatewayConfiguration, Value> & Sendable

        private init<Value: Equatable & SendableMetatype>(
            _ name: String, _ path: Path<Value>,
            isLive: @escaping @Sendable (GatewayConfiguration, GatewayConfiguration) -> Bool
        ) {
            self.name = name
            self.isLive = isLive
            differs = { $0[keyPath: path] != $1[keyPath: path] }
            adopt = { $0[keyPath: path] = $1[keyPath: path] }
        }

        static func live<Value: Equatable & SendableMetatype>(
            _ key: ConfigurationKey, _ path: Path<Value>
        ) -> Row { Row(key.rawValue, path) { _, _ in true } }

        static func live<Value: Equatable & SendableMetatype>(
            _ name: String, _ path: Path<Value>,
            unless blocked: @escaping @Sendable (GatewayConfiguration, GatewayConfiguration) -> Bool = { _, _ in false }
        ) -> Row { Row(name, path) { !blocked($0, $1) } }

        static func restart<Value: Equatable & SendableMetatype>(
            _ key: ConfigurationKey, _ path: Path<Value>
        ) -> Row { Row(key.rawValue, path) { _, _ in false } }

        static func restart<Value: Equatable & SendableMetatype>(
            _ name: String, _ path: Path<Value>
        ) -> Row { Row(name, path) { _, _ in false } }
    }

    /// Every setting but the agents, in the order of the documentation.
    static let rows: [Row] = [
        .restart(.listen, \.listen),
        .restart(.listenPlain, \.listensPlain),
        .restart(.discovery, \.isAnnounced),
        .restart("tls", \.tls),
        // Clients without a listener that asks for certificates would lock everybody out.
        .live("tls.clients", \.clients) { $0.tls != $1.tls },
        .live(.allowedClients, \.allowedClients),
        .live(.requestLimit, \.limits.requests),
        .live(.requestLimit, \.limits.requestsOnLoopback),
        .live(.connectionLimit, \.limits.connections),
        .live(.addressLimit, \.limits.connectionsPerAddress),
        .live(.addressLimit, \.limits.connectionsOnLoopback),
        .live(.socketLimit, \.limits.sockets),
        .live(.socketLimit, \.limits.socketsOnLoopback),
        .live(.failureLimit, \.limits.failures),
        .restart("limits", \.limits.times),
        .live(.allowedHosts, \.allowedHosts),
        .restart(.state, \.stateDirectory),
        .restart(.database, \.database),
        .restart(.home, \.messagesHome),
        .restart(.home, \.home),
        .restart(.line, \.line),
        .restart(.transport, \.transports),
        .restart(.simulatorSocket, \.simulatorSocket),
        .restart(.osascript, \.osascript),
        .restart(.fileEvents, \.usesFileEvents),
        .restart(.poll, \.usesPolling),
        .live(.webhookEgress, \.webhookEgress),
        .live(.modelEgress, \.modelEgress),
        .restart(.uploadLimit, \.uploadLimit),
        .live(.tokenBudget, \.budget.token),
        .live(.ownerBudget, \.budget.owner),
        .live(.agentBudget, \.budget.agent),
        .restart(.agentsSend, \.agentsSend),
        .restart(.webRoot, \.webRoot),
        .live(.logLevel, \.logLevel),
        .restart(.logFormat, \.logFormat),
        .restart("retention", \.retention),
        .restart("crash-at", \.crashPoint),
    ]
}
