//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import BluewireState

/// Which events a reader wants and may see.
struct EventSelection: Sendable {
    /// The kinds wanted; nil for all.
    var kinds: Set<String>?
    /// The lines wanted; nil for all.
    var lines: Set<String>?
    /// The chat wanted; nil for all.
    var chat: ChatID?
    /// Who reads.
    var caller: Principal

    /// Whether the reader gets every event.
    var isEverything: Bool { kinds == nil && lines == nil && chat == nil && caller.chats == nil }

    /// Whether the reader gets an event.
    func includes(_ event: GatewayEvent) -> Bool {
        if event.kind == .gatewayGap { return true }
        guard caller.sees(event.chat) else { return false }
        if let chat, chat != event.chat { return false }
        if let lines, !lines.contains(event.line.rawValue) { return false }
        return kinds?.contains(event.kind.rawValue) ?? true
    }

    /// The words of a query item, separated by commas; nil for none.
    static func list(_ text: String?) -> Set<String>? {
        guard let text, !text.isEmpty else { return nil }
        return Set(text.split(separator: ",").map { String($0).trimmingSpaces() })
    }
}
