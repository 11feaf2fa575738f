//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import Foundation
import Testing

@Suite struct TimestampTests {
    @Test(arguments: [
        (Int64(0), "1970-01-01T00:00:00.000Z"),
        (978_307_200_000_000_000, "2001-01-01T00:00:00.000Z"),
        (1_773_480_413_589_000_000, "2026-03-14T09:26:53.589Z"),
        (951_782_399_999_999_999, "2000-02-28T23:59:59.999Z"),
        (951_782_400_000_000_000, "2000-02-29T00:00:00.000Z"),
        (-1, "1969-12-31T23:59:59.999Z"),
        (4_102_444_800_000_000_000, "2100-01-01T00:00:00.000Z"),
    ])
    func printsRFC3339(nanoseconds: Int64, text: String) {
        #expect(Timestamp(nanoseconds: nanoseconds).rfc3339 == text)
    }

    @Test(arguments: [
        ("2026-03-14T09:26:53.589Z", Int64(1_773_480_413_589_000_000)),
        ("2026-03-14T10:26:53.589+01:00", 1_773_480_413_589_000_000),
        ("2026-03-14t04:26:53.589123456-05:00", 1_773_480_413_589_123_456),
        ("2026-03-14 09:26:53Z", 1_773_480_413_000_000_000),
        ("2026-03-14T09:26:53.5891234567899Z", 1_773_480_413_589_123_456),
    ])
    func readsRFC3339(text: String, nanoseconds: Int64) {
        #expect(Timestamp(rfc3339: text)?.nanoseconds == nanoseconds)
    }

    @Test(arguments: [
        "", "2026", "2026-03-14", "2026-13-14T09:26:53Z", "2026-02-29T09:26:53Z", "2026-03-14T24:26:53Z",
        "2026-03-14T09:26:53", "2026-03-14T09:26:53.Z", "2026-03-14T09:26:53Zx", "2026-03-14T09:26:53+1:00",
        "0001-03-14T09:26:53Z", "９026-03-14T09:26:53Z",
    ])
    func refusesWhatIsNotRFC3339(text: String) {
        #expect(Timestamp(rfc3339: text) == nil)
    }

    @Test func agreesWithFoundationOverFourCenturies() {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<2000 {
            let seconds = Int64.random(in: -9_000_000_000...9_000_000_000, using: &generator)
            let expected = Date(timeIntervalSince1970: Double(seconds)).formatted(.iso8601)
            #expect(Timestamp(seconds: seconds).rfc3339 == expected.dropLast() + ".000Z")
            let time = Timestamp(milliseconds: seconds * 1000 + Int64.random(in: 0..<1000, using: &generator))
            #expect(Timestamp(rfc3339: time.rfc3339) == time)
        }
    }

    @Test func arithmeticClampsInsteadOfTrapping() {
        #expect(Timestamp(nanoseconds: .max) + .seconds(1) == Timestamp(nanoseconds: .max))
        #expect(Timestamp(nanoseconds: .min) - .seconds(1) == Timestamp(nanoseconds: .min))
        #expect(Timestamp(seconds: .max).nanoseconds == .max)
        #expect(Timestamp(milliseconds: .min).nanoseconds == .min)
        #expect(Timestamp(seconds: 10) - Timestamp(seconds: 7) == .seconds(3))
        #expect(Timestamp(nanoseconds: -1).milliseconds == -1)
    }

    @Test func travelsThroughJSONWithoutLosingANanosecond() throws {
        let time = Timestamp(nanoseconds: 1_773_480_413_589_123_457)
        let data = try JSONEncoder().encode([time])
        #expect(try JSONDecoder().decode([Timestamp].self, from: data) == [time])
    }
}
