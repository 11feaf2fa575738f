//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireAgent
import BluewireEvents
import BluewireNetwork
import BluewireServer
import BluewireState
import BluewireWire
import Logging

/// Reads the configuration again and lets what can change in a running gateway hold at once.
///
/// An actor, because the file is read outside while what runs must be compared with one file at a time.
actor Reloader {
    /// What can be changed while it runs.
    struct Parts: Sendable {
        var controls: ServerControls
        var egress: EgressClient
        var budget: Live<Budget>
        var logLevel: Live<Logger.Level>
        var agents: [AgentRuntime]
        var audit: AuditTrail
        var logger: Logger
        /// Registers the webhooks of the file that are new, and changes what those want that are not.
        var registerWebhooks: @Sendable (_ entries: [WebhookEntry], _ before: [WebhookEntry]) async throws -> Void

        typealias WebhookEntry = GatewayConfiguration.WebhookEntry
    }

    private let source: ConfigurationSource
    private let parts: Parts
    private var running: GatewayConfiguration
    private var readings = 0

    /// A reloader of a gateway that runs with `running`.
    init(source: ConfigurationSource, running: GatewayConfiguration, parts: Parts) {
        self.source = source
        self.running = running
        self.parts = parts
    }

    /// Reads the configuration and the certificate's files again.
    ///
    /// - Parameter caller: who asked for it.
    /// - Throws: ``GatewayError`` when the configuration cannot be used; then nothing has changed.
    func reload(by caller: String) async throws -> NativeReload {
        do {
            let result = try await reload()
            let restart = result.needsRestart
            await parts.audit.record(
                .configurationReloaded(
                    restart.isEmpty ? nil : "needs a restart: \(restart.joined(separator: " "))"), by: caller)
            log(result)
            return result
        } catch {
            let trouble = GatewayError(translating: error)
            await parts.audit.record(.configurationReloadFailed("\(trouble.code)"), by: caller)
            parts.logger.error(
                "The configuration cannot be used; what ran before goes on.", metadata: ["error": "\(trouble.message)"])
            throw trouble
        }
    }

    private func reload() async throws -> NativeReload {
        let wanted = try await read()
        // Up to the webhooks nothing is awaited: what runs is compared and replaced in one step.
        let diff = ConfigurationDiff(from: running, to: wanted)
        let policy = try GatewayParts.egressPolicy(diff.merged)
        try ListeningSettings.checkReach(diff.merged)
        for entry in diff.merged.webhooks where !running.webhooks.contains(entry) {
            _ = try GatewayParts.secret(of: entry)
        }
        let before = running
        running = diff.merged
        apply(policy: policy, before: before)
        try await parts.registerWebhooks(diff.merged.webhooks, before.webhooks)
        let controls = parts.controls
        let certificate = try await BlockingWork.run { controls.refreshCertificate() }
        return NativeReload(
            applied: diff.applied, needsRestart: diff.needsRestart, certificate: "\(certificate)")
    }

    /// What the file says; who asks last decides which reading counts.
    private func read() async throws -> GatewayConfiguration {
        let source = source
        while true {
            readings += 1
            let own = readings
            let wanted = try await BlockingWork.run { try source.load() }
            if own == readings { return wanted }
        }
    }

    private func apply(policy: EgressPolicy, before: GatewayConfiguration) {
        parts.controls.replace(ListeningSettings.access(running))
        if running.webhookEgress != before.webhookEgress || running.modelEgress != before.modelEgress {
            parts.egress.replacePolicy(policy)
        }
        parts.budget.value = running.budget
        parts.logLevel.value = GatewayLog.level(running.logLevel)
        for (runtime, entry) in zip(parts.agents, running.agents) { runtime.replaceAdmission(by: entry.agent) }
    }

    private func log(_ result: NativeReload) {
        parts.logger.notice(
            "The configuration was read again.",
            metadata: [
                "applied": "\(result.applied.joined(separator: ","))",
                "certificate": "\(result.certificate)",
                "restart.needed": "\(result.needsRestart.joined(separator: ","))",
            ])
        if result.certificate == "unusable" {
            parts.logger.warning("The changed certificate cannot be used; the old one stays.")
        }
    }
}
