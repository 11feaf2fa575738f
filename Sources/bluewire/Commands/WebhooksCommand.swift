//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import ArgumentParser
import BluewireGateway
import BluewireWire

/// Webhooks and their deliveries.
struct WebhooksCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "webhooks",
        abstract: "Register webhooks, see their deliveries, pause and replay them.",
        discussion: "Example:  bluewire webhooks create https://example.com/hooks/messages --type message.created",
        subcommands: [
            List.self, Create.self, Pause.self, Resume.self, Delete.self, Deliveries.self, Replay.self, Rotate.self,
        ]
    )

    /// Lists webhooks.
    struct List: ClientCommand {
        static let configuration = CommandConfiguration(
            abstract: "List webhooks, without their secrets.", usage: "bluewire webhooks list [<options>]",
            discussion: "Example:  bluewire webhooks list"
        )
        @OptionGroup var common: CommonOptions
        @OptionGroup var gateway: GatewayOptions

        func execute(on terminal: Terminal) async throws {
            let webhooks = try await client(on: terminal).webhooks().data
            terminal.list(webhooks, asJSON: common.json, empty: "There are no webhooks.") {
                EntryLines($0, terminal: terminal)
            }
        }
    }

    /// Registers a webhook.
    struct Create: ClientCommand {
        static let configuration = CommandConfiguration(
            abstract: "Register a webhook and print its secret, which is not shown again.",
            usage: "bluewire webhooks create [<options>] <url>",
            discussion: "Example:  bluewire webhooks create https://example.com/hooks/messages --type message.created"
        )
        @OptionGroup var common: CommonOptions
        @OptionGroup var gateway: GatewayOptions

        @Option(name: .long, help: "Only events of this kind; may be repeated.")
        var type: [String] = []

        @Option(name: .long, help: "Only this chat; may be repeated.")
        var chat: [String] = []

        @Argument(help: "Where events are posted.") var url: String

        func execute(on terminal: Terminal) async throws {
            let webhook = try await client(on: terminal).createWebhook(
                NativeWebhookRequest(url: url, types: type.isEmpty ? nil : type, chats: chat.isEmpty ? nil : chat))
            terminal.list([webhook], asJSON: common.json, empty: "") { EntryLines($0, terminal: terminal) }
        }
    }

    /// Pauses a webhook.
    struct Pause: ClientCommand {
        static let configuration = CommandConfiguration(
            abstract: "Hold deliveries back; they follow when it goes on.",
            usage: "bluewire webhooks pause [<options>] <webhook>",
            discussion: "Example:  bluewire webhooks pause wh_4kq…"
        )
        @OptionGroup var common: CommonOptions
        @OptionGroup var gateway: GatewayOptions
        @Argument(help: "Its id.") var webhook: String

        func execute(on terminal: Terminal) async throws {
            let changed = try await client(on: terminal).changeWebhook(webhook, NativeWebhookChange(isPaused: true))
            terminal.list([changed], asJSON: common.json, empty: "") { EntryLines($0, terminal: terminal) }
        }
    }

    /// Lets a webhook go on.
    struct Resume: ClientCommand {
        static let configuration = CommandConfiguration(
            abstract: "Let a paused webhook go on where it was.",
            usage: "bluewire webhooks resume [<options>] <webhook>",
            discussion: "Example:  bluewire webhooks resume wh_4kq…"
        )
        @OptionGroup var common: CommonOptions
        @OptionGroup var gateway: GatewayOptions
        @Argument(help: "Its id.") var webhook: String

        func execute(on terminal: Terminal) async throws {
            let changed = try await client(on: terminal).changeWebhook(webhook, NativeWebhookChange(isPaused: false))
            terminal.list([changed], asJSON: common.json, empty: "") { EntryLines($0, terminal: terminal) }
        }
    }

    /// Removes a webhook.
    struct Delete: ClientCommand {
        static let configuration = CommandConfiguration(
            abstract: "Remove a webhook.", usage: "bluewire webhooks delete [<options>] <webhook>",
            discussion: "Example:  bluewire webhooks delete wh_4kq…"
        )
        @OptionGroup var common: CommonOptions
        @OptionGroup var gateway: GatewayOptions
        @Argument(help: "Its id.") var webhook: String

        func execute(on terminal: Terminal) async throws {
            try await client(on: terminal).deleteWebhook(webhook)
            terminal.line(common.json ? JSONLine.text(["id": webhook, "state": "deleted"]) : "\(webhook) is removed.")
        }
    }

    /// Lists deliveries.
    struct Deliveries: ClientCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the newest deliveries of a webhook.",
            usage: "bluewire webhooks deliveries [<options>] <webhook>",
            discussion: "Example:  bluewire webhooks deliveries wh_4kq… --only dead"
        )
        @OptionGroup var common: CommonOptions
        @OptionGroup var gateway: GatewayOptions

        @Option(name: .customLong("only"), help: "retrying, setAside, delivered or dead.")
        var state: String?

        @Option(name: .long, help: "How many, 1 to 1000.")
        var limit = 20

        @Argument(help: "Its id.") var webhook: String

        func validate() throws {
            guard (1...1000).contains(limit) else { throw ValidationError("--limit is 1 to 1000.") }
        }

        func execute(on terminal: Terminal) async throws {
            let found = try await client(on: terminal).deliveries(of: webhook, state: state, limit: limit).data
            terminal.list(found, asJSON: common.json, empty: "There are no such deliveries.") { delivery in
                EntryLines(
                    "\(delivery.state)  \(delivery.kind)", trailing: TerminalTime.short(delivery.updatedAt.timestamp),
                    details: [
                        "\(delivery.event)  tried \(delivery.attempts) times"
                            + (delivery.status.map { ", HTTP \($0)" } ?? ""),
                        delivery.reason,
                    ], terminal: terminal)
            }
        }
    }

    /// Delivers again.
    struct Replay: ClientCommand {
        static let configuration = CommandConfiguration(
            abstract: "Deliver everything after a cursor again, in order and under the same ids.",
            usage: "bluewire webhooks replay --after <cursor> [<options>] <webhook>",
            discussion: "Example:  bluewire webhooks replay wh_4kq… --after 3kx9-120034"
        )
        @OptionGroup var common: CommonOptions
        @OptionGroup var gateway: GatewayOptions

        @Option(name: .long, help: "The cursor, as events carry it.")
        var after: String

        @Argument(help: "Its id.") var webhook: String

        func execute(on terminal: Terminal) async throws {
            let changed = try await client(on: terminal).replayWebhook(webhook, after: after)
            terminal.list([changed], asJSON: common.json, empty: "") { EntryLines($0, terminal: terminal) }
        }
    }

    /// Changes the secret.
    struct Rotate: ClientCommand {
        static let configuration = CommandConfiguration(
            abstract: "Give a webhook a new secret and print it; both sign until the next rotation.",
            usage: "bluewire webhooks rotate [<options>] <webhook>",
            discussion: "Example:  bluewire webhooks rotate wh_4kq…"
        )
        @OptionGroup var common: CommonOptions
        @OptionGroup var gateway: GatewayOptions
        @Argument(help: "Its id.") var webhook: String

        func execute(on terminal: Terminal) async throws {
            let changed = try await client(on: terminal).rotateWebhook(webhook)
            terminal.list([changed], asJSON: common.json, empty: "") { EntryLines($0, terminal: terminal) }
        }
    }
}

extension EntryLines {
    /// A webhook: where to, whether it works, what it gets.
    init(_ webhook: NativeWebhook, terminal: Terminal) {
        self.init(
            webhook.url, trailing: webhook.isPaused ? "paused" : "active",
            details: [
                webhook.id, webhook.types.isEmpty ? nil : webhook.types.joined(separator: ", "),
                webhook.chats.isEmpty ? nil : "only \(webhook.chats.joined(separator: ", "))", webhook.reason,
                webhook.secret.map { "secret: \($0)" },
            ], terminal: terminal)
    }
}
