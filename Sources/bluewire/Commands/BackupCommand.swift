//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import ArgumentParser
import BluewireGateway

/// Makes a backup of the state.
struct BackupCommand: GatewayCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Back up the state, while the gateway runs or not.",
        usage: "bluewire backup [<options>]",
        discussion: """
            One .tar with the journal, everything else that is kept, and a manifest of checksums. It holds secrets: \
            only you can read it. The Messages database is Apple's and not part of it, nor is the configuration file.

            Example:  bluewire backup --out ./bluewire.tar
            """
    )

    @OptionGroup var common: CommonOptions

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Where to; a new file below `backups` in the state directory unless given.", valueName: "file"))
    var out: String?

    func execute(on terminal: Terminal) async throws {
        let backup = try StateBackup(directory: try common.configuration().stateDirectory)
        let report = try await backup.make(at: out)
        if common.json {
            terminal.line(JSONLine.text(report))
        } else {
            terminal.line("\(report.path): \((report.bytes + 1023) / 1024) KiB")
        }
    }
}
