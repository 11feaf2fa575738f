//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// What happened in the simulation, for pages that show it live; typing is reported nowhere else.
package struct FeedEvent: Sendable, Codable, Hashable {
    /// Its number, counted from 1 in each run.
    package var sequence: Int
    /// `typing`, `ownTyping`, `message`, `changed`, `chat` or `faults`.
    package var kind: String
    /// The guid of the chat.
    package var chat: String?
    /// Who types.
    package var address: String?
    /// Whether typing began.
    package var isOn: Bool?
    /// The guid of the message.
    package var message: String?
}

/// The newest events of this run.
struct Feed: Sendable {
    private(set) var events: [FeedEvent] = []
    private(set) var last = 0
    private static let capacity = 1_000

    /// Adds an event; the oldest is forgotten when there are too many.
    mutating func add(
        _ kind: String, chat: String? = nil, address: String? = nil, isOn: Bool? = nil, message: String? = nil
    ) {
        last += 1
        events.append(
            FeedEvent(sequence: last, kind: kind, chat: chat, address: address, isOn: isOn, message: message)
        )
        if events.count > Self.capacity { events.removeFirst(events.count - Self.capacity) }
    }

    /// The events after `sequence`.
    func events(after sequence: Int) -> [FeedEvent] {
        let start = events.firstIndex { $0.sequence > sequence } ?? events.endIndex
        return Array(events[start...])
    }
}
