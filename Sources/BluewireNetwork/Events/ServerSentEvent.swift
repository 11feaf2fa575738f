//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// One event of a `text/event-stream` body.
package struct ServerSentEvent: Hashable, Sendable {
    /// The `event:` field; `message` when the server named none.
    package var name: String
    /// The `data:` lines, joined with line feeds.
    package var data: String
    /// The last `id:` seen up to and including this event; nil when there was none.
    package var id: String?

    /// An event from its fields.
    package init(name: String = "message", data: String, id: String? = nil) {
        self.name = name
        self.data = data
        self.id = id
    }
}

/// Why a stream of events cannot be read further.
package enum ServerSentEventError: Error, Hashable, Sendable {
    /// One line exceeds the cap.
    case lineTooLong(limit: Int)
    /// One event exceeds the cap.
    case eventTooLarge(limit: Int)
}
