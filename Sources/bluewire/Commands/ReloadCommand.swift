//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import ArgumentParser
import BluewireGateway
import BluewireWire

/// Lets the running gateway read its configuration again.
struct ReloadCommand: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "reload",
        abstract: "Let the running gateway read its configuration and certificate again.",
        usage: "bluewire reload [<options>]",
        discussion: """
            What can change while it runs holds at once; what cannot is named. A file that is not valid changes nothing.

            Example:  bluewire reload
            """
    )
    @OptionGroup var common: CommonOptions
    @OptionGroup var gateway: GatewayOptions

    func execute(on terminal: Terminal) async throws {
        let result = try await client(on: terminal).reload()
        if common.json { return terminal.line(String(decoding: result.json, as: UTF8.self)) }
        if result.applied.isEmpty, result.needsRestart.isEmpty { terminal.line("No setting has changed.") }
        if !result.applied.isEmpty { terminal.line("Applied         \(result.applied.joined(separator: ", "))") }
        if !result.needsRestart.isEmpty {
            terminal.line("After a restart \(result.needsRestart.joined(separator: ", "))")
        }
        switch result.certificate {
        case "replaced": terminal.line("The certificate was replaced.")
        case "unusable": terminal.note("bluewire: the changed certificate cannot be used; the old one stays.")
        default: break
        }
    }
}
