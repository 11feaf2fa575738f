//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import ArgumentParser
import BluewireGateway

/// Puts the state back from a backup.
struct RestoreCommand: GatewayCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Put the state back from a backup; the replaced state is kept aside.",
        usage: "bluewire restore [<options>] <file>",
        discussion: """
            Refused while a gateway runs. Nothing is sent again: sends that were in flight become `unknown` and are \
            looked for, agents do not answer messages from before the restore. Cursors of clients expire.

            Example:  bluewire restore ./bluewire.tar
            """
    )

    @OptionGroup var common: CommonOptions

    @Argument(help: "The backup.")
    var file: String

    func execute(on terminal: Terminal) async throws {
        let restore = StateRestore(directory: try common.configuration().stateDirectory)
        let report = try await restore.restore(from: file)
        if common.json { return terminal.line(JSONLine.text(report)) }
        terminal.line("The state of \(report.madeAt) is back.")
        if let replaced = report.replaced { terminal.line("The replaced state is kept in \(replaced).") }
        if report.unknownSends > 0 {
            terminal.line(
                "\(report.unknownSends) sends were in flight: they are looked for, and never repeated by themselves.")
        }
        if report.replaced != nil, !report.hasTakenOver {
            terminal.note("The replaced state could not be read: tokens revoked since the backup work again.")
        }
    }
}
