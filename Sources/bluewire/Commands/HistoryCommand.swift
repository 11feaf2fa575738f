//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import ArgumentParser
import BluewireGateway
import BluewireWire

/// Prints the messages of a chat.
struct HistoryCommand: GatewayCommand {
    static let configuration = CommandConfiguration(
        commandName: "history",
        abstract: "Print the messages of a chat, oldest first.",
        usage: "bluewire history [<options>] [<chat>]",
        discussion: """
            CHAT is an id (ch_…), a GUID (iMessage;-;+15551234567) or an address.

            Example:  bluewire history +15551234567 --limit 50
            Example:  bluewire history --all --db ./chat.db --json
            """
    )

    @OptionGroup var common: CommonOptions
    @OptionGroup var database: DatabaseOptions
    @OptionGroup var gateway: GatewayOptions

    @Option(name: .long, help: "How many, the newest ones; 1 to 1000.")
    var limit = 50

    @Flag(name: .long, help: "Every message of the chat, newest first, or of every chat when none is named.")
    var all = false

    @Argument(help: "The chat.")
    var chat: String?

    func validate() throws {
        guard (1...1000).contains(limit) else { throw ValidationError("--limit is 1 to 1000.") }
        guard chat != nil || all else { throw ValidationError("Name a chat, or use --all.") }
    }

    func execute(on terminal: Terminal) async throws {
        let reader = try await ChatReader.open(
            try common.configuration([.database: database.db]), direct: database.db != nil,
            remote: try gateway.remote(database.db ?? common.state, on: terminal))
        let references: [String]
        if let chat {
            references = [chat]
        } else {
            references = try await reader.everyChat()
        }
        for reference in references {
            if all {
                try await reader.everyMessage(in: reference) { show($0, on: terminal) }
            } else {
                let page = try await reader.messages(in: reference, limit: limit, before: nil)
                show(page.data.reversed(), on: terminal)
            }
        }
    }

    private func show(_ messages: [NativeMessage], on terminal: Terminal) {
        for message in messages {
            if common.json {
                terminal.line(String(decoding: message.json, as: UTF8.self))
            } else {
                for line in MessageLines(message, terminal: terminal).lines { terminal.line(line) }
            }
        }
    }
}
