//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel

/// A registered receiver of events.
package struct Webhook: Hashable, Sendable {
    /// Its name, for example `wh_…`.
    package var id: String
    /// Where events are posted.
    package var url: String
    /// The signing secret, `whsec_…`.
    package var secret: String
    /// The secret before the last rotation; signed with as well while it is set.
    package var previousSecret: String?
    /// Which events it gets.
    package var filter: EventFilter
    /// Whether it gets none at the moment.
    package var isPaused: Bool
    /// Why it was paused, when the gateway did it.
    package var pauseReason: String?
    /// When it was registered.
    package var createdAt: Timestamp
    /// Everything after this is to be delivered again; nil once that has begun.
    package var replayAfter: Cursor?

    /// The name its cursor is stored under.
    package var sinkName: String { "webhook:" + id }
}

/// One hand-over of an event to a webhook, as far as it is worth keeping.
package struct Delivery: Hashable, Sendable {
    /// The webhook.
    package var webhook: String
    /// The event's place in the journal.
    package var sequence: Int64
    /// The event's id.
    package var event: String
    /// The event's kind.
    package var kind: GatewayEvent.Kind
    /// The event's chat.
    package var chat: ChatID?
    /// How it stands.
    package var state: State
    /// How often it was tried.
    package var attempts: Int
    /// The last HTTP status; nil when none came.
    package var status: Int?
    /// Why the last attempt failed, in a few words.
    package var error: String?
    /// When it failed first.
    package var firstFailedAt: Timestamp?
    /// When it is tried next.
    package var nextAt: Timestamp?
    /// When this was written.
    package var updatedAt: Timestamp

    /// A delivery from its fields.
    package init(
        webhook: String, sequence: Int64, event: String, kind: GatewayEvent.Kind, chat: ChatID?, state: State,
        attempts: Int, status: Int? = nil, error: String? = nil, firstFailedAt: Timestamp? = nil,
        nextAt: Timestamp? = nil, updatedAt: Timestamp
    ) {
        self.webhook = webhook
        self.sequence = sequence
        self.event = event
        self.kind = kind
        self.chat = chat
        self.state = state
        self.attempts = attempts
        self.status = status
        self.error = error
        self.firstFailedAt = firstFailedAt
        self.nextAt = nextAt
        self.updatedAt = updatedAt
    }

    /// How a delivery stands.
    package struct State: OpenValue, CustomStringConvertible {
        package let rawValue: String
        package init(rawValue: String) { self.rawValue = rawValue }

        /// Failed so far; later events of its chat wait.
        package static let retrying = State(rawValue: "retrying")
        /// Failed for long; later events pass and it is tried on its own.
        package static let setAside = State(rawValue: "setAside")
        /// Taken by the receiver.
        package static let delivered = State(rawValue: "delivered")
        /// Given up after 24 hours.
        package static let dead = State(rawValue: "dead")
    }
}
