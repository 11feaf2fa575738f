//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import ArgumentParser
import BluewireGateway
import BluewireWire

/// Incoming hooks.
struct HooksCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hooks",
        abstract: "Let other programs text one chat through a secret address.",
        discussion: """
            Whatever is posted to a hook's address (JSON, a form, plain text) becomes one text in its one chat.

            Example:  bluewire hooks create "Grafana at home" ch_4kq… --preset grafana
            Example:  curl -d "The backup is done" http://127.0.0.1:8787/v1/hooks/bwh_…
            """,
        subcommands: [ListHooks.self, CreateHook.self, RotateHook.self, DeleteHook.self]
    )
}

/// Lists hooks.
private struct ListHooks: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List hooks, the oldest first.",
        discussion: "Example:  bluewire hooks list --json"
    )

    @OptionGroup var common: CommonOptions
    @OptionGroup var gateway: GatewayOptions

    func execute(on terminal: Terminal) async throws {
        let hooks = try await client(on: terminal).hooks().data
        if common.json {
            for hook in hooks { terminal.line(String(decoding: hook.json, as: UTF8.self)) }
            return
        }
        if hooks.isEmpty { terminal.note("There are no hooks; `bluewire hooks create` makes one.") }
        for hook in hooks {
            terminal.line("\(hook.id)  \(DisplayText.safe(hook.name))")
            terminal.line("  to \(hook.chat), \(HookWords.options(of: hook))")
        }
    }
}

/// Makes a hook.
private struct CreateHook: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Make a hook and print its secret address, once.",
        discussion: """
            Example:  bluewire hooks create "Door bell" +15551234567 --preset homeassistant
            Example:  bluewire hooks create "CI" ch_4kq… --template "{{job}}: {{status}}" --dedupe "{{id}}"
            """
    )

    @OptionGroup var common: CommonOptions
    @OptionGroup var gateway: GatewayOptions

    @Option(name: .long, help: "text, grafana, github or homeassistant.")
    var preset: String?

    @Option(name: .long, help: "A template of its own, for example \"{{title}}: {{message}}\".")
    var template: String?

    @Option(name: .long, help: "A template of the key under which an event is sent once.")
    var dedupe: String?

    @Option(name: .long, help: ArgumentHelp("Deliver nothing then, for example 22:00-07:00.", valueName: "times"))
    var quiet: String?

    @Option(name: .long, help: ArgumentHelp("The time zone of the quiet hours.", valueName: "zone"))
    var zone: String = TerminalTime.zoneName

    @Option(name: .long, help: ArgumentHelp("Collect events for so many minutes.", valueName: "minutes"))
    var digest: Int?

    @Argument(help: "What to call it.")
    var name: String

    @Argument(help: "The chat it writes to: an id, a GUID or an address.")
    var chat: String

    func execute(on terminal: Terminal) async throws {
        var settings = NativeHookSettings()
        settings.preset = preset
        settings.template = template
        settings.dedupe = dedupe
        settings.digestMinutes = digest
        if let quiet {
            let times = quiet.split(separator: "-").map(String.init)
            guard times.count == 2 else { throw ValidationError("--quiet is two times, for example 22:00-07:00.") }
            settings.quietHours = NativeQuietHours(start: times[0], end: times[1], zone: zone)
        }
        let hook = try await client(on: terminal).create(
            NativeHookRequest(name: name, chat: chat, settings: settings))
        HookWords.show(hook, asJSON: common.json, on: terminal)
    }
}

/// Gives a hook another secret.
private struct RotateHook: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate", abstract: "Give a hook a new secret address; the old one opens nothing any more.",
        discussion: "Example:  bluewire hooks rotate hk_4f0a9k2m7q1x8z3c"
    )

    @OptionGroup var common: CommonOptions
    @OptionGroup var gateway: GatewayOptions

    @Argument(help: "The hook's id.")
    var id: String

    func execute(on terminal: Terminal) async throws {
        HookWords.show(try await client(on: terminal).rotateHook(id), asJSON: common.json, on: terminal)
    }
}

/// Removes a hook.
private struct DeleteHook: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Remove a hook with all it holds back.",
        discussion: "Example:  bluewire hooks delete hk_4f0a9k2m7q1x8z3c"
    )

    @OptionGroup var common: CommonOptions
    @OptionGroup var gateway: GatewayOptions

    @Argument(help: "The hook's id.")
    var id: String

    func execute(on terminal: Terminal) async throws {
        try await client(on: terminal).deleteHook(id)
        if common.json { terminal.line("{\"deleted\":\(JSONLine.text(id))}") } else { terminal.line("\(id): removed.") }
    }
}

/// A hook's options in words.
private enum HookWords {
    /// A hook with its new address.
    static func show(_ hook: NativeHook, asJSON: Bool, on terminal: Terminal) {
        guard !asJSON else { return terminal.line(String(decoding: hook.json, as: UTF8.self)) }
        terminal.line("\(hook.id): post to \(hook.url ?? "")")
        terminal.note("The address is a secret and is shown only now.")
    }

    static func options(of hook: NativeHook) -> String {
        var words = [hook.preset.map { "preset \($0)" } ?? "own template"]
        if let minutes = hook.digestMinutes { words.append("collected for \(minutes) min") }
        if let quiet = hook.quietHours { words.append("quiet \(quiet.start)–\(quiet.end) \(quiet.zone)") }
        if hook.held > 0 { words.append("\(hook.held) held back") }
        return words.joined(separator: ", ")
    }
}
