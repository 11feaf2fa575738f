//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import ArgumentParser
import BluewireGateway
import BluewireWire

/// Lists chats.
struct ChatsCommand: GatewayCommand {
    static let configuration = CommandConfiguration(
        commandName: "chats",
        abstract: "List chats, the newest first.",
        usage: "bluewire chats [<options>] [<query>]",
        discussion: """
            Asks the running gateway; reads the database directly when none runs, or with --db.

            Example:  bluewire chats --limit 10
            """
    )

    @OptionGroup var common: CommonOptions
    @OptionGroup var database: DatabaseOptions
    @OptionGroup var gateway: GatewayOptions

    @Option(name: .long, help: "How many, 1 to 1000.")
    var limit = 20

    @Argument(help: "Only chats whose name or address contains this.")
    var query: String?

    func validate() throws {
        guard (1...1000).contains(limit) else { throw ValidationError("--limit is 1 to 1000.") }
    }

    func execute(on terminal: Terminal) async throws {
        let reader = try await ChatReader.open(
            try common.configuration([.database: database.db]), direct: database.db != nil,
            remote: try gateway.remote(database.db ?? common.state, on: terminal))
        let chats = try await reader.chats(limit: limit, query: query).data
        if common.json {
            for chat in chats { terminal.line(String(decoding: chat.json, as: UTF8.self)) }
            return
        }
        guard !chats.isEmpty else {
            terminal.note(query == nil ? "There are no chats yet." : "No chat matches.")
            return
        }
        for chat in chats {
            for line in ChatLines(chat, terminal: terminal).lines { terminal.line(line) }
        }
    }
}

/// A chat as two lines of text.
struct ChatLines {
    let lines: [String]

    init(_ chat: NativeChat, terminal: Terminal) {
        let time = chat.lastMessageAt.map { TerminalTime.short($0.timestamp) } ?? ""
        let unread = chat.unreadCount > 0 ? " (\(chat.unreadCount) new)" : ""
        let width = max(20, terminal.width - 18)
        let name = DisplayText.fitted(DisplayText.safe(chat.name) + unread, columns: width)
        lines = [
            "\(terminal.styled(name, .bold)) \(time)",
            "  \(terminal.styled(DisplayText.truncated(DisplayText.safe("\(chat.id)  \(chat.guid)"), columns: terminal.width - 2), .dim))",
        ]
    }
}
