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
        usage: "bluewire doctor [<options>]",
        discussion: """
            Read-only; raises no permission prompt. Exits with 1 when something that is needed is missing.

            Example:  bluewire doctor
            """
    )

    @OptionGroup var common: CommonOptions
    @OptionGroup var database: DatabaseOptions

    func execute(on terminal: Terminal) async throws {
        let findings = try await Doctor(try common.configuration([.database: database.db])).examine()
        for finding in findings {
            if common.json {
                terminal.line(JSONLine.text(finding))
                continue
            }
            let (mark, style): (String, Terminal.Style) =
                switch finding.verdict {
                case .good: ("ok  ", .green)
                case .note: ("note", .yellow)
                case .bad: ("FAIL", .red)
                }
            let head = "\(terminal.styled(mark, style))  \(DisplayText.fitted(finding.title, columns: 16))  "
            let lines = DisplayText.wrapped(finding.detail, columns: max(20, terminal.width - 24))
            for (index, line) in lines.enumerated() {
                terminal.line((index == 0 ? head : String(repeating: " ", count: 24)) + line)
            }
            if let remedy = finding.remedy {
                for line in DisplayText.wrapped("→ " + remedy, columns: max(20, terminal.width - 24)) {
                    terminal.line(String(repeating: " ", count: 24) + line)
                }
            }
        }
        if findings.contains(where: { $0.verdict == .bad }) { throw ExitCode(GatewayError.Code.failed.rawValue) }
    }
}
