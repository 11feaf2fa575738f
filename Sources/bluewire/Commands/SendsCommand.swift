//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import ArgumentParser
import BluewireGateway
import BluewireWire

/// What became of sends.
struct SendsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sends",
        abstract: "See what became of sends; try one again, or cancel it.",
        discussion: "Example:  bluewire sends list --only failed",
        subcommands: [List.self, Show.self, Retry.self, Cancel.self]
    )

    /// Lists sends.
    struct List: ClientCommand {
        static let configuration = CommandConfiguration(
            abstract: "List sends, newest first.", usage: "bluewire sends list [<options>]",
            discussion: "Example:  bluewire sends list --only unknown --json"
        )
        @OptionGroup var common: CommonOptions
        @OptionGroup var gateway: GatewayOptions

        @Option(name: .customLong("only"), help: "Only sends in this state: queued, sent, failed, unknown and so on.")
        var state: String?

        @Option(name: .long, help: "How many, 1 to 1000.")
        var limit = 20

        func validate() throws {
            guard (1...1000).contains(limit) else { throw ValidationError("--limit is 1 to 1000.") }
        }

        func execute(on terminal: Terminal) async throws {
            let sends = try await client(on: terminal).sends(state: state, limit: limit).data
            terminal.list(sends, asJSON: common.json, empty: "There are no such sends.") {
                EntryLines($0, terminal: terminal)
            }
        }
    }

    /// Shows a send.
    struct Show: ClientCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show a send and every try to hand it over; with --json the send, then a line for each try.",
            usage: "bluewire sends show [<options>] <send>",
            discussion: "Example:  bluewire sends show snd_7mcmixolqbllaxwc"
        )
        @OptionGroup var common: CommonOptions
        @OptionGroup var gateway: GatewayOptions
        @Argument(help: "Its id.") var send: String

        func execute(on terminal: Terminal) async throws {
            let client = try await client(on: terminal)
            terminal.list([try await client.send(send)], asJSON: common.json, empty: "") {
                EntryLines($0, terminal: terminal)
            }
            terminal.list(
                try await client.attempts(of: send).data, asJSON: common.json, empty: "It was not handed over yet."
            ) { attempt in
                EntryLines(
                    "\(attempt.number). \(attempt.transport): \(attempt.outcome)",
                    trailing: TerminalTime.short(attempt.startedAt.timestamp), details: [attempt.reason],
                    terminal: terminal)
            }
        }
    }

    /// Tries a send again.
    struct Retry: ClientCommand {
        static let configuration = CommandConfiguration(
            abstract: "Try a failed or unknown send again; an unknown one may then arrive twice.",
            usage: "bluewire sends retry [<options>] <send>",
            discussion: "Example:  bluewire sends retry snd_7mcmixolqbllaxwc"
        )
        @OptionGroup var common: CommonOptions
        @OptionGroup var gateway: GatewayOptions
        @Argument(help: "Its id.") var send: String

        func execute(on terminal: Terminal) async throws {
            let send = try await client(on: terminal).retrySend(send)
            terminal.list([send], asJSON: common.json, empty: "") { EntryLines($0, terminal: terminal) }
        }
    }

    /// Cancels a send.
    struct Cancel: ClientCommand {
        static let configuration = CommandConfiguration(
            abstract: "Cancel a send that has not gone out.", usage: "bluewire sends cancel [<options>] <send>",
            discussion: "Example:  bluewire sends cancel snd_7mcmixolqbllaxwc"
        )
        @OptionGroup var common: CommonOptions
        @OptionGroup var gateway: GatewayOptions
        @Argument(help: "Its id.") var send: String

        func execute(on terminal: Terminal) async throws {
            let send = try await client(on: terminal).cancelSend(send)
            terminal.list([send], asJSON: common.json, empty: "") { EntryLines($0, terminal: terminal) }
        }
    }
}

extension EntryLines {
    /// A send: for whom, its state, what it sends.
    init(_ send: NativeSend, terminal: Terminal) {
        let content = [send.action.type, send.action.text].compactMap(\.self) + send.action.files
        self.init(
            "\(send.state)  \(send.chat ?? send.to ?? "")", trailing: TerminalTime.short(send.createdAt.timestamp),
            details: [
                send.id,
                DisplayText.truncated(
                    DisplayText.safe(content.filter { !$0.isEmpty }.joined(separator: "  ")),
                    columns: terminal.width - 2),
                send.scheduledAt.map { "for \(TerminalTime.short($0.timestamp))" },
                send.failure.map { "\($0.code): \($0.remedy)" },
            ], terminal: terminal)
    }
}
