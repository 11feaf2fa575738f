//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import ArgumentParser
import BluewireGateway
import BluewireWire

/// Lists the address book.
struct ContactsCommand: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "contacts",
        abstract: "List the gateway's address book, by name.",
        usage: "bluewire contacts [<options>] [<query>]",
        discussion: "Example:  bluewire contacts ada"
    )
    @OptionGroup var common: CommonOptions
    @OptionGroup var gateway: GatewayOptions

    @Option(name: .long, help: "How many, 1 to 1000.")
    var limit = 50

    @Argument(help: "Only cards whose name or address contains this.")
    var query: String?

    func validate() throws {
        guard (1...1000).contains(limit) else { throw ValidationError("--limit is 1 to 1000.") }
    }

    func execute(on terminal: Terminal) async throws {
        let contacts = try await client(on: terminal).contacts(limit: limit, query: query).data
        terminal.list(contacts, asJSON: common.json, empty: "There are no such contacts.") { contact in
            EntryLines(
                contact.nickname.map { "\(contact.name) (\($0))" } ?? contact.name,
                trailing: contact.isMe ? "me" : "", details: [contact.addresses.joined(separator: "  ")],
                terminal: terminal)
        }
    }
}
