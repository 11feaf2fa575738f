//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import Testing

@testable import BluewireStore

@Suite struct ArrivalClassifierTests {
    private static let now = Timestamp(seconds: 1_768_478_400)

    /// One row's story.
    struct Story: Sendable, CustomTestStringConvertible {
        var name: String
        var age: Int64
        /// How long ago the database was last looked at.
        var lookAge: Int64 = 1
        var expected: Arrival
        var change: @Sendable (inout ArrivalClassifier.Evidence) -> Void = { _ in }
        var testDescription: String { name }
    }

    @Test(arguments: [
        Story(name: "just sent", age: 1, expected: .new),
        Story(name: "a clock set back", age: -3600, expected: .new),
        Story(name: "nine minutes old", age: 540, expected: .new),
        Story(name: "phone was off", age: 3600, expected: .late),
        Story(name: "phone was off, chat went on", age: 3600, expected: .late) { $0.newestBefore = now },
        Story(name: "arrived while nobody looked", age: 7200, lookAge: 8000, expected: .late),
        Story(name: "arrived and was read while nobody looked", age: 7200, lookAge: 8000, expected: .late) {
            $0.isRead = true
            $0.cloudState = 1
        },
        Story(name: "synchronised at first sight", age: 4800, expected: .backfill) { $0.cloudState = 1 },
        Story(name: "read before it was here", age: 4800, expected: .backfill) {
            $0.isRead = true
            $0.readAt = now - .seconds(4000)
        },
        Story(name: "older than a day", age: 100_000, expected: .backfill),
        Story(name: "own, out of order", age: 4800, expected: .backfill) {
            $0.isFromMe = true
            $0.newestBefore = now
        },
        Story(name: "own, from another device", age: 4800, expected: .late) { $0.isFromMe = true },
        Story(name: "a burst of history", age: 4800, expected: .backfill) {
            $0.burst = 9
            $0.burstHoldsHistory = true
        },
        Story(name: "a burst from a phone that was off", age: 4800, expected: .late) { $0.burst = 9 },
        Story(name: "a copy with the same date", age: 1, expected: .duplicate) { $0.twin = .exact },
        Story(name: "the same word twice", age: 1, expected: .new) { $0.twin = .near },
        Story(name: "an old copy", age: 4800, expected: .duplicate) { $0.twin = .near },
        Story(name: "no date", age: 0, expected: .backfill) { $0.date = nil },
    ])
    func classifies(_ story: Story) {
        var evidence = ArrivalClassifier.Evidence(
            date: Self.now - .seconds(story.age), now: Self.now, lastLook: Self.now - .seconds(story.lookAge)
        )
        story.change(&evidence)
        #expect(ArrivalClassifier().classify(evidence) == story.expected)
    }

    @Test func aClockThatIsSetBackIsDoubtedForTenMinutes() {
        var clock = SteadyClock()
        let start = Self.now
        #expect(clock.now(WatchTime(wall: start, monotonic: .zero)) == start)
        let back = start - .seconds(10_800)
        #expect(clock.now(WatchTime(wall: back + .seconds(1), monotonic: .seconds(1))) == start + .seconds(1))
        #expect(clock.now(WatchTime(wall: back + .seconds(500), monotonic: .seconds(500))) == start + .seconds(500))
        #expect(clock.now(WatchTime(wall: back + .seconds(700), monotonic: .seconds(700))) == back + .seconds(700))
        let ahead = start + .seconds(86_400)
        #expect(clock.now(WatchTime(wall: ahead, monotonic: .seconds(701))) == ahead)
    }
}
