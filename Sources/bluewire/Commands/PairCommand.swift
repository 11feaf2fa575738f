//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import ArgumentParser
import BluewireGateway
import BluewireModel

/// Shows a one-time code that another device exchanges for a token.
struct PairCommand: GatewayCommand {
    static let configuration = CommandConfiguration(
        commandName: "pair",
        abstract: "Show a QR code with which another device gets a token, once, within ten minutes.",
        usage: "bluewire pair [--scopes <scopes>] [--expires <time>] [--host <name>] [<options>]",
        discussion: """
            The code holds the gateway's address, a one-time code and the pin of its certificate. The device posts the \
            one-time code to /v1/pair and gets its token. A gateway must run on this state.

            Scopes: \(TokenDesk.knownScopes.joined(separator: ", ")).

            Example:  bluewire pair --scopes read,send --name phone --expires "in 90d"
            """
    )
    @OptionGroup var common: CommonOptions
    @OptionGroup var database: DatabaseOptions

    @Option(
        name: [.long, .customLong("scope")],
        help: ArgumentHelp("What the token allows, separated by commas; may be repeated.", valueName: "scopes"))
    var scopes: [String] = []

    @Option(name: .long, help: "What you call the device.")
    var name = "paired device"

    @Option(name: .long, help: "The only chats it sees; may be repeated.")
    var chat: [String] = []

    @Option(name: .long, help: ArgumentHelp("When the token ends: an RFC 3339 time, or \"in 30d\".", valueName: "time"))
    var expires: String?

    @Option(
        name: .long, help: ArgumentHelp("The name or address the device reaches this machine by.", valueName: "name"))
    var host: String?

    func validate() throws {
        guard (1...100).contains(name.count) else { throw ValidationError("--name has 1 to 100 characters.") }
        if let expires, SendTime.parse(expires, now: SystemWallClock().now) == nil {
            throw ValidationError("--expires is a time such as 2026-03-14T09:00:00Z, or \"in 30d\" (s, m, h, d).")
        }
    }

    func execute(on terminal: Terminal) async throws {
        let wanted = scopes.flatMap { $0.split(separator: ",").map { String($0).trimmingSpaces() } }
        let offer = try await PairingDesk(try common.configuration([.database: database.db])).offer(
            PairingDesk.Options(
                name: name, scopes: wanted.isEmpty ? ["read", "send"] : wanted, chats: chat,
                expiresAt: expires.flatMap { SendTime.parse($0, now: SystemWallClock().now) }, host: host))
        if common.json { return terminal.line(JSONLine.text(offer)) }
        if let picture = offer.picture, picture.count <= terminal.width {
            for line in QRLines.of(picture, hasColour: terminal.hasColour) { terminal.line(line) }
            terminal.line("")
        } else {
            terminal.note("bluewire: the terminal is too narrow for the QR code; use the link.")
        }
        terminal.line(offer.url)
        terminal.line("")
        terminal.line("Works once, until \(offer.expiresAt). Allows: \(offer.scopes.joined(separator: ", ")).")
        if offer.staysOnThisMachine {
            terminal.note(
                "bluewire: the gateway listens on this machine only; for other devices listen on 0.0.0.0 with TLS "
                    + "(`bluewire tls init`).")
        } else if offer.pin == nil {
            terminal.note(
                "bluewire: the connection is not encrypted; everybody in the network can read the code and the token.")
        }
    }
}
