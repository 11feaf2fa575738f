//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import BluewireSimulator
import BluewireStore
import BluewireTransport
// Full Foundation: formatting of sizes.
import Foundation

/// Looks at everything Bluewire needs and says what to do about what is missing.
///
/// It makes nothing, changes nothing and raises no permission question.
package struct Doctor: Sendable {
    let configuration: GatewayConfiguration
    /// The configuration file that was asked for; nil for the usual place.
    let file: String?
    let machine: DiagnosisMachine

    /// A doctor for this configuration.
    ///
    /// - Parameter file: the configuration file that was asked for; nil for the usual place.
    package init(_ configuration: GatewayConfiguration, file: String? = nil, machine: DiagnosisMachine = .this) {
        self.configuration = configuration
        self.file = file
        self.machine = machine
    }

    /// Everything that was looked at, in the order to read it.
    ///
    /// - Parameter isOffline: whether nothing beyond this machine is asked.
    package func examine(isOffline: Bool = false) async throws -> [Finding] {
        var snapshot = await snapshot(isOffline: isOffline)
        await lookAtAccount(in: &snapshot)
        var findings = [configurationFinding] + stateFindings
        findings += [OperationRules.readiness(snapshot)].compactMap(\.self)
        findings += [OperationRules.service(snapshot, isGatewayRunning: isGatewayRunning)].compactMap(\.self)
        findings += await databaseFindings(snapshot)
        findings += [OperationRules.sharedAccount(snapshot)].compactMap(\.self)
        findings.append(eventsFinding)
        findings += await sendingFindings(snapshot)
        findings += MacRules.findings(snapshot)
        findings.append(await portFinding)
        findings += [OperationRules.certificate(snapshot), OperationRules.tokens(snapshot)].compactMap(\.self)
        findings += [diskFinding, OperationRules.clock(snapshot, zone: machine.zone)]
        findings += agentFindings
        findings += OperationRules.endpoints(snapshot)
        if snapshot.endpoints.isEmpty { findings.append(await modelFinding) }
        try Task.checkCancellation()
        return findings
    }

    /// What is risky about the settings and the machine.
    package func reviewSecurity() async -> [Finding] {
        let path = file.map(AbsolutePath.of) ?? DefaultPlaces(environment: machine.environment).configurationFile
        let facts = SecurityFacts(configuration, file: path, isRoot: machine.isRoot)
        return SecurityRules.findings(facts, await snapshot(isOffline: true))
    }

    // MARK: - Configuration

    private var configurationFinding: Finding {
        let agents = Self.counted(configuration.agents.count, "agent")
        let webhooks = Self.counted(configuration.webhooks.count, "webhook")
        let names = configuration.transports.map(\.rawValue)
        let transports = names.isEmpty ? "none" : names.joined(separator: ",")
        return Finding(
            "configuration", "configuration", .good,
            "Line \(configuration.line.rawValue), transport \(transports), \(agents), \(webhooks)."
        )
    }

    // MARK: - Watching

    private var eventsFinding: Finding {
        let title = "file events"
        guard configuration.usesFileEvents else {
            guard configuration.usesPolling else {
                return Finding(
                    "events", title, .bad, "File events and the poll are both switched off: nothing would be seen.",
                    remedy: "Remove file-events or poll from the configuration."
                )
            }
            return Finding("events", title, .note, "Switched off; the poll finds messages within about a second.")
        }
        guard FileStatus(path: StoreFactory.place(configuration).folder)?.isFolder == true else {
            return Finding("events", title, .note, "There is nothing to watch before the database is there.")
        }
        guard FileEventCheck.canWatch(configuration.database) else {
            return Finding(
                "events", title, configuration.usesPolling ? .note : .bad, "The system has no file events left.",
                remedy: "Close programs that watch files, or raise the system's limit."
            )
        }
        return Finding("events", title, .good, "The system wakes Bluewire when the database changes.")
    }

    // MARK: - Sending

    private func sendingFindings(_ snapshot: MachineSnapshot) async -> [Finding] {
        var findings: [Finding] = []
        if configuration.transports.contains(.simulator), let socket = configuration.simulatorSocket {
            let answer = try? await SimulatorClient(socketPath: socket).call("GET", "/healthz")
            findings.append(
                answer?.status == 200
                    ? Finding("simulator", "simulator", .good, "It answers on its socket.")
                    : Finding(
                        "simulator", "simulator", .bad, "Nothing answers on \(socket).",
                        remedy: "Start it with `bluewire simulate`, or correct simulator-socket."
                    )
            )
        }
        findings.append(await transportFinding(isAutomationKnown: snapshot.mac?.automation != nil))
        return findings
    }

    private func transportFinding(isAutomationKnown: Bool) async -> Finding {
        guard !configuration.transports.isEmpty else {
            return Finding("sending", "sending", .note, "Switched off: the gateway only reads (transport: none).")
        }
        guard let line = try? TransportFactory.line(configuration) else {
            return Finding("sending", "sending", .bad, "The transport cannot be made from this configuration.")
        }
        let capabilities = await line.capabilities
        guard capabilities.supported.contains(.text) else {
            return Finding(
                "sending", "sending", .bad, capabilities.reasons[.text] ?? "No transport can send.",
                remedy: configuration.transports.contains(.simulator)
                    ? "Start the simulator."
                    : "Run on a Mac with Messages; to read only, set transport: none."
            )
        }
        let words = capabilities.supported.map(\.rawValue).sorted().joined(separator: ", ")
        guard configuration.transports.contains(.applescript), !isAutomationKnown else {
            return Finding("sending", "sending", .good, "Can send: \(words).")
        }
        return Finding(
            "sending", "sending", .good,
            "Can send: \(words). macOS asks once, at the first send, whether Bluewire may control Messages."
        )
    }

    // MARK: - The machine

    private var portFinding: Finding {
        get async {
            let listen = configuration.listen
            guard listen.port != 0 else { return Finding("port", "port", .good, "The system chooses one.") }
            guard machine.isPortTaken(listen.port) else { return Finding("port", "port", .good, "\(listen) is free.") }
            let isGateway = await machine.isGatewayOn(listen.port)
            if isGateway, isGatewayRunning {
                return Finding("port", "port", .good, "\(listen) is used by the running gateway.")
            }
            return Finding(
                "port", "port", .bad,
                "\(listen) is taken by \(isGateway ? "a gateway with another state directory" : "another program").",
                remedy: "Stop it, or listen elsewhere, for example `bluewire serve --listen 127.0.0.1:0`."
            )
        }
    }

    private var diskFinding: Finding {
        guard let free = machine.freeBytes(configuration.stateDirectory) else {
            return Finding("disk", "disk space", .note, "It cannot be told how much is free.")
        }
        let text = "\(Self.size(free)) free where the state lies."
        let remedy = "Make room: without it nothing can be stored, and so nothing is sent."
        if free < 64 << 20 { return Finding("disk", "disk space", .bad, text, remedy: remedy) }
        if free < 1 << 30 { return Finding("disk", "disk space", .note, text, remedy: remedy) }
        return Finding("disk", "disk space", .good, text)
    }

    // MARK: - Words

    static func counted(_ count: Int, _ noun: String) -> String {
        "\(count) \(noun)\(count == 1 ? "" : "s")"
    }

    static func size(_ bytes: Int64) -> String {
        bytes >= 1 << 30 ? "\(bytes >> 30) GiB" : "\(bytes >> 20) MiB"
    }
}
