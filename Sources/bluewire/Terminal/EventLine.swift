//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireWire

/// An event as lines of text; nil for what only programs care about.
struct EventLine {
    let lines: [String]

    init?(_ event: NativeEvent, terminal: Terminal) {
        switch event.kind {
        case "message.created":
            guard let message = event.message else { return nil }
            var lines = MessageLines(message, terminal: terminal).lines
            if let arrival = event.arrival, arrival != "new", !lines.isEmpty {
                lines[0] += terminal.styled("  (\(arrival))", .dim)
            }
            self.lines = lines
        case "message.updated":
            guard let message = event.message, let changed = event.changed else { return nil }
            let what = changed.joined(separator: ", ")
            lines = [terminal.styled("\(TerminalTime.short(event.time.timestamp))  \(message.id)  \(what)", .dim)]
        case "tapback.added", "tapback.removed":
            guard let tapback = event.tapback else { return nil }
            let who = tapback.isFromMe ? "me" : tapback.sender.map { $0.name ?? $0.address } ?? "?"
            let verb = event.kind == "tapback.added" ? "" : "took back "
            let what = tapback.emoji ?? tapback.kind
            lines = ["\(TerminalTime.short(event.time.timestamp))  \(DisplayText.safe(who)): \(verb)\(what)"]
        case "line.updated":
            guard let line = event.lineState else { return nil }
            let reason = line.reason.map { ": \($0)" } ?? ""
            lines = [terminal.styled("line \(event.line) is \(line.state)\(reason)", .yellow)]
        case "gateway.gap":
            lines = [terminal.styled("something may have been missed: \(event.gap?.reason ?? "")", .yellow)]
        default:
            return nil
        }
    }
}
