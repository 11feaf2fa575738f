//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import ArgumentParser
import BluewireGateway

/// Simulated Messages, the gateway and an agent, in the browser.
struct DemoCommand: GatewayCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Simulated Messages, the gateway and an agent, in your browser.",
        usage: "bluewire demo [<options>]",
        discussion: """
            Nothing here can reach a real person. The simulated Messages live in a folder of their own, made anew each \
            time unless --keep is given.

            Example:  bluewire demo
            Example:  OPENAI_API_KEY=… bluewire demo --model gpt-4o-mini
            """
    )

    @OptionGroup var common: CommonOptions

    @Option(
        name: .long,
        help: ArgumentHelp("Where to listen; another free port is taken when it is in use.", valueName: "host:port"))
    var listen = "127.0.0.1:8787"

    @Option(name: .long, help: "Answer by this model instead of the offline concierge.")
    var model: String?

    @Option(
        name: .long,
        help: ArgumentHelp("The model's endpoint, for example http://127.0.0.1:11434/v1.", valueName: "url"))
    var modelURL: String?

    @Option(name: .long, help: "The seed of the simulated history.")
    var seed: UInt64 = 1

    @Flag(name: .long, help: "Continue with the simulated Messages of the last demo.")
    var keep = false

    @Option(name: .long, help: .hidden)
    var startedAt: Int?

    func execute(on terminal: Terminal) async throws {
        let options = Demo.Options(
            listen: listen, model: model, modelURL: modelURL, seed: seed, keepsHistory: keep, startedAt: startedAt,
            directory: common.state
        )
        try await Demo.run(options) { greeting in
            if common.json {
                terminal.line(JSONLine.text(greeting))
                return
            }
            terminal.line("Bluewire is running against simulated Messages: nothing here can reach a real person.")
            terminal.line("")
            terminal.line("  Open      \(greeting.url)   (works once)")
            terminal.line("  Agent     \(greeting.agent)")
            if let offer = greeting.offer { terminal.line("  Model     \(offer)") }
            terminal.line("  Ready     \(greeting.seconds) s after the command was started")
            terminal.line("")
            terminal.line(
                "Choose a person, type \"remind me tomorrow at 9 to call the dentist\", watch the answer arrive.")
            terminal.line("Stop with Ctrl-C.")
        }
    }
}
