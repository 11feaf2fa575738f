//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireAgent
import BluewireEvents
import BluewireModel
import BluewireServer
import Testing

@testable import BluewireGateway

@Suite struct ConfigurationDiffTests {
    private typealias Entry = GatewayConfiguration.WebhookEntry

    /// A change of the running configuration, and what it means.
    struct Change: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var applied: [String] = []
        var needsRestart: [String] = []
        var make: @Sendable (inout GatewayConfiguration) -> Void
    }

    private static var running: GatewayConfiguration {
        var configuration = GatewayConfiguration(stateDirectory: "/state", database: "/chat.db", home: "/home/me")
        configuration.webhooks = [Entry(name: "crm", url: "https://example.com/a", events: ["message.created"])]
        var agent = AgentConfiguration(name: "helper")
        agent.allow = ["+15551110001"]
        configuration.agents = [GatewayConfiguration.AgentEntry(agent: agent)]
        return configuration
    }

    static let changes: [Change] = [
        Change(testDescription: "nothing") { _ in },
        Change(testDescription: "log level", applied: ["log-level"]) { $0.logLevel = "debug" },
        Change(testDescription: "hosts", applied: ["allowed-hosts"]) { $0.allowedHosts = ["mac.lan"] },
        Change(testDescription: "addresses", applied: ["allowed-clients"]) { $0.allowedClients = AllowedClients([]) },
        Change(
            testDescription: "limits",
            applied: [
                "limits.requests", "limits.connections", "limits.connections-per-address", "limits.sockets",
                "limits.failures",
            ]
        ) {
            $0.limits.requests = nil
            $0.limits.requestsOnLoopback = .standard
            $0.limits.connections = 17
            $0.limits.connectionsPerAddress = 3
            $0.limits.sockets = 1
            $0.limits.failures = nil
        },
        Change(testDescription: "egress", applied: ["egress.webhook", "egress.model"]) {
            $0.webhookEgress = ["10.0.0.1:80"]
            $0.modelEgress = ["10.0.0.2:80"]
        },
        Change(testDescription: "budgets", applied: ["budget.token", "budget.owner", "budget.agent"]) {
            $0.budget.token.perDay = 1
            $0.budget.owner.burst = 1
            $0.budget.agent.firstContactsPerDay = 1
        },
        Change(testDescription: "a new webhook", applied: ["webhooks"]) {
            $0.webhooks.append(Entry(name: "other", url: "https://example.com/b"))
        },
        Change(testDescription: "other events", applied: ["webhooks"]) { $0.webhooks[0].events = nil },
        Change(testDescription: "a webhook that left the file") { $0.webhooks = [] },
        Change(testDescription: "whom an agent answers", applied: ["agents.allow"]) { $0.agents[0].agent.allow = [] },
        Change(testDescription: "an agent's words", needsRestart: ["agents"]) {
            $0.agents[0].agent.instructions = "Be kind."
        },
        Change(testDescription: "both", applied: ["agents.allow"], needsRestart: ["agents"]) {
            $0.agents[0].agent.owners = ["+15551110009"]
            $0.agents[0].model = "other"
        },
        Change(testDescription: "a new agent", needsRestart: ["agents"]) {
            $0.agents.append(GatewayConfiguration.AgentEntry(agent: AgentConfiguration(name: "second")))
        },
        Change(testDescription: "an agent that left", needsRestart: ["agents"]) { $0.agents = [] },
        Change(
            testDescription: "the address", applied: ["log-level"],
            needsRestart: ["listen", "listen-plain", "discovery"]
        ) {
            $0.listen.port = 1
            $0.listensPlain = true
            $0.isAnnounced = true
            $0.logLevel = "error"
        },
        Change(testDescription: "certificate clients", applied: ["tls.clients"]) {
            $0.clients = [.init(name: "phone", spki: "pin", scopes: ["read"])]
        },
        Change(testDescription: "certificate clients and TLS", needsRestart: ["tls", "tls.clients"]) {
            $0.tls = TLSFiles(certificate: "/c", key: "/k", clientAuthority: "/ca")
            $0.clients = [.init(name: "phone", spki: "pin", scopes: ["read"])]
        },
        Change(
            testDescription: "everything that is opened once",
            needsRestart: [
                "state", "database", "home", "line", "transport", "simulator-socket", "osascript", "file-events",
                "poll",
                "limits.upload", "agents-send", "web-root", "log-format", "retention",
            ]
        ) {
            $0.stateDirectory = "/other"
            $0.database = "/other.db"
            $0.messagesHome = "/other"
            $0.line = LineID(rawValue: "other")
            $0.transports = []
            $0.simulatorSocket = "/socket"
            $0.osascript = "/other"
            $0.usesFileEvents = false
            $0.usesPolling = false
            $0.uploadLimit = 1
            $0.agentsSend = true
            $0.webRoot = "/web"
            $0.logFormat = .json
            $0.retention.journalBytes = 1
        },
    ]

    @Test(arguments: changes)
    func aChangeIsAppliedOrNamed(_ change: Change) {
        var wanted = Self.running
        change.make(&wanted)
        let diff = ConfigurationDiff(from: Self.running, to: wanted)
        #expect(diff.applied == change.applied)
        #expect(diff.needsRestart == change.needsRestart)
        #expect(diff.isEmpty == (change.applied.isEmpty && change.needsRestart.isEmpty))
        // What runs then has nothing left to apply, and what needs a restart is named again.
        let again = ConfigurationDiff(from: diff.merged, to: wanted)
        #expect(again.applied.isEmpty)
        #expect(again.needsRestart == change.needsRestart)
        if change.needsRestart.isEmpty { #expect(diff.merged == wanted) }
    }

    @Test func noSettingIsForgotten() {
        let running = Self.running
        var wanted = running
        for change in Self.changes { change.make(&wanted) }
        wanted.home = "/home/you"
        wanted.crashPoint = "somewhere"
        for (old, new) in zip(Mirror(reflecting: running).children, Mirror(reflecting: wanted).children) {
            #expect("\(old.value)" != "\(new.value)", "\(old.label ?? "") is not changed by any case of the table")
        }
        var everything = running
        for row in ConfigurationDiff.rows { row.adopt(&everything, wanted) }
        everything.agents = wanted.agents
        everything.webhooks = wanted.webhooks
        #expect(everything == wanted)
    }
}
