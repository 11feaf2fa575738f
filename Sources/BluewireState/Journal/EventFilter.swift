//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel

/// Which events a reader wants; an absent part accepts everything.
package struct EventFilter: Hashable, Sendable, Codable {
    /// Only these kinds.
    package var kinds: Set<GatewayEvent.Kind>?
    /// Only these chats; events without a chat (lines, gaps) pass.
    package var chats: Set<ChatID>?
    /// Only these lines.
    package var lines: Set<LineID>?

    /// A filter from its parts.
    package init(
        kinds: Set<GatewayEvent.Kind>? = nil, chats: Set<ChatID>? = nil, lines: Set<LineID>? = nil
    ) {
        self.kinds = kinds
        self.chats = chats
        self.lines = lines
    }

    /// Whether an event of this kind, chat and line passes.
    ///
    /// A gap always does.
    package func accepts(kind: GatewayEvent.Kind, chat: ChatID?, line: LineID) -> Bool {
        if kind == .gatewayGap { return true }
        if let kinds, !kinds.contains(kind) { return false }
        if let chats, let chat, !chats.contains(chat) { return false }
        if let lines, !lines.contains(line) { return false }
        return true
    }

    /// Whether `event` passes.
    package func accepts(_ event: GatewayEvent) -> Bool {
        accepts(kind: event.kind, chat: event.chat, line: event.line)
    }
}
