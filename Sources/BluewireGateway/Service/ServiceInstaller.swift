//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel
import BluewireState
// Full Foundation: the environment.
import Foundation

/// Installs the gateway with the user's own supervisor, says how it is, and takes it away again.
package struct ServiceInstaller: Sendable {
    private let plan: ServicePlan
    private let commands: SupervisorCommands
    private let runner: any CommandRunning
    private let clock: any WallClock
    private let variables: [String]

    /// An installer over its parts.
    ///
    /// - Parameter variables: environment variables the configuration needs, which a supervisor does not hand on.
    package init(
        _ plan: ServicePlan, user: UInt32, variables: [String] = [], runner: any CommandRunning,
        clock: any WallClock = SystemWallClock()
    ) {
        self.plan = plan
        commands = SupervisorCommands(plan, user: user)
        self.variables = variables
        self.runner = runner
        self.clock = clock
    }

    /// The installer of this computer for a configuration.
    ///
    /// - Parameter file: the configuration file that was asked for.
    /// - Throws: ``GatewayError`` when run for another user (`sudo`), where no service can be right.
    package static func this(
        _ configuration: GatewayConfiguration, file: String?,
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(GatewayError) -> ServiceInstaller {
        let places = DefaultPlaces(environment: environment)
        #if os(macOS)
            let supervisor = ServicePlan.Supervisor.launchd
        #else
            let supervisor = ServicePlan.Supervisor.systemd
        #endif
        guard environment["SUDO_UID"] == nil, supervisor == .systemd || geteuid() != 0 else {
            throw GatewayError(
                .denied, message: "A service belongs to the user who is signed in to Messages, not to root.",
                remedy: "Run the command again as that user, without sudo."
            )
        }
        let path = file.map(AbsolutePath.of) ?? places.configurationFile
        let isThere = file != nil || FileManager.default.fileExists(atPath: path)
        let plan = ServicePlan(
            supervisor: supervisor,
            program: ProgramPlace.own(Executable.path, calledAs: CommandLine.arguments[0], path: environment["PATH"]),
            configurationFile: isThere ? path : nil,
            stateDirectory: AbsolutePath.of(configuration.stateDirectory),
            environmentFile: (path as NSString).deletingLastPathComponent + "/environment", home: places.home,
            configurationHome: environment["XDG_CONFIG_HOME"] ?? "\(places.home)/.config"
        )
        let settings = environment.keys.filter { name in
            name != "BLUEWIRE_CONFIG" && ConfigurationKey.allCases.contains { $0.environmentName == name }
        }
        let secrets =
            configuration.agents.compactMap(\.keyVariable) + configuration.webhooks.compactMap(\.secretVariable)
        return ServiceInstaller(
            plan, user: geteuid(), variables: Set(settings + secrets).sorted(), runner: SystemCommandRunner()
        )
    }

    /// Refuses a configuration that a service could only fail with, at every start anew.
    ///
    /// - Throws: ``GatewayError`` that says what to change.
    package static func check(_ configuration: GatewayConfiguration) throws(GatewayError) {
        try ListeningSettings.checkReach(configuration)
    }

    // MARK: - Installing

    /// Writes the supervisor's file and (re)starts the gateway; repeating it is harmless.
    ///
    /// - Throws: ``GatewayError`` when the program's place is none for a service, or somebody else's file is there.
    package func install(allowsBuildPath: Bool = false, isDryRun: Bool = false) async throws(GatewayError)
        -> ServiceReport
    {
        try plan.check()
        if !allowsBuildPath { try ProgramPlace.check(plan.program) }
        let file = OwnedFile(path: plan.path)
        var report = ServiceReport(plan, file: file.state(expecting: plan.contents))
        guard report.file != .foreign else { throw file.foreign }
        report.notes = installNotes
        let writes = report.file == .current ? [] : ["write \(plan.path)"]
        if isDryRun {
            report.isDryRun = true
            report.contents = OwnedFile.marked(plan.contents)
            report.steps = writes + commands.install.map(\.description)
            return report
        }
        do throws(StateError) {
            // launchd opens the log before the gateway could make its folder.
            _ = try StateDirectory(path: plan.stateDirectory)
        } catch {
            throw GatewayError(translating: error)
        }
        try file.write(plan.contents)
        report.file = .current
        report.steps = writes
        let left = await run(commands.install, into: &report)
        report.take(commands.condition(await runner.run(commands.question.tool, commands.question.arguments)))
        if !left.isEmpty {
            report.left = left.map(\.description)
            report.remedy =
                "The file is written, but \(plan.supervisor.rawValue) did not start the gateway; \(sessionRemedy) "
                + "Then run what is left."
        }
        return report
    }

    private var installNotes: [String] {
        var notes: [String] = []
        switch plan.supervisor {
        case .systemd:
            notes.append("It runs while you are logged in; `loginctl enable-linger` keeps it running without.")
            notes.append("Its own lines: journalctl --user -u \(ServicePlan.unit)")
            if !variables.isEmpty {
                notes.append(
                    "It does not see your shell's environment. Put \(variables.joined(separator: ", ")) into "
                        + "\(plan.environmentFile), one NAME=value a line, readable by you alone.")
            }
        case .launchd:
            notes.append("It runs while you are logged in at the Mac's screen.")
            notes.append("Its own lines: \(LaunchAgent(plan).logPath)")
            notes.append(
                "It needs Full Disk Access of its own: in System Settings, Privacy & Security, add \(plan.program).")
            notes.append(
                "Permissions survive an upgrade when this path and the signing certificate stay. A build signed "
                    + "without one is a stranger: switch its entries off and on again after each.")
            if !variables.isEmpty {
                notes.append(
                    "It does not see your shell's environment: \(variables.joined(separator: ", ")). Write settings "
                        + "into the configuration file; hand on keys with `launchctl setenv NAME value` at each login.")
            }
        }
        return notes
    }

    // MARK: - Status

    /// How the service is, without changing anything.
    package func status() async -> ServiceReport {
        var report = ServiceReport(plan, file: OwnedFile(path: plan.path).state(expecting: plan.contents))
        report.take(commands.condition(await runner.run(commands.question.tool, commands.question.arguments)))
        switch (report.file, report.isRunning) {
        case (.absent, _): report.remedy = "Install it with `bluewire service install`."
        case (.foreign, _): report.notes = ["The file was not written by Bluewire, or was changed since."]
        case (.outdated, _):
            report.remedy =
                "The file is of another version, program or setting; renew it with `bluewire service install`."
        case (.current, nil):
            report.remedy = "\(plan.supervisor.rawValue) could not be asked; \(sessionRemedy)"
        case (.current, false):
            report.remedy = "It does not run; `bluewire doctor` says what may be missing, and its log why it ended."
        case (.current, true): break
        }
        return report
    }

    // MARK: - Uninstalling

    /// Stops the gateway and removes the supervisor's file; state and configuration stay.
    ///
    /// - Throws: ``GatewayError`` when somebody else's file is there.
    package func uninstall(isDryRun: Bool = false) async throws(GatewayError) -> ServiceReport {
        let file = OwnedFile(path: plan.path)
        var report = ServiceReport(plan, file: file.state(expecting: plan.contents))
        guard report.file != .foreign else { throw file.foreign }
        guard report.file != .absent else {
            report.notes = ["There is none."]
            return report
        }
        report.notes = ["State and configuration stay: \(plan.stateDirectory)"]
        if plan.supervisor == .launchd {
            report.notes.append(
                "Permissions stay in System Settings, Privacy & Security, Full Disk Access and Automation; "
                    + "switch them off there.")
        }
        if isDryRun {
            report.isDryRun = true
            report.steps =
                commands.stop.map(\.description) + ["remove \(plan.path)"] + commands.forget.map(\.description)
            return report
        }
        var left = await run(commands.stop, into: &report)
        try file.remove()
        report.file = .absent
        report.steps.append("remove \(plan.path)")
        left += await run(commands.forget, into: &report)
        report.take(commands.condition(await runner.run(commands.question.tool, commands.question.arguments)))
        if !left.isEmpty {
            report.left = left.map(\.description)
            report.remedy =
                "\(plan.supervisor.rawValue) could not be told. If a gateway still runs, stop it; \(sessionRemedy)"
        }
        return report
    }

    // MARK: - Running the tool

    /// Runs calls in order and stops at the first that fails; gives back what was not done.
    private func run(_ calls: [SupervisorCommands.Call], into report: inout ServiceReport) async -> [SupervisorCommands
        .Call]
    {
        for (index, call) in calls.enumerated() {
            guard let answer = await attempt(call) else {
                report.notes.append("\(call.tool) is not there.")
                return Array(calls[index...])
            }
            guard answer.isSuccess || call.mayFail else {
                if !answer.complaint.isEmpty { report.notes.append("\(call.tool): \(answer.complaint)") }
                return Array(calls[index...])
            }
            report.steps.append(call.description)
        }
        return []
    }

    private func attempt(_ call: SupervisorCommands.Call) async -> CommandAnswer? {
        for _ in 1..<call.attempts {
            let answer = await runner.run(call.tool, call.arguments)
            if answer?.isSuccess != false { return answer }
            guard (try? await clock.sleep(for: .seconds(1))) != nil else { return answer }
        }
        return await runner.run(call.tool, call.arguments)
    }

    private var sessionRemedy: String {
        switch plan.supervisor {
        case .systemd: "log in as this user itself (not by su or sudo), on a system that systemd runs."
        case .launchd: "log in at the Mac's own screen."
        }
    }
}
