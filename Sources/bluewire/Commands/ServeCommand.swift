//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import ArgumentParser
import BluewireGateway

/// Runs the gateway.
struct ServeCommand: GatewayCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Run the gateway until it is stopped.",
        usage: "bluewire serve [<options>]",
        discussion: """
            Settings come from the configuration file, then the environment (BLUEWIRE_…), then these flags. \
            Agents write drafts for approval (shadow mode) unless --agents-send is given.

            Example:  bluewire serve --listen 127.0.0.1:8787
            """
    )

    @OptionGroup var common: CommonOptions
    @OptionGroup var database: DatabaseOptions

    @Option(name: .long, help: ArgumentHelp("Where to listen.", valueName: "host:port"))
    var listen: String?

    @Option(name: .long, help: "applescript, simulator, both in order, or none.")
    var transport: String?

    @Option(name: .long, help: ArgumentHelp("The socket of `bluewire simulate`.", valueName: "path"))
    var simulatorSocket: String?

    @Option(name: .long, help: ArgumentHelp("A folder that overrides the web page.", valueName: "directory"))
    var webRoot: String?

    @Flag(name: .long, help: "Agents really send, instead of writing drafts.")
    var agentsSend = false

    @Flag(name: .long, help: "Announce the gateway in the local network.")
    var discover = false

    @Flag(name: .long, help: "Do not use file events.")
    var noFileEvents = false

    @Flag(name: .long, help: "Do not poll.")
    var noPoll = false

    @Flag(name: .long, help: "Make a token with all scopes, print it, and exit.")
    var printToken = false

    func execute(on terminal: Terminal) async throws {
        let source = common.source([
            .database: database.db, .listen: listen, .transport: transport, .simulatorSocket: simulatorSocket,
            .webRoot: webRoot, .agentsSend: agentsSend ? "true" : nil, .fileEvents: noFileEvents ? "false" : nil,
            .poll: noPoll ? "false" : nil, .discovery: discover ? "true" : nil,
        ])
        let configuration = try source.load()
        if printToken {
            terminal.line(try await TokenMaker.make(configuration))
            return
        }
        try await Gateway.run(configuration, reloadingFrom: source) { greeting in
            if common.json {
                terminal.line(JSONLine.text(greeting))
            } else {
                terminal.line("Bluewire \(ProductVersion.current) is running.")
                terminal.line("")
                terminal.line("  Open      \(greeting.url)   (works once)")
                terminal.line("  Socket    \(greeting.socket)")
                terminal.line("  Sending   \(greeting.sending)")
            }
        }
    }
}
