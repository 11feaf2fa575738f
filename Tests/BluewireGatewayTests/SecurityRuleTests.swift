//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireAgent
import BluewireGateway
import BluewireModel
import BluewireServer
import Foundation
import Testing

/// The review of security, over settings and machines written by hand.
@Suite struct SecurityRuleTests {
    /// Settings, and what must be said to them.
    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var finding: String
        /// Nil where nothing may be said at all.
        var verdict: Finding.Verdict?
        var arrange: @Sendable (inout SecurityFacts, inout MachineSnapshot) throws -> Void

        init(
            _ name: String, _ finding: String, _ verdict: Finding.Verdict?,
            arrange: @escaping @Sendable (inout SecurityFacts, inout MachineSnapshot) throws -> Void
        ) {
            testDescription = name
            self.finding = finding
            self.verdict = verdict
            self.arrange = arrange
        }
    }

    private static func agent(allow: [String], shadow: Bool) -> GatewayConfiguration.AgentEntry {
        var agent = AgentConfiguration(name: "helper")
        agent.allow = allow
        agent.shadow = shadow
        return .init(agent: agent)
    }

    private static func expose(_ facts: inout SecurityFacts) {
        facts.configuration.listen = .init(host: "0.0.0.0", port: 8787)
    }

    static let cases: [Case] = [
        Case("loopback", "security.listen", .good) { _, _ in },
        Case("plain for everybody", "security.listen", .bad) { facts, _ in expose(&facts) },
        Case("TLS", "security.listen", .good) { facts, _ in
            expose(&facts)
            facts.configuration.tls = TLSFiles(certificate: "/c", key: "/k")
        },
        Case("clients of this machine", "security.clients", nil) { _, _ in },
        Case("clients from anywhere", "security.clients", .note) { facts, _ in expose(&facts) },
        Case("clients of a network", "security.clients", .good) { facts, _ in
            expose(&facts)
            facts.configuration.allowedClients = AllowedClients(["192.168.1.0/24"])
        },
        Case("clients with certificates", "security.clients", .good) { facts, _ in
            expose(&facts)
            facts.configuration.tls = TLSFiles(certificate: "/c", key: "/k", clientAuthority: "/a")
        },
        Case("limits", "security.limits", .good) { _, _ in },
        Case("limits off here", "security.limits", .note) { facts, _ in facts.configuration.limits.failures = nil },
        Case("limits off in the network", "security.limits", .bad) { facts, _ in
            expose(&facts)
            facts.configuration.limits.requests = nil
        },
        Case("tokens unknown", "security.tokens", .note) { _, _ in },
        Case("tokens good", "security.tokens", .good) { _, snapshot in snapshot.tokens = [] },
        Case("endless token", "security.tokens", .note) { _, snapshot in
            snapshot.tokens = [
                .init(createdAt: snapshot.now, lastUsedAt: nil, expiresAt: nil, isUnlimited: true)
            ]
        },
        Case("token that ends", "security.tokens", .good) { _, snapshot in
            snapshot.tokens = [
                .init(createdAt: snapshot.now, lastUsedAt: nil, expiresAt: snapshot.now, isUnlimited: true)
            ]
        },
        Case("no agents", "security.agents", .good) { _, _ in },
        Case("agent for friends", "security.agents", .good) { facts, _ in
            facts.configuration.agents = [agent(allow: ["+15551234567"], shadow: false)]
        },
        Case("agent for everybody, drafting", "security.agents", .note) { facts, _ in
            facts.configuration.agents = [agent(allow: ["*"], shadow: true)]
        },
        Case("agent for everybody", "security.agents", .bad) { facts, _ in
            facts.configuration.agents = [agent(allow: ["*"], shadow: false)]
        },
        Case("agents-send for everybody", "security.agents", .bad) { facts, _ in
            facts.configuration.agents = [agent(allow: ["*"], shadow: true)]
            facts.configuration.agentsSend = true
        },
        Case("egress to one", "security.egress", .good) { facts, _ in
            facts.configuration.webhookEgress = ["192.168.1.20:8123", "10.1.0.0/16"]
        },
        Case("egress to a network", "security.egress", .note) { facts, _ in
            facts.configuration.webhookEgress = ["10.0.0.0/8"]
        },
        Case("egress to a network of IPv6", "security.egress", .note) { facts, _ in
            facts.configuration.webhookEgress = ["fc00::/7"]
        },
        Case("egress to a domain", "security.egress", .note) { facts, _ in
            facts.configuration.modelEgress = ["*.example.com"]
        },
        Case("egress to everything", "security.egress", .bad) { facts, _ in
            facts.configuration.modelEgress = ["0.0.0.0/0"]
        },
        Case("models of this machine", "security.egress", .good) { facts, _ in
            facts.configuration.modelEgress = ["127.0.0.0/8"]
        },
        Case("webhooks into this machine", "security.egress", .note) { facts, _ in
            facts.configuration.webhookEgress = ["127.0.0.0/8"]
        },
        Case("plain webhook", "security.webhooks", .note) { facts, _ in
            let entry = Data(#"{"name":"crm","url":"http://192.168.1.20/"}"#.utf8)
            facts.configuration.webhooks = [
                try JSONDecoder().decode(GatewayConfiguration.WebhookEntry.self, from: entry)
            ]
        },
        Case("files", "security.files", .good) { facts, _ in
            (facts.stateMode, facts.configurationFile, facts.configurationMode) = (0o700, "/b.yaml", 0o600)
        },
        Case("open state", "security.state", .bad) { facts, _ in facts.stateMode = 0o755 },
        Case("readable file", "security.file", .note) { facts, _ in
            (facts.configurationFile, facts.configurationMode) = ("/b.yaml", 0o644)
        },
        Case("writable file", "security.file", .bad) { facts, _ in
            (facts.configurationFile, facts.configurationMode) = ("/b.yaml", 0o664)
        },
        Case("own page", "security.web", .note) { facts, _ in
            (facts.configuration.webRoot, facts.webRootMode) = ("/web", 0o755)
        },
        Case("anybody's page", "security.web", .bad) { facts, _ in
            (facts.configuration.webRoot, facts.webRootMode) = ("/web", 0o777)
        },
        Case("root", "security.user", .bad) { facts, _ in facts.isRoot = true },
        Case("a person", "security.user", nil) { _, _ in },
        Case("protection off", "security.integrity", .bad) { _, snapshot in
            snapshot.mac = MacFacts()
            snapshot.mac?.hasIntegrityProtection = false
        },
        Case("disk open", "security.disk", .note) { _, snapshot in
            snapshot.mac = MacFacts()
            snapshot.mac?.hasFileVault = false
        },
        Case("certificate unreadable", "certificate", .bad) { _, snapshot in
            snapshot.certificate = CertificateFacts(path: "/c", keyPath: "/k")
        },
    ]

    @Test(arguments: cases) func everyRiskIsNamedWithItsRemedy(_ item: Case) throws {
        var facts = SecurityFacts(GatewayConfiguration(stateDirectory: "/s", database: "/d", home: "/h"))
        var snapshot = MachineSnapshot(now: Timestamp(seconds: 1_780_000_000))
        try item.arrange(&facts, &snapshot)
        let findings = SecurityRules.findings(facts, snapshot)
        guard let verdict = item.verdict else {
            return #expect(!findings.contains { $0.id == item.finding })
        }
        let finding = try #require(findings.first { $0.id == item.finding })
        #expect(finding.verdict == verdict)
        #expect((finding.remedy != nil) == (verdict != .good))
        #expect(findings.allSatisfy { $0.title.count <= 16 })
    }
}
