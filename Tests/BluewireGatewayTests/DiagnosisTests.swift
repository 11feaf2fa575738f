//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireAgent
import BluewireGateway
import BluewireModel
import BluewireServer
import BluewireTesting
import BluewireWire
import Foundation
import Testing

/// A computer with nothing wrong, over folders of a test.
private func machine() -> DiagnosisMachine {
    var machine = DiagnosisMachine.this
    machine.isMac = false
    machine.environment = [:]
    machine.now = Timestamp(seconds: 1_780_000_000)
    machine.zone = "Europe/Berlin"
    machine.locale = "de_DE"
    machine.freeBytes = { _ in 100 << 30 }
    machine.isPortTaken = { _ in false }
    machine.isGatewayOn = { _ in false }
    machine.modelOrigins = { [] }
    machine.automation = { nil }
    machine.service = { _, _ in nil }
    machine.ask = { _ in .answered(status: 200, date: nil) }
    machine.run = { _, _ in nil }
    machine.patience = .milliseconds(200)
    return machine
}

@Suite struct DoctorTests {
    /// What is wrong, and what the doctor must say to it.
    struct Situation: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var finding: String
        var verdict: Finding.Verdict
        var hasRemedy = true
        var arrange: @Sendable (inout GatewayConfiguration, inout DiagnosisMachine) throws -> Void

        init(
            _ name: String, _ finding: String, _ verdict: Finding.Verdict, hasRemedy: Bool = true,
            arrange: @escaping @Sendable (inout GatewayConfiguration, inout DiagnosisMachine) throws -> Void
        ) {
            testDescription = name
            self.finding = finding
            self.verdict = verdict
            self.hasRemedy = hasRemedy
            self.arrange = arrange
        }

        static let all: [Situation] = [
            Situation("no state yet", "state", .note, hasRemedy: false) { _, _ in },
            Situation("state is a file", "state", .bad) { configuration, _ in
                try Data().write(to: URL(filePath: configuration.stateDirectory))
            },
            Situation("state is open to others", "state", .note) { configuration, _ in
                try FileManager.default.createDirectory(
                    atPath: configuration.stateDirectory, withIntermediateDirectories: true,
                    attributes: [.posixPermissions: 0o755])
            },
            Situation("no database", "database", .bad) { _, _ in },
            Situation("not a database", "database", .bad) { configuration, _ in
                try Data(repeating: 65, count: 4096).write(to: URL(filePath: configuration.database))
            },
            Situation("no osascript", "sending", .bad) { configuration, _ in configuration.osascript = "/nowhere" },
            Situation("reading only", "sending", .note, hasRemedy: false) { configuration, _ in
                configuration.transports = []
            },
            Situation("no simulator", "simulator", .bad) { configuration, _ in
                configuration.transports = [.simulator]
                configuration.simulatorSocket = "/nowhere/simulator.sock"
            },
            Situation("port in use", "port", .bad) { _, machine in machine.isPortTaken = { _ in true } },
            Situation("port free", "port", .good, hasRemedy: false) { _, _ in },
            Situation("disk full", "disk", .bad) { _, machine in machine.freeBytes = { _ in 1 << 20 } },
            Situation("disk nearly full", "disk", .note) { _, machine in machine.freeBytes = { _ in 500 << 20 } },
            Situation("clock not set", "clock", .bad) { _, machine in machine.now = Timestamp(seconds: 0) },
            Situation("nothing would be seen", "events", .bad) { configuration, _ in
                configuration.usesFileEvents = false
                configuration.usesPolling = false
            },
            Situation("no agents", "agents", .note, hasRemedy: false) { _, _ in },
            Situation("allow-list empty", "agents", .note) { configuration, _ in
                configuration.agents = [.init(agent: .init(name: "helper"))]
            },
            Situation("shadow mode", "agents", .note) { configuration, _ in
                configuration.agents = [.init(agent: .init(name: "helper"))]
                configuration.agents[0].agent.allow = ["+15551234567"]
            },
            Situation("key not set", "agents", .bad) { configuration, _ in
                configuration.agents = [.init(agent: .init(name: "helper"))]
                configuration.agents[0].keyVariable = "SOME_KEY"
            },
            Situation("the model answers", "endpoint", .good, hasRemedy: false) { configuration, _ in
                configuration.agents = [.init(agent: .init(name: "helper"))]
                configuration.agents[0].agent.provider = "openai"
                configuration.agents[0].baseURL = "http://127.0.0.1:1/v1"
            },
            Situation("the model is away", "endpoint", .bad) { configuration, machine in
                configuration.agents = [.init(agent: .init(name: "helper"))]
                configuration.agents[0].agent.provider = "openai"
                configuration.agents[0].baseURL = "http://127.0.0.1:1/v1"
                machine.ask = { _ in .unreachable(message: "Nobody listens.", remedy: "") }
            },
            Situation("a certificate that is not there", "certificate", .bad) { configuration, _ in
                configuration.tls = .init(certificate: "/nowhere/certificate.pem", key: "/nowhere/key.pem")
            },
            Situation("a Mac that never asked", "automation", .note) { _, machine in
                machine.isMac = true
                machine.automation = { -1744 }
            },
            Situation("a Mac that sleeps", "sleep", .note) { _, machine in
                machine.isMac = true
                machine.run = { tool, _ in
                    tool.hasSuffix("pmset") ? .init(isSuccess: true, output: " sleep  10\n") : nil
                }
            },
            Situation("no service", "service", .note) { configuration, machine in
                machine.service = { configuration, _ in
                    let plan = ServicePlan(
                        supervisor: .systemd, program: "/bin/bluewire", configurationFile: nil,
                        stateDirectory: configuration.stateDirectory, environmentFile: "/e", home: "/h",
                        configurationHome: "/h/.config")
                    return ServiceReport(plan, file: .absent)
                }
            },
            Situation("a model is there", "model", .good, hasRemedy: false) { _, machine in
                machine.modelOrigins = { ["OPENAI_API_KEY"] }
            },
        ]
    }

    @Test(arguments: Situation.all) func everySituationHasItsFinding(_ situation: Situation) async throws {
        let folder = try TemporaryFolder()
        var configuration = GatewayConfiguration(
            stateDirectory: folder.file("state"), database: folder.file("chat.db"), home: folder.path)
        var machine = machine()
        try situation.arrange(&configuration, &machine)
        let before = try FileManager.default.subpathsOfDirectory(atPath: folder.path)
        let findings = try await Doctor(configuration, machine: machine).examine()
        let finding = try #require(findings.first { $0.id == situation.finding })
        #expect(finding.verdict == situation.verdict)
        #expect((finding.remedy != nil) == situation.hasRemedy)
        #expect(findings.allSatisfy { $0.title.count <= 16 })
        #expect(try FileManager.default.subpathsOfDirectory(atPath: folder.path) == before)
    }
}

