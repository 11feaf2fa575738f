//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireAgent
import BluewireModel
import Testing

@Suite struct DebouncerTests {
    private func at(_ seconds: Double) -> Timestamp { Timestamp(seconds: 1000) + .seconds(seconds) }

    @Test func aBurstEndsAfterAQuietMoment() {
        var debouncer = Debouncer(quiet: .seconds(2.5), maximum: .seconds(12))
        #expect(debouncer.deadline == nil)
        debouncer.add(at: at(0))
        #expect(debouncer.deadline == at(2.5))
        debouncer.add(at: at(2))
        #expect(debouncer.deadline == at(4.5))
        debouncer.add(at: at(1))
        #expect(debouncer.deadline == at(4.5))
    }

    @Test func aBurstDoesNotLastForEver() {
        var debouncer = Debouncer(quiet: .seconds(2.5), maximum: .seconds(12))
        for second in 0..<30 { debouncer.add(at: at(Double(second))) }
        #expect(debouncer.deadline == at(12))
    }

    @Test func fiveTurnsAMinuteAreEnough() {
        var limiter = LoopLimiter()
        let admitted = (0..<7).map { limiter.admit(at: at(Double($0))) }
        #expect(admitted == [true, true, true, true, true, false, false])
        let later = [59.9, 60, 60.5, 61].map { limiter.admit(at: at($0)) }
        #expect(later == [false, true, false, true])
    }
}
