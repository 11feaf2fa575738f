//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import ArgumentParser
import BluewireGateway

/// Read-only checks on a real Mac.
struct SelftestCommand: GatewayCommand {
    static let configuration = CommandConfiguration(
        commandName: "selftest",
        abstract: "Run read-only checks on a real Mac and write a redacted report.",
        usage: "bluewire selftest --mac [<options>]",
        discussion: """
            Sends nothing, unless --send-to-self is given and its question is answered with yes.

            Example:  bluewire selftest --mac --report ./report.json
            """
    )

    @OptionGroup var common: CommonOptions
    @OptionGroup var database: DatabaseOptions

    @Flag(name: .long, help: "Check this Mac.")
    var mac = false

    @Option(name: .long, help: ArgumentHelp("Where to write the report.", valueName: "file"))
    var report: String?

    @Option(
        name: .long,
        help: ArgumentHelp("Also send one message to this own address, after a question.", valueName: "address"))
    var sendToSelf: String?

    func validate() throws {
        guard mac else { throw ValidationError("Say --mac: these checks look at this computer's Messages.") }
    }

    func execute(on terminal: Terminal) async throws {
        let selftest = Selftest(try common.configuration([.database: database.db]))
        let results = try await selftest.run(
            sendToSelf: sendToSelf,
            confirm: { question in
                terminal.note(question + " [yes/no]")
                return readLine() == "yes"
            },
            progress: { result in
                if common.json {
                    terminal.line(JSONLine.text(result))
                } else {
                    let (mark, style): (String, Terminal.Style) =
                        switch result.verdict {
                        case .passed: ("pass", .green)
                        case .skipped: ("skip", .yellow)
                        case .failed: ("FAIL", .red)
                        }
                    let line = "\(result.id)  \(result.title): \(result.detail)"
                    terminal.line(
                        "\(terminal.styled(mark, style))  \(DisplayText.truncated(line, columns: terminal.width - 6))")
                }
            }
        )
        if let report { try selftest.write(results, to: report) }
        let failed = results.count { $0.verdict == .failed }
        if !common.json {
            let skipped = results.count { $0.verdict == .skipped }
            terminal.line("\(results.count - failed - skipped) passed, \(failed) failed, \(skipped) skipped")
        }
        if failed > 0 { throw ExitCode(GatewayError.Code.failed.rawValue) }
    }
}
