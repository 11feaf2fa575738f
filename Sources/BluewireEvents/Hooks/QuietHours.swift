//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel
package import BluewireState
// Full Foundation: only it carries the time zone database on Linux.
private import Foundation

/// When a hook is quiet, on the clocks of a place.
package struct QuietHours: Hashable, Sendable {
    private let times: Hook.QuietTimes
    private let zone: TimeZone

    /// The span of a hook; nil when there is no such zone or the span is empty.
    package init?(_ times: Hook.QuietTimes) {
        guard let zone = TimeZone(identifier: times.zone), times.start != times.end,
            (0..<1440).contains(times.start), (0..<1440).contains(times.end)
        else { return nil }
        self.times = times
        self.zone = zone
    }

    /// When the quiet span around `now` ends; nil when it is not quiet.
    ///
    /// The clocks decide, also on the days they are moved: a time they skip lies as much later as they were moved, and of
    /// a repeated one the first counts.
    package func end(around now: Timestamp) -> Timestamp? {
        let today = (now.seconds + offset(at: now.seconds)).flooredQuotient(by: 86_400)
        for day in [today - 1, today] {
            let start = time(on: day, minute: times.start)
            let end = time(on: times.start < times.end ? day : day + 1, minute: times.end)
            if start <= now, now < end { return end }
        }
        return nil
    }

    private func time(on day: Int64, minute: Int) -> Timestamp {
        let local = day * 86_400 + Int64(minute) * 60
        let before = offset(at: local - 86_400)
        let after = offset(at: local + 86_400)
        // The larger offset is the earlier instant: the first of two.
        for offset in [max(before, after), min(before, after)] where self.offset(at: local - offset) == offset {
            return Timestamp(seconds: local - offset)
        }
        return Timestamp(seconds: local - before)
    }

    private func offset(at second: Int64) -> Int64 {
        Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: TimeInterval(second))))
    }
}
