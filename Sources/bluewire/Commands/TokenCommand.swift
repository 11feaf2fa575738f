//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import ArgumentParser
import BluewireGateway
import BluewireModel
import BluewireWire

/// Tokens for other programs and machines.
struct TokenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token",
        abstract: "Make, list and end tokens; print a link to the page.",
        discussion: """
            Works through the running gateway, or on its state when none runs. Only hashes are kept: a token is shown \
            once.

            Example:  bluewire token create --scope read --name laptop
            """,
        subcommands: [Create.self, List.self, Revoke.self, Link.self]
    )

    /// Makes a token.
    struct Create: GatewayCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a token and print it.", usage: "bluewire token create --scope <scope> [<options>]",
            discussion: """
                Scopes: \(TokenDesk.knownScopes.joined(separator: ", ")).

                Example:  bluewire token create --scope read --scope messages:send --chat +15551234567 --expires "in 30d"
                """
        )
        @OptionGroup var common: CommonOptions
        @OptionGroup var database: DatabaseOptions
        @OptionGroup var gateway: GatewayOptions

        @Option(name: .long, help: "What it allows; may be repeated.")
        var scope: [String] = []

        @Option(name: .long, help: "What you call it.")
        var name = "command line"

        @Option(name: .long, help: "The only chats it sees; may be repeated.")
        var chat: [String] = []

        @Option(name: .long, help: ArgumentHelp("When it ends: an RFC 3339 time, or \"in 30d\".", valueName: "time"))
        var expires: String?

        func validate() throws {
            guard !scope.isEmpty else { throw ValidationError("What may it do? Give --scope, for example read.") }
            if let expires, SendTime.parse(expires, now: SystemWallClock().now) == nil {
                throw ValidationError("--expires is a time such as 2026-03-14T09:00:00Z, or \"in 30d\" (s, m, h, d).")
            }
        }

        func execute(on terminal: Terminal) async throws {
            let desk = TokenDesk(
                try common.configuration([.database: database.db]),
                remote: try gateway.remote(database.db ?? common.state, on: terminal))
            let end = expires.flatMap { SendTime.parse($0, now: SystemWallClock().now) }
            let token = try await desk.create(
                NativeTokenRequest(
                    name: name, scopes: scope, chats: chat.isEmpty ? nil : chat, expiresAt: end.map { NativeTime($0) }))
            if common.json { return terminal.line(String(decoding: token.json, as: UTF8.self)) }
            terminal.line(token.secret ?? "")
            terminal.note("\(token.id): keep it now, it is not shown again.")
        }
    }

    /// Lists tokens.
    struct List: GatewayCommand {
        static let configuration = CommandConfiguration(
            abstract: "List tokens, newest first, without their secrets.", usage: "bluewire token list [<options>]",
            discussion: "Example:  bluewire token list"
        )
        @OptionGroup var common: CommonOptions
        @OptionGroup var gateway: GatewayOptions

        func execute(on terminal: Terminal) async throws {
            let desk = TokenDesk(try common.configuration(), remote: try gateway.remote(common.state, on: terminal))
            terminal.list(try await desk.list(), asJSON: common.json, empty: "There are no tokens.") { token in
                EntryLines(
                    token.name, trailing: Self.state(token),
                    details: [
                        "\(token.id)  \(token.scopes.joined(separator: ", "))",
                        token.chats.map { "only \($0.isEmpty ? "no chat" : $0.joined(separator: ", "))" },
                    ], terminal: terminal)
            }
        }

        private static func state(_ token: NativeToken) -> String {
            if let time = token.revokedAt { return "revoked \(TerminalTime.short(time.timestamp))" }
            if let time = token.expiresAt { return "until \(TerminalTime.short(time.timestamp))" }
            return token.lastUsedAt.map { "used \(TerminalTime.short($0.timestamp))" } ?? "never used"
        }
    }

    /// Ends a token.
    struct Revoke: GatewayCommand {
        static let configuration = CommandConfiguration(
            abstract: "End a token for good.", usage: "bluewire token revoke [<options>] <token>",
            discussion: "Example:  bluewire token revoke tok_7mcmixolqbllaxwc"
        )
        @OptionGroup var common: CommonOptions
        @OptionGroup var gateway: GatewayOptions
        @Argument(help: "Its id.") var token: String

        func execute(on terminal: Terminal) async throws {
            let desk = TokenDesk(try common.configuration(), remote: try gateway.remote(common.state, on: terminal))
            try await desk.revoke(token)
            terminal.line(common.json ? JSONLine.text(["id": token, "state": "revoked"]) : "\(token) has ended.")
        }
    }

    /// Prints a link to the page.
    struct Link: GatewayCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print a link that opens the running gateway's page once, within ten minutes.",
            usage: "bluewire token link [<options>]",
            discussion: "Example:  bluewire token link"
        )
        @OptionGroup var common: CommonOptions

        @Option(name: .long, help: ArgumentHelp("The name or address the link is to carry.", valueName: "name"))
        var host: String?

        func execute(on terminal: Terminal) async throws {
            let link = try await TokenDesk(try common.configuration(), remote: nil).link(host: host)
            terminal.line(common.json ? JSONLine.text(["url": link]) : link)
        }
    }
}
