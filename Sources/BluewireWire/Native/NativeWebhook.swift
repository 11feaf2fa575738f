//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel

/// A registered webhook.
package struct NativeWebhook: Hashable, Sendable, Decodable, JSONWritable {
    /// Its id.
    package var id: String
    /// Where events are posted.
    package var url: String
    /// The kinds wanted; empty for all.
    package var types: [String]
    /// The chats wanted; empty for all.
    package var chats: [String]
    /// The signing secret (`whsec_…`), only in the answer to its registration.
    package var secret: String?
    /// Whether it gets none at the moment.
    package var isPaused: Bool
    /// Why it was paused.
    package var reason: String?
    /// When it was registered.
    package var createdAt: NativeTime

    /// A webhook from its fields.
    package init(
        id: String, url: String, types: [String], chats: [String], secret: String?, isPaused: Bool, reason: String?,
        createdAt: Timestamp
    ) {
        self.id = id
        self.url = url
        self.types = types
        self.chats = chats
        self.secret = secret
        self.isPaused = isPaused
        self.reason = reason
        self.createdAt = NativeTime(createdAt)
    }

    package func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("id", id)
            writer.member("url", url)
            writer.member("types", types)
            writer.member("chats", chats)
            if let secret { writer.member("secret", secret) }
            writer.member("isPaused", isPaused)
            writer.member("reason", reason)
            writer.member("createdAt", createdAt)
        }
    }
}

/// One hand-over of an event to a webhook.
package struct NativeDelivery: Hashable, Sendable, Decodable, JSONWritable {
    /// The event's id; the `webhook-id` of all its attempts.
    package var event: String
    /// The event's kind.
    package var kind: String
    /// `retrying`, `setAside`, `delivered` or `dead`.
    package var state: String
    /// How often it was tried.
    package var attempts: Int
    /// The last HTTP status.
    package var status: Int?
    /// Why the last attempt failed.
    package var reason: String?
    /// When it last changed.
    package var updatedAt: NativeTime

    /// A delivery from its fields.
    package init(
        event: String, kind: String, state: String, attempts: Int, status: Int?, reason: String?, updatedAt: Timestamp
    ) {
        self.event = event
        self.kind = kind
        self.state = state
        self.attempts = attempts
        self.status = status
        self.reason = reason
        self.updatedAt = NativeTime(updatedAt)
    }

    package func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("event", event)
            writer.member("kind", kind)
            writer.member("state", state)
            writer.member("attempts", attempts)
            writer.member("status", status)
            writer.member("reason", reason)
            writer.member("updatedAt", updatedAt)
        }
    }
}
