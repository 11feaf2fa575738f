//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import ArgumentParser
import BluewireGateway

/// The command line.
@main
struct Bluewire: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bluewire",
        abstract: "Makes iMessage programmable.",
        discussion: """
            Try it without a Mac:  bluewire demo
            On a Mac:              bluewire setup, then bluewire service install

            Exit codes:
            \(exitCodes)
            """,
        version: ProductVersion.current,
        subcommands: [
            DemoCommand.self, ServeCommand.self, SimulateCommand.self, WatchCommand.self, SendCommand.self,
            ChatsCommand.self, HistoryCommand.self, DoctorCommand.self, InspectCommand.self,
            SelftestCommand.self, AuditCommand.self, TLSCommand.self, BackupCommand.self, RestoreCommand.self,
            TokenCommand.self, PairCommand.self, SendsCommand.self, WebhooksCommand.self, LinesCommand.self,
            ContactsCommand.self, HooksCommand.self, ServiceCommand.self, SetupCommand.self, ReloadCommand.self,
        ]
    )

    private static var exitCodes: String {
        let codes =
            [(0, "done"), (64, "wrong usage")] + GatewayError.Code.allCases.map { (Int($0.rawValue), $0.meaning) }
        return codes.sorted { $0.0 < $1.0 }.map { "\($0.0 < 10 ? " " : "")\($0.0)  \($0.1)" }.joined(separator: "\n")
    }
}
