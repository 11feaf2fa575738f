//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireWire

/// An entry of a list as lines of text: a head with something at its right end, and details below.
struct EntryLines {
    let lines: [String]

    init(_ head: String, trailing: String = "", details: [String?], terminal: Terminal) {
        let tail = DisplayText.safe(trailing)
        let width = max(20, terminal.width - DisplayText.width(tail) - 1)
        let name = DisplayText.fitted(DisplayText.safe(head), columns: width)
        var lines = [
            terminal.styled(tail.isEmpty ? DisplayText.truncated(DisplayText.safe(head), columns: width) : name, .bold)
        ]
        if !tail.isEmpty { lines[0] += " " + tail }
        for detail in details.compactMap(\.self) {
            for line in DisplayText.wrapped(DisplayText.safe(detail), columns: terminal.width - 2) {
                lines.append("  " + terminal.styled(line, .dim))
            }
        }
        self.lines = lines
    }
}

extension Terminal {
    /// Prints entries: each as JSON on a line, or as text with a note when there is none.
    func list<Entry: JSONWritable>(
        _ entries: [Entry], asJSON: Bool, empty: String, _ lines: (Entry) -> EntryLines
    ) {
        for entry in entries {
            if asJSON {
                line(String(decoding: entry.json, as: UTF8.self))
            } else {
                for text in lines(entry).lines { line(text) }
            }
        }
        if entries.isEmpty, !asJSON { note(empty) }
    }
}
