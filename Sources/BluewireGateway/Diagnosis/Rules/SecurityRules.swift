//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireAgent
import BluewireServer

/// What is risky about the settings, and what the machine adds to it.
package enum SecurityRules {
    /// Everything, the gravest of each kind named; `bad` is what should not stay so.
    package static func findings(_ facts: SecurityFacts, _ snapshot: MachineSnapshot) -> [Finding] {
        let configuration = facts.configuration
        var findings = [listener(configuration)]
        if !configuration.listen.isLoopback { findings.append(clients(configuration)) }
        findings.append(limits(configuration))
        findings.append(tokens(snapshot))
        findings.append(agents(configuration))
        findings += egress(configuration)
        findings.append(webhooks(configuration))
        findings += files(facts)
        if let certificate = OperationRules.certificate(snapshot), certificate.verdict != .good {
            findings.append(certificate)
        }
        findings += machine(facts, snapshot)
        return findings
    }

    // MARK: - Who gets in

    private static func listener(_ configuration: GatewayConfiguration) -> Finding {
        let listen = configuration.listen
        guard !listen.isLoopback else {
            return Finding("security.listen", "listener", .good, "Only this machine reaches \(listen).")
        }
        guard configuration.tls != nil else {
            return Finding(
                "security.listen", "listener", .bad,
                "\(listen) is plain HTTP: everybody in the network can read messages and tokens.",
                remedy: "Run `bluewire tls init`, add the lines it prints, and remove listen-plain.")
        }
        return Finding("security.listen", "listener", .good, "\(listen) speaks TLS.")
    }

    private static func clients(_ configuration: GatewayConfiguration) -> Finding {
        if configuration.tls?.clientAuthority != nil {
            return Finding("security.clients", "clients", .good, "Only clients with a certificate get in.")
        }
        guard configuration.allowedClients != nil else {
            return Finding(
                "security.clients", "clients", .note, "Every machine that reaches the listener may try tokens.",
                remedy: "Set allowed-clients to your network, for example [192.168.1.0/24].")
        }
        return Finding("security.clients", "clients", .good, "Only allowed-clients get in.")
    }

    private static func limits(_ configuration: GatewayConfiguration) -> Finding {
        let limits = configuration.limits
        let off = [
            ("limits.requests", limits.requests == nil),
            ("limits.connections-per-address", limits.connectionsPerAddress == nil),
            ("limits.sockets", limits.sockets == nil), ("limits.failures", limits.failures == nil),
        ].filter(\.1).map(\.0)
        guard !off.isEmpty else { return Finding("security.limits", "limits", .good, "All are on.") }
        return Finding(
            "security.limits", "limits", configuration.listen.isLoopback ? .note : .bad,
            "Switched off: \(off.joined(separator: ", ")).", remedy: "Remove these lines from the configuration.")
    }

    private static func tokens(_ snapshot: MachineSnapshot) -> Finding {
        guard let tokens = snapshot.tokens else {
            return Finding(
                "security.tokens", "tokens", .note, "Looked at only while the gateway runs.",
                remedy: "Start it and look again, or see `bluewire token list`.")
        }
        let endless = tokens.count { $0.isUnlimited && $0.expiresAt == nil }
        guard endless > 0 else {
            return Finding("security.tokens", "tokens", .good, "None may do everything for ever.")
        }
        return Finding(
            "security.tokens", "tokens", .note,
            "\(Doctor.counted(endless, "token")) may do everything in every chat and never ends.",
            remedy: "Give each program its own: `bluewire token create --scope … --chat … --expires …`.")
    }

    // MARK: - What it does by itself

    private static func agents(_ configuration: GatewayConfiguration) -> Finding {
        let agents = configuration.agents.map(\.agent)
        let open = agents.filter { $0.allow.contains("*") }
        let sending = open.filter { !$0.shadow || configuration.agentsSend }
        if let agent = sending.first {
            return Finding(
                "security.agents", "agents", .bad,
                "\(agent.name) answers everybody who knows the address, without anybody looking.",
                remedy: "Name people in allow, or leave it in shadow mode.")
        }
        if let agent = open.first {
            return Finding(
                "security.agents", "agents", .note, "\(agent.name) writes drafts for everybody who knows the address.",
                remedy: "Name people in allow.")
        }
        return Finding(
            "security.agents", "agents", .good,
            agents.isEmpty ? "There are none." : "They answer only whom allow names.")
    }

    private static func egress(_ configuration: GatewayConfiguration) -> [Finding] {
        let settings = [("egress.webhook", configuration.webhookEgress), ("egress.model", configuration.modelEgress)]
        let wide = settings.flatMap { name, entries in
            entries.filter { isWide($0, isForModels: name == "egress.model") }.map { "\(name): \($0)" }
        }
        guard !wide.isEmpty else {
            return [Finding("security.egress", "egress", .good, "Private destinations are named one by one.")]
        }
        let isEverything = wide.contains { $0.hasSuffix("/0") }
        return [
            Finding(
                "security.egress", "egress", isEverything ? .bad : .note,
                "Much is reachable: \(wide.joined(separator: ", ")).",
                remedy: "Name single destinations as host:port; a webhook could else be pointed at anything in there.")
        ]
    }

    /// Whether an entry covers a whole large network, or every name of a domain.
    private static func isWide(_ entry: String, isForModels: Bool) -> Bool {
        // Models of this machine listen on ports of their own choice.
        if isForModels, entry.hasPrefix("127.") { return false }
        let parts = entry.split(separator: "/")
        guard parts.count == 2, let bits = Int(parts[1]) else { return entry.hasPrefix("*.") }
        return bits < (entry.contains(":") ? 48 : 16)
    }

    private static func webhooks(_ configuration: GatewayConfiguration) -> Finding {
        let plain = configuration.webhooks.filter { $0.url.hasPrefix("http://") }
        guard let first = plain.first else {
            return Finding("security.webhooks", "webhooks", .good, "None goes out unencrypted.")
        }
        return Finding(
            "security.webhooks", "webhooks", .note,
            "\(first.name) goes out without encryption; it is signed, but can be read on the way.",
            remedy: "Use https unless the receiver is on this machine.")
    }

    // MARK: - The machine

    private static func files(_ facts: SecurityFacts) -> [Finding] {
        var findings: [Finding] = []
        if let mode = facts.stateMode, mode & 0o077 != 0 {
            findings.append(
                Finding(
                    "security.state", "state", .bad, "Other users can see the state directory.",
                    remedy: "Run: chmod 700 \(facts.configuration.stateDirectory)"))
        }
        if let file = facts.configurationFile, let mode = facts.configurationMode {
            if mode & 0o022 != 0 {
                findings.append(
                    Finding(
                        "security.file", "configuration", .bad,
                        "Other users can change the configuration: whom agents answer, where events go.",
                        remedy: "Run: chmod 600 \(file)"))
            } else if mode & 0o044 != 0 {
                findings.append(
                    Finding(
                        "security.file", "configuration", .note,
                        "Other users can read the configuration, and the addresses in it.",
                        remedy: "Run: chmod 600 \(file)"))
            }
        }
        if let folder = facts.configuration.webRoot {
            let isOpen = (facts.webRootMode ?? 0) & 0o022 != 0
            findings.append(
                Finding(
                    "security.web", "web page", isOpen ? .bad : .note,
                    "The web page comes from \(folder)\(isOpen ? ", which other users can write" : "").",
                    remedy: "Remove web-root when you do not develop the page."))
        }
        if findings.isEmpty {
            findings.append(Finding("security.files", "files", .good, "State and configuration are private."))
        }
        return findings
    }

    private static func machine(_ facts: SecurityFacts, _ snapshot: MachineSnapshot) -> [Finding] {
        var findings: [Finding] = []
        if facts.isRoot {
            findings.append(
                Finding(
                    "security.user", "user", .bad, "This runs as root; what goes wrong, goes wrong everywhere.",
                    remedy: "Run it as the user who is signed in to Messages."))
        }
        guard let mac = snapshot.mac else { return findings }
        if mac.hasIntegrityProtection == false {
            findings.append(
                Finding(
                    "security.integrity", "integrity", .bad, "System Integrity Protection is off.",
                    remedy: "In Recovery run csrutil enable, unless something else needs it off."))
        }
        if mac.hasFileVault == false {
            findings.append(
                Finding(
                    "security.disk", "disk", .note, "The disk is not encrypted: who takes the Mac has its messages.",
                    remedy: "Switch FileVault on, unless it has to start without anybody."))
        }
        return findings
    }
}
