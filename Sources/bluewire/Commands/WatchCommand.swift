//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import ArgumentParser
import BluewireGateway

/// Prints messages as they arrive.
struct WatchCommand: GatewayCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch",
        abstract: "Print messages as they arrive; with --exec, answer them by a program.",
        usage: "bluewire watch [<options>]",
        discussion: """
            Follows the running gateway; without one, or with --db, watches the database itself from now on. \
            --json prints every event as the API shows it.

            With --exec each incoming message is handed to the program as one JSON object on standard input, and what \
            it prints is sent back into the chat. The program is started directly, without a shell; nothing is sent \
            when it prints nothing, fails, or takes longer than --timeout. Only senders named by --allow are answered.

            Example:  bluewire watch
            Example:  bluewire watch --exec ./reply.py --allow +15551234567
            """
    )

    @OptionGroup var common: CommonOptions
    @OptionGroup var database: DatabaseOptions
    @OptionGroup var gateway: GatewayOptions

    @Option(name: .long, help: "Resume after this cursor (needs a gateway).")
    var cursor: String?

    @Option(name: .long, help: "Only this chat.")
    var chat: String?

    @Option(
        name: .long,
        help: ArgumentHelp("A program that answers; words after spaces are its arguments.", valueName: "command"))
    var exec: String?

    @Option(
        name: .long,
        help: ArgumentHelp("An address --exec may answer, or * for everybody; may be repeated.", valueName: "address"))
    var allow: [String] = []

    @Option(name: .long, help: ArgumentHelp("Seconds the program may take.", valueName: "seconds"))
    var timeout = 30

    @Flag(name: .long, help: "Do not use file events; the fallback poll finds everything within 1.5 seconds.")
    var noFileEvents = false

    @Flag(name: .long, help: "Do not poll; file events alone wake the watcher.")
    var noPoll = false

    func validate() throws {
        guard (1...600).contains(timeout) else { throw ValidationError("--timeout is 1 to 600.") }
        guard exec == nil || !allow.isEmpty else {
            throw ValidationError("--exec answers nobody without --allow. Name an address, or \"*\" for everybody.")
        }
        guard !(noFileEvents && noPoll) else {
            throw ValidationError("--no-file-events and --no-poll together watch nothing.")
        }
    }

    func execute(on terminal: Terminal) async throws {
        let configuration = try common.configuration([
            .database: database.db, .fileEvents: noFileEvents ? "false" : nil, .poll: noPoll ? "false" : nil,
        ])
        let isDirect = database.db != nil || noFileEvents || noPoll
        let remote = try gateway.remote(isDirect ? "" : common.state, on: terminal)
        let watcher = Watcher(configuration, direct: isDirect, remote: remote)
        let options = Watcher.Options(cursor: cursor, chat: chat)
        if let exec {
            let program = try ReplyProgram(command: exec, timeout: .seconds(timeout), allow: allow)
            try await watcher.answer(options, by: program) { report in
                terminal.note(report)
            }
        } else {
            try await watcher.run(options) { event, json in
                if common.json {
                    terminal.line(String(decoding: json, as: UTF8.self))
                } else if let line = EventLine(event, terminal: terminal) {
                    for text in line.lines { terminal.line(text) }
                }
            }
        }
    }
}
