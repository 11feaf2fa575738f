//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

extension NativeEvent: SchemaDescribed {
    package static let schemaDescription = SchemaDescription(
        "Event",
        "An event as every live surface shows it: SSE, WebSocket, webhooks and `watch --json` write this and nothing else.",
        [
            .init("id", "The unique id.", "ev_5f0c9a33b1d2"),
            .init("cursor", "Where it stands in the journal; everything after it is unread.", "3kx9-120034"),
            .init("kind", "What happened, for example `message.created`.", "message.created"),
            .init("time", "When the gateway learned of it.", "2026-11-29T08:30:00.000Z"),
            .init("line", "The line it belongs to.", "mac"),
            .init("chat", "The chat it belongs to.", "ch_7mcmixolqbllaxwc"),
            .init("schemaVersion", "The version of the layout.", 1),
            .init("message", "The message, of `message.created` and `message.updated`."),
            .init("changed", "What changed, of `message.updated`.", .null),
            .init("arrival", "How the message arrived: `new`, `late`, `backfill`, `duplicate`.", "new"),
            .init("deleted", "The id of the message that is gone, of `message.deleted`.", .null),
            .init("tapback", "The tapback, of `tapback.added` and `tapback.removed`.", .null),
            .init("chatInfo", "The chat, of `chat.created` and `chat.updated`.", .null),
            .init("send", "The send, of `send.updated`.", .null),
            .init("lineState", "The line's state, of `line.updated`.", .null),
            .init("gap", "The reason, of `gateway.gap`.", .null),
            .init("typing", "Who types, of `typing.started` and `typing.stopped`.", .null),
        ])
}

extension NativeLineState: SchemaDescribed {
    package static let schemaDescription = SchemaDescription(
        "LineState", "The state of a line.",
        [
            .init("state", "`up`, `down` or `degraded`.", "up"),
            .init("reason", "Why.", .null),
        ])
}

extension NativeGap: SchemaDescribed {
    package static let schemaDescription = SchemaDescription(
        "Gap", "Events were lost to a reader.",
        [
            .init("reason", "Why.", "cursor_expired")
        ])
}

extension NativeTyping: SchemaDescribed {
    package static let schemaDescription = SchemaDescription(
        "Typing", "Somebody types.",
        [
            .init("sender", "Who; null when the transport does not say.")
        ])
}

extension NativeWebhook: SchemaDescribed {
    package static let schemaDescription = SchemaDescription(
        "Webhook", "A registered webhook.",
        [
            .init("id", "Its id.", "wh_4f0a9k2m7q1x8z3c"),
            .init("url", "Where events are posted."),
            .init("types", "The kinds wanted; empty for all.", ["message.created"]),
            .init("chats", "The chats wanted; empty for all.", []),
            .init(
                "secret", "The signing secret (`whsec_…`), only in the answer to its registration.",
                "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
            .init("isPaused", "Whether it gets none at the moment.", false),
            .init("reason", "Why it was paused.", .null),
            .init("createdAt", "When it was registered.", "2026-11-29T08:30:00.000Z"),
        ])
}

extension NativeDelivery: SchemaDescribed {
    package static let schemaDescription = SchemaDescription(
        "Delivery", "One hand-over of an event to a webhook.",
        [
            .init("event", "The event's id; the `webhook-id` of all its attempts.", "ev_5f0c"),
            .init("kind", "The event's kind.", "message.created"),
            .init("state", "`retrying`, `setAside`, `delivered` or `dead`.", "delivered"),
            .init("attempts", "How often it was tried.", 1),
            .init("status", "The last HTTP status.", 200),
            .init("reason", "Why the last attempt failed.", .null),
            .init("updatedAt", "When it last changed.", "2026-11-29T08:30:00.000Z"),
        ])
}
