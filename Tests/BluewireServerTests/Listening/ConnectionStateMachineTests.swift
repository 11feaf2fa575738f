//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import NIOCore
import Testing

@testable import BluewireServer

struct ConnectionStateMachineTests {
    private let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)
    private let times = ConnectionTimes()

    private func after(_ seconds: Int64) -> NIODeadline { start + .seconds(seconds) }

    @Test func aSilentConnectionIsClosedWithoutAWord() {
        let state = ConnectionStateMachine(times, at: start)
        #expect(state.check(at: after(9)) == .wait(until: after(10)))
        #expect(state.check(at: after(10)) == .close)
    }

    @Test func aHeadThatTricklesIsToldSoHoweverOftenItMoves() {
        var state = ConnectionStateMachine(times, at: start)
        for second in 0..<10 { state.bytesArrived(at: after(Int64(second))) }
        #expect(state.check(at: after(10)) == .tooSlow)
    }

    @Test func timeStandsStillWhileRequestsAreAnswered() {
        var state = ConnectionStateMachine(times, at: start)
        state.requestBegan(isStream: false)
        state.requestBegan(isStream: false)
        #expect(state.check(at: after(100_000)) == .sleep)
        #expect(!state.isIdle)
        state.requestEnded(at: after(1))
        #expect(!state.isIdle)
        state.requestEnded(at: after(2))
        #expect(state.isIdle)
        #expect(state.check(at: after(61)) == .wait(until: after(62)))
        #expect(state.check(at: after(62)) == .close)
    }

    @Test func theNextHeadHasItsOwnTime() {
        var state = ConnectionStateMachine(times, at: start)
        state.requestBegan(isStream: false)
        state.requestEnded(at: after(1))
        state.bytesArrived(at: after(30))
        #expect(state.check(at: after(39)) == .wait(until: after(40)))
        state.bytesArrived(at: after(39))
        #expect(state.check(at: after(40)) == .tooSlow)
    }

    @Test func framesBetweenStreamsAreNoRequestsAndDoNotProlong() {
        var state = ConnectionStateMachine(times, at: start)
        state.requestBegan(isStream: true)
        state.requestEnded(at: after(1))
        state.bytesArrived(at: after(60))
        #expect(state.check(at: after(65)) == .wait(until: after(66)))
        #expect(state.check(at: after(66)) == .close)
    }

    @Test func socketsAndClosingConnectionsHaveNoLimitHere() {
        var state = ConnectionStateMachine(times, at: start)
        state.requestBegan(isStream: false)
        state.becameSocket()
        state.requestEnded(at: after(1))
        #expect(state.check(at: after(100_000)) == .sleep)
        #expect(!state.isIdle)
        state.close()
        state.requestBegan(isStream: false)
        #expect(state.isClosing)
    }

    @Test func aBodyMustProgressInEveryWindow() {
        var pace = BodyPace(times, at: start)
        pace.arrived(4096)
        expectEqual(pace.isTooSlow(at: after(5)), false)
        expectEqual(pace.isTooSlow(at: after(10)), false)
        pace.arrived(4095)
        expectEqual(pace.isTooSlow(at: after(20)), true)
    }

    @Test func aClientIsNotBlamedForOurOwnPauses() {
        var pace = BodyPace(times, at: start)
        pace.held(at: after(1))
        expectEqual(pace.isTooSlow(at: after(10)), false)
        pace.asked(at: after(19))
        expectEqual(pace.isTooSlow(at: after(28)), false)
        expectEqual(pace.isTooSlow(at: after(29)), true)
    }
}
