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
    let machine: DiagnosisMachine

    /// A doctor for this configuration.
    package init(_ configuration: GatewayConfiguration, machine: DiagnosisMachine = .this) {
        self.configuration = configuration
        self.machine = machine
    }

    /// Everything that was looked at, in the order to read it.
    package func examine() async throws -> [Finding] {
        var findings = [configurationFinding] + stateFindings
        findings += await databaseFindings
        findings.append(eventsFinding)
        findings += await sendingFindings
        findings.append(await portFinding)
        findings += [diskFinding, clockFinding]
        findings += agentFindings
        findings.append(await modelFinding)
        try Task.checkCancellation()
        return findings
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

    private var sendingFindings: [Finding] {
        get async {
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
            findings.append(await transportFinding)
            return findings
        }
    }

    private var transportFinding: Finding {
        get async {
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
            guard configuration.transports.contains(.applescript) else {
                return Finding("sending", "sending", .good, "Can send: \(words).")
            }
            return Finding(
                "sending", "sending", .good,
                "Can send: \(words). macOS asks once, at the first send, whether Bluewire may control Messages."
            )
        }
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

    private var clockFinding: Finding {
        let text = machine.now.rfc3339
        guard (2025...2100).contains(Int(text.prefix(4)) ?? 0) else {
            return Finding(
                "clock", "clock", .bad, "It says \(text.prefix(10)).",
                remedy: "Set the clock: reminders, retries and signatures depend on it."
            )
        }
        return Finding(
            "clock", "clock", .good, "\(text.prefix(16).replacing("T", with: " ")) UTC, zone \(machine.zone).")
    }

    // MARK: - Words

    static func counted(_ count: Int, _ noun: String) -> String {
        "\(count) \(noun)\(count == 1 ? "" : "s")"
    }

    static func size(_ bytes: Int64) -> String {
        bytes >= 1 << 30 ? "\(bytes >> 30) GiB" : "\(bytes >> 20) MiB"
    }
}
