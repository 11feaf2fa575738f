//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import ArgumentParser
import BluewireGateway

/// Simulated Messages, as a process of its own.
struct SimulateCommand: GatewayCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Run simulated Messages: a chat.db in Apple's schema with scripted people.",
        usage: "bluewire simulate [<options>] --home <directory>",
        discussion: """
            Writes only below --home, and refuses a folder that holds anything but a simulation. Its HTTP API on the \
            socket plays people and switches faults.

            Example:  bluewire simulate --home ./sim
                      bluewire serve --transport simulator \\
                        --db ./sim/Library/Messages/chat.db \\
                        --simulator-socket ./sim/simulator.sock
            """
    )

    @OptionGroup var common: CommonOptions

    @Option(name: .long, help: ArgumentHelp("The simulated home.", valueName: "directory"))
    var home: String

    @Option(
        name: .long, help: ArgumentHelp("The socket; simulator.sock below the home unless given.", valueName: "path"))
    var socket: String?

    @Option(name: .long, help: "The seed: the same seed gives the same people, texts and GUIDs.")
    var seed: UInt64 = 1

    @Option(name: .long, help: "The schema: 13, 15 or 26.")
    var macos = 26

    @Option(name: .long, help: "How many times faster than real time receipts follow.")
    var speed = 1.0

    @Flag(name: .long, help: "Start without people and history.")
    var empty = false

    func validate() throws {
        guard [13, 15, 26].contains(macos) else { throw ValidationError("--macos is 13, 15 or 26.") }
        guard speed > 0, speed <= 1000 else { throw ValidationError("--speed is above 0 and at most 1000.") }
    }

    func execute(on terminal: Terminal) async throws {
        let options = SimulatorProcess.Options(
            home: home, socket: socket, seed: seed, macOS: macos, speed: speed, isEmpty: empty
        )
        try await SimulatorProcess.run(options) { greeting in
            if common.json {
                terminal.line(JSONLine.text(greeting))
            } else {
                terminal.line("Simulated Messages are running.")
                terminal.line("")
                terminal.line("  Database  \(greeting.database)")
                terminal.line("  Socket    \(greeting.socket)")
            }
        }
    }
}