@Suite struct SelftestTests {
    private func configuration(_ folder: TemporaryFolder) -> GatewayConfiguration {
        GatewayConfiguration(
            stateDirectory: folder.file("state"), database: folder.file("chat.db"), home: folder.path)
    }

    private func generate(in folder: TemporaryFolder) throws {
        try TestProgram.run(
            "python3", try SharedData.require("tools/make_chatdb.py").path, "--quiet", "--out", folder.file("chat.db"),
            "--messages", "1500", "--macos", "26", "--with-contacts")
    }

    @Test func checksHaveDifferentNamesAndRunWithoutADatabase() async throws {
        let folder = try TemporaryFolder()
        let results = try await Selftest(configuration(folder), machine: machine())
            .run(confirm: { _ in false }, progress: { _ in })
        #expect(results.count >= 40)
        #expect(Set(results.map(\.id)).count == results.count)
        #expect(results.first { $0.id == "permissions.disk" }?.verdict == .failed)
        #expect(results.filter { $0.group == "database" }.allSatisfy { $0.verdict == .skipped })
        #expect(!FileManager.default.fileExists(atPath: folder.file("state")))
    }

    @Test(.enabled(if: SharedData.isAvailable, "\(SharedData.skipReason)"))
    func aGoodDatabasePassesAndTheReportNamesNobody() async throws {
        let folder = try TemporaryFolder()
        try generate(in: folder)
        var machine = machine()
        machine.run = { tool, _ in
            .init(isSuccess: true, output: tool.hasSuffix("pmset") ? " sleep 10\n" : "26.1\nsomebody@example.com\n")
        }
        let selftest = Selftest(configuration(folder), machine: machine)
        let results = try await selftest.run(confirm: { _ in false }, progress: { _ in })
        // The stand-in Mac sleeps; everything else that ran is as it should be.
        let failed = results.filter { $0.verdict == .failed && !["clock.sleep", "system.user"].contains($0.id) }
        #expect(failed.isEmpty, "\(failed)")
        #expect(results.contains { $0.id == "clock.sleep" && $0.verdict == .failed })

        try selftest.write(results, to: folder.file("report.json"))
        let report = try String(contentsOfFile: folder.file("report.json"), encoding: .utf8)
        for secret in [folder.path, "example.com", "+1", "@", "Library/"] { #expect(!report.contains(secret)) }
        let secrets = try await Secrets.of(configuration(folder))
        #expect(secrets.count > 100)
        for secret in secrets { #expect(!report.contains(secret), "\(secret)") }
    }

    @Test(.enabled(if: SharedData.isAvailable, "\(SharedData.skipReason)"))
    func nothingIsSentToAnAddressThatIsNotOnesOwn() async throws {
        let folder = try TemporaryFolder()
        try generate(in: folder)
        var questions = 0
        let results = try await Selftest(configuration(folder), machine: machine()).run(
            sendToSelf: "+4915199999999",
            confirm: { _ in
                questions += 1
                return true
            },
            progress: { _ in })
        #expect(results.last?.id == "sending.self")
        #expect(results.last?.verdict == .failed)
        #expect(questions == 0)
        #expect(!FileManager.default.fileExists(atPath: folder.file("state")))
    }
}

/// Everything personal in a database that is long enough to be recognised.
private enum Secrets {
    static func of(_ configuration: GatewayConfiguration) async throws -> Set<String> {
        let reader = try await ChatReader.open(configuration, direct: true)
        var secrets: Set<String> = []
        for chat in try await reader.chats(limit: 1000, query: nil).data {
            secrets.formUnion(chat.participants.flatMap { [$0.address] + ($0.name.map { [$0] } ?? []) })
            if let name = chat.displayName { secrets.insert(name) }
            secrets.insert(chat.guid)
            for message in try await reader.messages(in: chat.id, limit: 200, before: nil).data {
                secrets.formUnion([message.text, message.id])
            }
        }
        return secrets.filter { $0.count >= 8 }
    }
}
