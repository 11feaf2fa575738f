//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireGateway

/// Findings for people: a mark, a title, what was seen, and below it what to do.
enum FindingLines {
    /// The column the text of a finding begins in.
    private static let indent = 24

    static func of(_ finding: Finding, on terminal: Terminal) -> [String] {
        let (mark, style): (String, Terminal.Style) =
            switch finding.verdict {
            case .good: ("ok  ", .green)
            case .note: ("note", .yellow)
            case .bad: ("FAIL", .red)
            }
        let columns = max(20, terminal.width - indent)
        let margin = String(repeating: " ", count: indent)
        let head = "\(terminal.styled(mark, style))  \(DisplayText.fitted(finding.title, columns: 16))  "
        var lines = DisplayText.wrapped(finding.detail, columns: columns).enumerated().map { index, line in
            (index == 0 ? head : margin) + line
        }
        if let remedy = finding.remedy {
            lines += DisplayText.wrapped("→ " + remedy, columns: columns).enumerated().map { index, line in
                margin + (index == 0 ? "" : "  ") + line
            }
        }
        return lines
    }

    /// How many there are of each, as the last line.
    static func summary(_ findings: [Finding]) -> String {
        let bad = findings.count { $0.verdict == .bad }
        let notes = findings.count { $0.verdict == .note }
        return "\(findings.count - bad - notes) good, \(notes) to know, \(bad) to settle"
    }
}
