//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import ArgumentParser
import BluewireGateway

/// Makes a backup of the state.
struct BackupCommand: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Back up the state, while the gateway runs or not.",
        usage: "bluewire backup [<options>]",
        discussion: """
            One .tar with the journal, everything else that is kept, and a manifest of checksums. It holds secrets: \
            only you can read it. The Messages database is Apple's and not part of it, nor is the configuration file.
            A gateway elsewhere (--gateway) is backed up to a file here; its token needs the scope admin.

            Example:  bluewire backup --out ./bluewire.tar
            """
    )

    @OptionGroup var common: CommonOptions
    @OptionGroup var gateway: GatewayOptions

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Where to; a new file below `backups` in the state directory unless given.", valueName: "file"))
    var out: String?

    func execute(on terminal: Terminal) async throws {
        let report: StateBackup.Report
        if try gateway.remote(common.state, on: terminal) != nil {
            guard let out else {
                throw ValidationError("Say with --out where the backup of a gateway elsewhere goes.")
            }
            let client = try await client(on: terminal)
            report = StateBackup.Report(path: out, bytes: try await client.backup(to: out))
        } else {
            let backup = try StateBackup(directory: try common.configuration().stateDirectory)
            report = try await backup.make(at: out)
        }
        if common.json {
            terminal.line(JSONLine.text(report))
        } else {
            terminal.line("\(report.path): \((report.bytes + 1023) / 1024) KiB")
        }
    }
}
