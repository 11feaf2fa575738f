//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

internal import BluewireModel

/// Something that will happen to a row or a chat later.
///
/// Rows are named by guid: their numbers may change meanwhile.
enum Step: Sendable {
    /// The message appears in its chat.
    case join(message: String, chat: String)
    /// The body arrives.
    case body(message: String, text: String, bytes: [UInt8])
    /// The daemon has handed the message over.
    case sent(message: String)
    /// It reached a device.
    case delivered(message: String)
    /// They read it.
    case readByThem(message: String)
    /// We read it.
    case readByUs(message: String)
    /// Data detection ran; with bytes it rewrote the body.
    case detected(message: String, bytes: [UInt8]?)
    /// It failed.
    case failed(message: String, code: Int)
    /// The file is complete.
    case file(attachment: String, stored: String, bytes: Int)
    /// Somebody starts or stops typing.
    case typing(chat: String, address: String, isOn: Bool)
    /// The database is open to others again.
    case unlock
    /// Somebody says something.
    case say(chat: String, address: String, text: String)
    /// Somebody sends a voice note.
    case voice(chat: String, address: String)
    /// Somebody changes a group.
    case group(chat: String, address: String, change: GroupChange)
}

/// What will happen, in order.
struct Timeline: Sendable {
    private struct Entry: Sendable {
        var due: Timestamp
        var order: Int
        var step: Step
    }

    private var entries: [Entry] = []
    private var order = 0

    /// When the next step is due.
    var nextDue: Timestamp? { entries.first?.due }

    /// How many steps are waiting.
    var count: Int { entries.count }

    /// Adds a step; of two steps due at the same time the earlier added comes first.
    mutating func add(_ step: Step, at due: Timestamp) {
        order += 1
        let entry = Entry(due: due, order: order, step: step)
        let index = entries.firstIndex { $0.due > due } ?? entries.endIndex
        entries.insert(entry, at: index)
    }

    /// Takes the next step that is due by `now`.
    mutating func next(by now: Timestamp) -> (step: Step, due: Timestamp)? {
        guard let first = entries.first, first.due <= now else { return nil }
        entries.removeFirst()
        return (first.step, first.due)
    }
}
