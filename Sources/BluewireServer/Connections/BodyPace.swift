//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import NIOCore

/// Whether the body of a request makes progress.
///
/// Only the client's own pauses count: while we do not ask for more, time does not pass.
struct BodyPace {
    private let window: TimeAmount
    private let minimum: Int
    private var received = 0
    private(set) var since: NIODeadline
    private var heldSince: NIODeadline?

    init(_ times: ConnectionTimes, at now: NIODeadline) {
        window = TimeAmount(times.body)
        minimum = times.bodyProgress
        since = now
    }

    /// When to look next.
    var deadline: NIODeadline { since + window }

    mutating func arrived(_ count: Int) { received += count }

    /// All that was asked for has been read; the next is asked for when we are ready.
    mutating func held(at now: NIODeadline) { heldSince = now }

    /// More is asked for.
    mutating func asked(at now: NIODeadline) {
        guard let held = heldSince else { return }
        heldSince = nil
        // Longer than a breath: the client had no chance to send in the meantime.
        if now - held > .milliseconds(100) { restart(at: now) }
    }

    /// Whether too little came since the last look, though it was asked for; a new window begins otherwise.
    mutating func isTooSlow(at now: NIODeadline) -> Bool {
        guard now >= deadline else { return false }
        if heldSince == nil, received < minimum { return true }
        restart(at: now)
        return false
    }

    private mutating func restart(at now: NIODeadline) {
        since = now
        received = 0
    }
}
