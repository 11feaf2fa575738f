//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireWire

/// A message as lines of text: when, who, what, and what became of it.
struct MessageLines {
    let lines: [String]

    init(_ message: NativeMessage, terminal: Terminal) {
        let sender = message.isFromMe ? "me" : message.sender.map { $0.name ?? $0.address } ?? "?"
        let head = "\(TerminalTime.short(message.sentAt.timestamp))  "
        let name = DisplayText.fitted(DisplayText.safe(sender), columns: 14)
        let indent = String(repeating: " ", count: 18 + 16)
        let body = DisplayText.wrapped(Self.content(of: message), columns: max(20, terminal.width - 34))
        var lines: [String] = []
        for (index, line) in body.enumerated() {
            if index == 0 {
                lines.append(head + terminal.styled(name, message.isFromMe ? .blue : .bold) + "  " + line)
            } else {
                lines.append(indent + line)
            }
        }
        if let state = Self.state(of: message) { lines.append(indent + terminal.styled(state, .dim)) }
        self.lines = lines
    }

    private static func content(of message: NativeMessage) -> String {
        var pieces: [String] = []
        if let subject = message.subject, !subject.isEmpty { pieces.append("[\(subject)]") }
        if !message.text.isEmpty { pieces.append(message.text) }
        for attachment in message.attachments {
            pieces.append("<\(attachment.name ?? attachment.mimeType ?? "attachment")>")
        }
        if pieces.isEmpty, let balloon = message.balloon { pieces.append("<\(balloon.summary ?? balloon.bundleId)>") }
        if pieces.isEmpty, let event = message.event { pieces.append("— \(event.kind) —") }
        if pieces.isEmpty { pieces.append(message.kind == "unsent" ? "— unsent —" : "— no text —") }
        return pieces.joined(separator: " ")
    }

    private static func state(of message: NativeMessage) -> String? {
        var facts: [String] = []
        let tapbacks = message.tapbacks.map { $0.emoji ?? $0.kind }
        if !tapbacks.isEmpty { facts.append("[\(tapbacks.joined(separator: " "))]") }
        if message.editedAt != nil { facts.append("edited") }
        if let error = message.error { facts.append("failed: \(error.meaning)") }
        return facts.isEmpty ? nil : facts.joined(separator: " · ")
    }
}
