//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import ArgumentParser
import BluewireGateway
import BluewireWire

/// Sends a message.
struct SendCommand: GatewayCommand {
    static let configuration = CommandConfiguration(
        commandName: "send",
        abstract: "Send a message and say what became of it.",
        usage: "bluewire send [<options>] <to> [<text>]",
        discussion: """
            TO is a chat id (ch_…), a GUID or an address. The message goes through the running gateway; without one \
            it is sent from here, durably either way. With --key the same message is sent once, however often the \
            command is repeated. Waits until the message is seen in the store, has failed, or --wait has passed.

            Example:  bluewire send +15551234567 "On my way"
            Example:  bluewire send ch_4kq… "The photo" --file ~/Pictures/cat.jpg
            """
    )

    @OptionGroup var common: CommonOptions
    @OptionGroup var database: DatabaseOptions

    @Option(name: .long, help: ArgumentHelp("A file to send; may be repeated.", valueName: "path"))
    var file: [String] = []

    @Option(name: .long, help: "An idempotency key.")
    var key: String?

    @Option(name: .long, help: ArgumentHelp("Seconds to wait for the message to land, 0 to 120.", valueName: "seconds"))
    var wait = 15

    @Argument(help: "Whom to send to.")
    var to: String

    @Argument(help: "The text; may be left out when a file is sent.")
    var text: String = ""

    func validate() throws {
        guard !text.isEmpty || !file.isEmpty else {
            throw ValidationError("There is nothing to send: give a text or --file.")
        }
        guard (0...120).contains(wait) else { throw ValidationError("--wait is 0 to 120.") }
    }

    func execute(on terminal: Terminal) async throws {
        let configuration = try common.configuration([.database: database.db])
        let request = SendRequestOptions(to: to, text: text, files: file, key: key, wait: .seconds(wait))
        let send = try await Sender(configuration).send(request)
        if common.json {
            terminal.line(String(decoding: send.json, as: UTF8.self))
        } else {
            terminal.line(Self.sentence(send))
            if let failure = send.failure { terminal.note(failure.remedy) }
        }
        if send.state == "failed" { throw ExitCode(GatewayError.Code.failed.rawValue) }
        if send.state == "unknown" { throw ExitCode(GatewayError.Code.busy.rawValue) }
    }

    private static func sentence(_ send: NativeSend) -> String {
        switch send.state {
        case "queued": "\(send.id): queued; it goes out as soon as a transport can take it."
        case "dispatched": "\(send.id): handed over; not yet seen in the store."
        case "landed": "\(send.id): in the store, not yet confirmed as sent."
        case "sent": "\(send.id): sent."
        case "delivered": "\(send.id): delivered."
        case "read": "\(send.id): read."
        case "failed": "\(send.id): failed (\(send.failure?.code ?? "unknown reason"))."
        case "unknown": "\(send.id): nobody can say whether it went out; it will not be repeated by itself."
        default: "\(send.id): \(send.state)."
        }
    }
}
