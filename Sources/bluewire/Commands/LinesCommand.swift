//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import ArgumentParser
import BluewireGateway
import BluewireWire

/// Lists lines.
struct LinesCommand: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "lines",
        abstract: "List the lines of the gateway, and what each can do.",
        usage: "bluewire lines [<options>]",
        discussion: "Example:  bluewire lines --json"
    )
    @OptionGroup var common: CommonOptions
    @OptionGroup var gateway: GatewayOptions

    func execute(on terminal: Terminal) async throws {
        let lines = try await client(on: terminal).lines().data
        terminal.list(lines, asJSON: common.json, empty: "The gateway has no lines.") { line in
            EntryLines(
                line.id, trailing: line.kind,
                details: ["can: \(line.capabilities.joined(separator: ", "))"]
                    + line.missing.map { "not \($0.capability): \($0.reason)" }, terminal: terminal)
        }
    }
}
