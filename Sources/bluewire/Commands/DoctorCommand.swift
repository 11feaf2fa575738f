//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import ArgumentParser
import BluewireGateway

/// Says what is missing.
struct DoctorCommand: GatewayCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Check what Bluewire needs, and say what to do about what is missing.",
        usage: "bluewire doctor [--security] [--offline] [<options>]",
        discussion: """
            Read-only; raises no permission prompt. The endpoints of the agents' models are asked for their list of \
            models, which costs nothing; --offline leaves that out. Exits with 1 when something that is needed is \
            missing, with --security when something should not stay as it is.

            Example:  bluewire doctor
            """
    )

    @OptionGroup var common: CommonOptions
    @OptionGroup var database: DatabaseOptions

    @Flag(name: .long, help: "Show what is risky about the settings instead.")
    var security = false

    @Flag(name: .long, help: "Ask nothing beyond this machine.")
    var offline = false

    func execute(on terminal: Terminal) async throws {
        let doctor = Doctor(try common.configuration([.database: database.db]), file: common.config)
        let findings =
            security
            ? await doctor.reviewSecurity() : try await doctor.examine(isOffline: offline)
        for finding in findings {
            if common.json {
                terminal.line(JSONLine.text(finding))
            } else {
                for line in FindingLines.of(finding, on: terminal) { terminal.line(line) }
            }
        }
        if !common.json { terminal.line("\n\(FindingLines.summary(findings))") }
        if findings.contains(where: { $0.verdict == .bad }) { throw ExitCode(GatewayError.Code.failed.rawValue) }
    }
}
