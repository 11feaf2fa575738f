//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import ArgumentParser
import BluewireGateway
import BluewireModel
import BluewireWire

/// Sends a message.
struct SendCommand: GatewayCommand {
    static let configuration = CommandConfiguration(
        commandName: "send",
        abstract: "Send a message and say what became of it.",
        usage: """
            bluewire send [<options>] <to> [<text>]
            bluewire send [<options>] --to <to> [--to <to> …] [<text>]
            """,
        discussion: """
            TO is a chat id (ch_…), a GUID or an address. The message goes through the running gateway; without one \
            it is sent from here, durably either way. With --key the same message is sent once, however often the \
            command is repeated. Waits until the message is seen in the store, has failed, or --wait has passed.

            With --to several times the message goes to the group of exactly these people, which is made if it does \
            not exist. What no transport of the line can do is refused before anything is sent; `bluewire doctor` \
            says what it can.

            A message for later (--at) is stored, and sent by the gateway that runs at that time.

            Example:  bluewire send +15551234567 "On my way"
            Example:  bluewire send ch_4kq… "The photo" --file ~/Pictures/cat.jpg
            Example:  bluewire send --to +15551234567 --to ana@example.com --name Trip "Hello, both of you"
            Example:  bluewire send ch_4kq… "Hi Ana, look" --mention +15551234567=Ana --effect confetti
            Example:  bluewire send ch_4kq… --voice --file ~/note.m4a
            Example:  bluewire send ch_4kq… "Happy birthday" --at 2026-03-14T09:00:00+01:00
            Example:  bluewire send ch_4kq… "Where shall we eat?" --choice Here --choice There --at "in 10m"
            """
    )

    @OptionGroup var common: CommonOptions
    @OptionGroup var database: DatabaseOptions
    @OptionGroup var gateway: GatewayOptions

    @Option(name: .long, help: ArgumentHelp("A file to send; may be repeated.", valueName: "path"))
    var file: [String] = []

    @Option(name: .long, help: ArgumentHelp("Whom to send to; several times for a group.", valueName: "to"))
    var to: [String] = []

    @Option(name: .long, help: "The name of the group, where it does not exist yet.")
    var name: String?

    @Option(name: .long, help: ArgumentHelp("The message to answer inline.", valueName: "message"))
    var replyTo: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "\(SendEffect.all.map(\.name).joined(separator: ", ")), or Apple's name.", valueName: "effect"))
    var effect: String?

    @Option(name: .long, help: "A subject line.")
    var subject: String?

    @Option(
        name: .long,
        help: ArgumentHelp("Somebody mentioned, by the name in the text; may be repeated.", valueName: "address=name"))
    var mention: [String] = []

    @Flag(name: .long, help: "The file is a voice note, to be played in the chat.")
    var voice = false

    @Option(name: .long, help: ArgumentHelp("Something to choose; give two or more.", valueName: "text"))
    var choice: [String] = []

    @Option(name: .long, help: ArgumentHelp("When to send: an RFC 3339 time, or \"in 10m\".", valueName: "time"))
    var at: String?

    @Option(name: .long, help: "An idempotency key.")
    var key: String?

    @Option(name: .long, help: ArgumentHelp("Seconds to wait for the message to land, 0 to 120.", valueName: "seconds"))
    var wait = 15

    @Argument(help: ArgumentHelp("Whom to send to, without --to; then the text.", valueName: "words"))
    var words: [String] = []

    private var recipients: [String] { to.isEmpty ? Array(words.prefix(1)) : to }
    private var text: String { (to.isEmpty ? words.dropFirst().first : words.first) ?? "" }

    func validate() throws {
        guard !recipients.isEmpty else { throw ValidationError("Whom is it for? Name a chat or an address.") }
        guard words.count <= (to.isEmpty ? 2 : 1) else {
            throw ValidationError("There are too many words; put the text in quotation marks.")
        }
        guard !text.isEmpty || !file.isEmpty else {
            throw ValidationError("There is nothing to send: give a text or --file.")
        }
        guard (0...120).contains(wait) else { throw ValidationError("--wait is 0 to 120.") }
        guard !voice || (file.count == 1 && text.isEmpty) else {
            throw ValidationError("--voice needs exactly one --file, and no text.")
        }
        guard name == nil || to.count > 1 else { throw ValidationError("--name needs --to several times.") }
        if let effect, SendEffect(effect) == nil {
            throw ValidationError("There is no such effect: \(SendEffect.all.map(\.name).joined(separator: ", ")).")
        }
        if let at, SendTime.parse(at, now: SystemWallClock().now) == nil {
            throw ValidationError("--at is a time such as 2026-03-14T09:00:00+01:00, or \"in 10m\" (s, m, h, d).")
        }
    }

    private func draft() throws -> Draft {
        var draft = Draft(
            text: text, files: file, replyTo: replyTo.map(MessageID.init(rawValue:)),
            effect: effect.flatMap { SendEffect($0)?.identifier }, subject: subject)
        draft.mentions = try MentionWords.mentions(mention, in: text)
        draft.isVoiceNote = voice
        draft.choices = choice
        return draft
    }

    func execute(on terminal: Terminal) async throws {
        let configuration = try common.configuration([.database: database.db])
        var request = SendRequestOptions(to: recipients, draft: try draft(), key: key, wait: .seconds(wait))
        request.groupName = name
        request.sendAt = at.flatMap { SendTime.parse($0, now: SystemWallClock().now) }
        let remote = try gateway.remote(database.db ?? common.state, on: terminal)
        let send = try await Sender(configuration, remote: remote).send(request)
        if common.json {
            terminal.line(String(decoding: send.json, as: UTF8.self))
        } else {
            terminal.line(Self.sentence(send, at: request.sendAt))
            if let failure = send.failure { terminal.note(failure.remedy) }
        }
        if send.state == "failed" { throw ExitCode(GatewayError.Code.failed.rawValue) }
        if send.state == "unknown" { throw ExitCode(GatewayError.Code.busy.rawValue) }
    }

    private static func sentence(_ send: NativeSend, at time: Timestamp?) -> String {
        if send.state == "queued", let time {
            return "\(send.id): queued; the gateway that runs then sends it at \(TerminalTime.short(time))."
        }
        return switch send.state {
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
