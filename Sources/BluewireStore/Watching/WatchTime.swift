//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel

/// A moment on both clocks: the time of day, which may jump, and one that only goes forward.
struct WatchTime: Hashable, Sendable {
    var wall: Timestamp
    /// Time since some fixed moment.
    var monotonic: Duration

    /// How much later `end` is, on the clock that never jumps.
    static func - (end: WatchTime, start: WatchTime) -> Duration {
        end.monotonic - start.monotonic
    }

    /// The moment at which `wall` was, as far as today's clocks tell; never in the future.
    func moment(of past: Timestamp) -> WatchTime {
        let age = max(.zero, wall - past)
        return WatchTime(wall: past, monotonic: monotonic - age)
    }
}

/// The time of day, defended against a clock that is set back: for ten minutes it does not fall behind what was
/// already known, so that restored history never looks fresh; a clock that stays there is believed.
struct SteadyClock: Sendable {
    private var last: (estimate: Timestamp, time: WatchTime)?
    private var setBackAt: Duration?

    /// How long a clock that was set back is doubted.
    static let doubt: Duration = .seconds(600)

    /// The best estimate of the true time of day.
    mutating func now(_ time: WatchTime) -> Timestamp {
        guard let last else {
            last = (time.wall, time)
            return time.wall
        }
        let expected = last.time.wall + (time - last.time)
        if time.wall < expected - .seconds(5) { setBackAt = time.monotonic }
        var estimate = time.wall
        if let since = setBackAt {
            if time.monotonic - since < Self.doubt {
                estimate = max(estimate, last.estimate + (time - last.time))
            } else {
                setBackAt = nil
            }
        }
        self.last = (estimate, time)
        return estimate
    }
}
