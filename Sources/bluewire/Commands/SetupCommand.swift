//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import ArgumentParser
import BluewireGateway
import BluewireModel
// Full Foundation: whether somebody sits at the terminal.
import Foundation

/// Sets Bluewire up, step by step.
struct SetupCommand: GatewayCommand {
    static let configuration = CommandConfiguration(
        commandName: "setup",
        abstract: "Set Bluewire up: permissions, your last chats, and a text to yourself.",
        usage: "bluewire setup [--again] [<options>]",
        discussion: """
            Waits for each permission, and can be stopped anywhere: the next run goes on there. Nothing is sent before \
            you type yes, and then one text to your own address only. Exits with 1 when something is still to do. \
            --json shows how far it has come and asks nothing.

            Example:  bluewire setup
            """
    )

    @OptionGroup var common: CommonOptions
    @OptionGroup var database: DatabaseOptions

    @Flag(name: .long, help: "Send the text to yourself once more.")
    var again = false

    func execute(on terminal: Terminal) async throws {
        let configuration = try common.configuration([.database: database.db])
        if common.json {
            terminal.line(JSONLine.text(SetupProgress(SetupState.load(from: configuration.stateDirectory))))
            return
        }
        guard isatty(STDIN_FILENO) == 1 else {
            throw GatewayError(
                .unavailable, message: "Setting up needs somebody at a terminal.",
                remedy: "Run it in a terminal at the Mac's screen; `bluewire doctor` looks without asking.")
        }
        let setup = Setup(
            stateDirectory: configuration.stateDirectory, machine: .this(configuration),
            console: TerminalConsole(terminal: terminal))
        guard try await setup.run(repeats: again) == .finished else {
            throw ExitCode(GatewayError.Code.failed.rawValue)
        }
    }
}

/// How far the set-up has come, for programs.
private struct SetupProgress: Encodable {
    var steps: [String: String?]

    init(_ state: SetupState) {
        steps = Dictionary(
            uniqueKeysWithValues: SetupState.Step.allCases.map { ($0.rawValue, state.steps[$0.rawValue]) })
    }
}

/// The person at this terminal.
private struct TerminalConsole: SetupConsole {
    let terminal: Terminal

    func say(_ text: String) {
        // Lines of a table or a poem stay lines; only what is too wide is broken.
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            guard DisplayText.width(String(line)) > terminal.width else {
                terminal.line(DisplayText.safe(String(line)))
                continue
            }
            for piece in DisplayText.wrapped(String(line), columns: terminal.width) { terminal.line(piece) }
        }
    }

    func begin(_ title: String) {
        terminal.line("\n\(terminal.styled(title, .bold))\n")
    }

    func show(_ chats: [SetupChat]) {
        for chat in chats {
            let time = chat.lastMessageAt.map { TerminalTime.short($0) } ?? ""
            terminal.line(
                "  \(DisplayText.fitted(DisplayText.safe(chat.name), columns: max(20, terminal.width - 20))) \(time)")
        }
    }

    func ask(_ question: String) async -> String? {
        terminal.prompt(question)
        return readLine()
    }
}
