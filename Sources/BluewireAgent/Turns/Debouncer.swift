//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel

/// Waits for the end of a burst: until nothing came for a while, but not for ever.
///
/// Pure.
package struct Debouncer: Sendable, Hashable {
    private let quiet: Duration
    private let maximum: Duration
    private var first: Timestamp?
    private var last: Timestamp?

    /// A debouncer that waits `quiet` after the last message and at most `maximum` after the first.
    package init(quiet: Duration, maximum: Duration) {
        self.quiet = quiet
        self.maximum = maximum
    }

    /// Notes a message.
    package mutating func add(at time: Timestamp) {
        if first == nil { first = time }
        last = last.map { max($0, time) } ?? time
    }

    /// When the burst counts as complete; nil when there is none.
    package var deadline: Timestamp? {
        guard let first, let last else { return nil }
        return min(last + quiet, first + maximum)
    }
}

/// Stops an agent and another machine from answering each other for ever.
///
/// Pure.
package struct LoopLimiter: Sendable, Hashable {
    private let maximum: Int
    private let window: Duration
    private var starts: [Timestamp] = []

    /// A limiter that lets `maximum` turns begin in any `window`.
    package init(maximum: Int = 5, window: Duration = .seconds(60)) {
        self.maximum = maximum
        self.window = window
    }

    /// Whether one more turn may begin; counts it when it may.
    package mutating func admit(at now: Timestamp) -> Bool {
        starts.removeAll { now - $0 >= window }
        guard starts.count < maximum else { return false }
        starts.append(now)
        return true
    }
}
