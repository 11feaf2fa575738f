//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel

/// An event as every live surface shows it: SSE, WebSocket, webhooks and `watch --json` write this and nothing else.
///
/// Exactly one of the payload members is present, by ``kind``.
package struct NativeEvent: Hashable, Sendable, Decodable {
    /// The unique id.
    package var id: String
    /// Where it stands in the journal; everything after it is unread.
    package var cursor: String
    /// What happened, for example `message.created`.
    package var kind: String
    /// When the gateway learned of it.
    package var time: NativeTime
    /// The line it belongs to.
    package var line: String
    /// The chat it belongs to.
    package var chat: String?
    /// The version of the layout.
    package var schemaVersion: Int
    /// The message, of `message.created` and `message.updated`.
    package var message: NativeMessage?
    /// What changed, of `message.updated`.
    package var changed: [String]?
    /// How the message, or the tapback that was added, arrived: `new`, `late`, `backfill`, `duplicate`.
    package var arrival: String?
    /// The id of the message that is gone, of `message.deleted`.
    package var deleted: String?
    /// The tapback, of `tapback.added` and `tapback.removed`.
    package var tapback: NativeTapback?
    /// The chat, of `chat.created` and `chat.updated`.
    package var chatInfo: NativeChat?
    /// The send, of `send.updated`.
    package var send: NativeSend?
    /// The line's state, of `line.updated`.
    package var lineState: NativeLineState?
    /// The reason, of `gateway.gap`.
    package var gap: NativeGap?
    /// Who types, of `typing.started` and `typing.stopped`.
    package var typing: NativeTyping?

    /// The event, with names where `names` knows them.
    package init(_ event: GatewayEvent, names: NameLookup? = nil) {
        id = event.id
        cursor = event.cursor.description
        kind = event.kind.rawValue
        time = NativeTime(event.time)
        line = event.line.rawValue
        chat = event.chat?.rawValue
        schemaVersion = event.schemaVersion
        switch event.snapshot {
        case .message(let message, let changed, let arrival):
            self.message = NativeMessage(message, names: names)
            self.changed = changed
            self.arrival = arrival.rawValue
        case .deletedMessage(let id): deleted = id.rawValue
        case .tapback(let tapback, let arrival):
            self.tapback = NativeTapback(tapback, names: names)
            self.arrival = arrival?.rawValue
        case .chat(let chat): chatInfo = NativeChat(chat)
        case .send(let send): self.send = NativeSend(send)
        case .line(let state, let reason): lineState = NativeLineState(state: state, reason: reason)
        case .gap(let reason): gap = NativeGap(reason: reason)
        case .typing(let handle): typing = NativeTyping(sender: handle.map { NativeHandle($0, name: names?($0)) })
        }
    }

    /// Writes the members without the braces, so that a WebSocket frame can put its `type` before them.
    package func writeMembers(to writer: inout JSONWriter) {
        writer.member("id", id)
        writer.member("cursor", cursor)
        writer.member("kind", kind)
        writer.member("time", time)
        writer.member("line", line)
        writer.member("chat", chat)
        writer.member("schemaVersion", schemaVersion)
        if let message { writer.member("message", message) }
        if let changed { writer.member("changed", changed) }
        if let arrival { writer.member("arrival", arrival) }
        if let deleted { writer.member("deleted", deleted) }
        if let tapback { writer.member("tapback", tapback) }
        if let chatInfo { writer.member("chatInfo", chatInfo) }
        if let send { writer.member("send", send) }
        if let lineState { writer.member("lineState", lineState) }
        if let gap { writer.member("gap", gap) }
        if let typing { writer.member("typing", typing) }
    }
}

extension NativeEvent: JSONWritable {
    package func write(to writer: inout JSONWriter) {
        writer.object { writeMembers(to: &$0) }
    }
}

/// The state of a line.
package struct NativeLineState: Hashable, Sendable, Decodable, JSONWritable {
    /// `up`, `down` or `degraded`.
    package var state: String
    /// Why.
    package var reason: String?

    package func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("state", state)
            writer.member("reason", reason)
        }
    }
}

/// Events were lost to a reader.
package struct NativeGap: Hashable, Sendable, Decodable, JSONWritable {
    /// Why.
    package var reason: String

    package func write(to writer: inout JSONWriter) {
        writer.object { $0.member("reason", reason) }
    }
}

/// Somebody types.
package struct NativeTyping: Hashable, Sendable, Decodable, JSONWritable {
    /// Who; nil when the transport does not say.
    package var sender: NativeHandle?

    package func write(to writer: inout JSONWriter) {
        writer.object { $0.member("sender", sender) }
    }
}
