//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import ArgumentParser
import BluewireGateway

/// The gateway as a service of the user.
struct ServiceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "service",
        abstract: "Keep the gateway running: with systemd on Linux, with launchd on macOS.",
        discussion: """
            The service belongs to you, not to the system, and runs `bluewire serve` from where this program lies, with \
            the configuration file and state directory that are in force now.

            Example:  bluewire service install
            """,
        subcommands: [Install.self, Status.self, Uninstall.self]
    )

    /// Installs and starts it.
    struct Install: GatewayCommand {
        static let configuration = CommandConfiguration(
            abstract: "Install the service and start it; after an upgrade, start it again.",
            usage: "bluewire service install [--dry-run] [--allow-build-path] [<options>]",
            discussion: """
                A file that Bluewire did not write, or that was changed since, is left alone. Exits with 69 when the file \
                is written but could not be put into force; what is left to do is then printed.

                Example:  bluewire service install --dry-run
                """
        )
        @OptionGroup var common: CommonOptions

        @Flag(name: .long, help: "Only show what would be written and run.")
        var dryRun = false

        @Flag(name: .long, help: "Accept a program in a build or temporary folder.")
        var allowBuildPath = false

        func execute(on terminal: Terminal) async throws {
            let configuration = try common.configuration()
            try ServiceInstaller.check(configuration)
            let report = try await ServiceInstaller.this(configuration, file: common.config)
                .install(allowsBuildPath: allowBuildPath, isDryRun: dryRun)
            ServiceOutput.show(report, asJSON: common.json, on: terminal)
            if report.remedy != nil { throw ExitCode(GatewayError.Code.unavailable.rawValue) }
        }
    }

    /// Says how it is.
    struct Status: GatewayCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say whether the service is installed and runs; exits with 1 when not.",
            usage: "bluewire service status [<options>]", discussion: "Example:  bluewire service status"
        )
        @OptionGroup var common: CommonOptions

        func execute(on terminal: Terminal) async throws {
            let report = try await ServiceInstaller.this(try common.configuration(), file: common.config).status()
            ServiceOutput.show(report, asJSON: common.json, on: terminal)
            if report.isRunning != true { throw ExitCode(GatewayError.Code.failed.rawValue) }
        }
    }

    /// Takes it away.
    struct Uninstall: GatewayCommand {
        static let configuration = CommandConfiguration(
            abstract: "Stop the service and remove it; state and configuration stay.",
            usage: "bluewire service uninstall [--dry-run] [<options>]",
            discussion: "Example:  bluewire service uninstall"
        )
        @OptionGroup var common: CommonOptions

        @Flag(name: .long, help: "Only show what would be run and removed.")
        var dryRun = false

        func execute(on terminal: Terminal) async throws {
            let report = try await ServiceInstaller.this(try common.configuration(), file: common.config)
                .uninstall(isDryRun: dryRun)
            ServiceOutput.show(report, asJSON: common.json, on: terminal)
            if report.remedy != nil { throw ExitCode(GatewayError.Code.unavailable.rawValue) }
        }
    }
}

/// A report for people or programs.
private enum ServiceOutput {
    static func show(_ report: ServiceReport, asJSON: Bool, on terminal: Terminal) {
        if asJSON { return terminal.line(JSONLine.text(report)) }
        let file =
            switch report.file {
            case .absent: "not there"
            case .current: "as it should be"
            case .outdated: "of another version or setting"
            case .foreign: "somebody else's"
            }
        // Paths and commands are not wrapped, so that they can be copied.
        terminal.line("File     \(report.path) (\(file))")
        if !report.isDryRun { row("Gateway", gateway(report), on: terminal) }
        for step in report.steps { terminal.line("\(report.isDryRun ? "Would  " : "Did    ")  \(step)") }
        if let contents = report.contents { terminal.line("\n\(contents)") }
        for note in report.notes { row("Note", note, on: terminal) }
        if let remedy = report.remedy { row("→", remedy, on: terminal) }
        for command in report.left { terminal.line("         \(command)") }
    }

    /// A word and what belongs to it, wrapped to the terminal.
    private static func row(_ word: String, _ text: String, on terminal: Terminal) {
        for (index, line) in DisplayText.wrapped(text, columns: max(20, terminal.width - 9)).enumerated() {
            terminal.line(DisplayText.fitted(index == 0 ? word : "", columns: 9) + line)
        }
    }

    private static func gateway(_ report: ServiceReport) -> String {
        switch report.isRunning {
        case true?: "runs" + (report.process.map { " as process \($0)" } ?? "")
        case false?: "does not run" + (report.lastExit.map { "; it ended with \($0)" } ?? "")
        case nil: "\(report.supervisor.rawValue) could not be asked"
        }
    }
}
