//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireEvents
import BluewireModel
import BluewireState
import Foundation
import Testing

/// Every state × event × crash of a send, explored to the end.
@Suite struct SendStateMachineTests {
    static let start = Timestamp(seconds: 1_768_478_400)
    static let times: [Duration] = [.zero, .seconds(11), .seconds(25 * 3600)]

    struct Node: Hashable {
        var progress: SendProgress
        var time: Int
        var endsAtSent: Bool
    }

    enum Event: Hashable {
        case dispatch, accepted, acceptedWith(String), unreachable, rejected, ambiguous, interrupted
        case row([Int], Message.Status?, error: Int)
        case ghost, tick, wait, retry, cancel, impossible, postponed, staleAnswer
    }

    static let failure = Send.Failure(code: "test", remedy: "Do something.")

    static func events(pieces: Int) -> [Event] {
        let all = Array(0..<pieces)
        var events: [Event] = [
            .dispatch, .accepted, .acceptedWith("G"), .unreachable, .rejected, .ambiguous, .interrupted, .ghost, .tick,
            .wait, .retry, .cancel, .impossible, .postponed, .staleAnswer, .row(all, nil, error: 22),
        ]
        for status: Message.Status? in [nil, .pending, .sent, .delivered, .read] {
            events.append(.row(all, status, error: 0))
        }
        if pieces > 1 {
            events += [.row([0], .sent, error: 0), .row([1], .delivered, error: 0), .row([1], nil, error: 25)]
        }
        return events
    }

    static func apply(_ event: Event, to node: Node) -> (Node, SendStateMachine.Action) {
        var machine = SendStateMachine(node.progress)
        var time = node.time
        let now = start + times[time]
        let attempt = node.progress.attempts
        let action: SendStateMachine.Action
        switch event {
        case .dispatch: action = machine.dispatch(floor: RowID(rawValue: 7), endsAtSent: node.endsAtSent, now: now)
        case .accepted: action = machine.accepted(attempt: attempt, message: nil, now: now)
        case .acceptedWith(let guid):
            action = machine.accepted(attempt: attempt, message: MessageID(rawValue: guid), now: now)
        case .unreachable: action = machine.refused(attempt: attempt, .unreachable(failure), now: now)
        case .rejected: action = machine.refused(attempt: attempt, .rejected(failure), now: now)
        case .ambiguous: action = machine.refused(attempt: attempt, .ambiguous(failure), now: now)
        case .staleAnswer: action = machine.refused(attempt: attempt - 1, .unreachable(failure), now: now)
        case .interrupted: action = machine.interrupted(now: now)
        case .row(let pieces, let status, let error):
            action = machine.observed(
                SendRow(
                    message: MessageID(rawValue: "R\(pieces)"), pieces: pieces, status: status, errorCode: error),
                now: now)
        case .ghost: action = machine.ghost(MessageID(rawValue: "ghost"))
        case .tick: action = machine.tick(now: now)
        case .wait:
            time = min(time + 1, times.count - 1)
            action = .none
        case .retry: action = attempt < 2 ? machine.retry(now: now) : .none
        case .cancel: action = machine.cancel()
        case .impossible: action = machine.impossible(failure)
        case .postponed: action = node.progress.refusals < 1 ? machine.postponed(failure, now: now) : .none
        }
        return (Node(progress: machine.progress, time: time, endsAtSent: node.endsAtSent), action)
    }

    @Test(arguments: [false, true], [1, 2])
    func everyReachableStepKeepsThePromises(endsAtSent: Bool, pieceCount: Int) throws {
        let pieces: [SendPiece] = [.text("hello"), .file(name: "a.png")]
        var queue = [
            Node(
                progress: SendProgress(pieces: Array(pieces.prefix(pieceCount)), now: Self.start), time: 0,
                endsAtSent: endsAtSent)
        ]
        var seen = Set(queue)
        let events = Self.events(pieces: pieceCount)
        var steps = 0
        while let node = queue.popLast() {
            for event in events {
                let (next, action) = Self.apply(event, to: node)
                steps += 1
                if let broken = Self.broken(node.progress, event, next.progress, action) {
                    Issue.record("\(node.progress) –\(event)→ \(next.progress): \(broken)")
                    return
                }
                // Two refusals are as good as any number; without the bound the space has no end.
                if next.progress.attempts <= 2, next.progress.refusals <= 2, seen.insert(next).inserted {
                    queue.append(next)
                }
            }
        }
        #expect(seen.count > 200)
        #expect(steps > 5000)
        #expect(Set(seen.map(\.progress.state)).count >= (endsAtSent ? 7 : 9))
    }

    /// The broken promise, if any.
    static func broken(
        _ before: SendProgress, _ event: Event, _ after: SendProgress, _ action: SendStateMachine.Action
    ) -> String? {
        if (action == .none) != (before == after) { return "an action without a change, or a change without one" }
        if action == .perform, !(before.state == .queued && event == .dispatch) { return "handed over from elsewhere" }
        if before.state != after.state, action == .store { return "a transition nobody hears of" }
        if before.state != after.state, !allowed(before.state, after.state, event) { return "not a transition" }
        if [.landed, .sent, .delivered, .read].contains(after.state) {
            if after.message == nil || !SendStateMachine(after).missingPieces.isEmpty { return "landed without a row" }
            if after.isOpen { return "landed but still looked for" }
        }
        if after.state == .failed || after.state == .unknown {
            guard let failure = after.failure, !failure.code.isEmpty, !failure.remedy.isEmpty else {
                return "no reason or remedy"
            }
        }
        if after.endsAtSent, [.delivered, .read].contains(after.state) { return "a receipt where there are none" }
        if after.attempts != before.attempts, action != .perform { return "an attempt that was none" }
        // A crash right after this step: the next process finds what was stored.
        var restarted = SendStateMachine(after)
        _ = restarted.interrupted(now: start)
        let found = restarted.progress.state
        if found != after.state, !(after.state == .dispatched && found == .unknown) {
            return "a crash moved it to \(found)"
        }
        if after.state == .dispatched, after.acceptedAt == nil, found != .unknown { return "a crash is not noticed" }
        return nil
    }

    static func allowed(_ from: Send.State, _ to: Send.State, _ event: Event) -> Bool {
        switch (from, to) {
        case (.queued, .dispatched): event == .dispatch
        case (.queued, .cancelled): event == .cancel
        case (.queued, .failed): event == .impossible || event == .tick
        case (.dispatched, .queued): event == .unreachable
        case (.failed, .queued), (.unknown, .queued): event == .retry
        case (.dispatched, .unknown):
            event == .ambiguous || event == .interrupted || event == .tick || event == .unreachable
                || event == .rejected
        case (.dispatched, .failed), (.unknown, .failed), (.landed, .failed), (.sent, .failed): true
        case (.dispatched, .landed), (.unknown, .landed), (.dispatched, .sent), (.unknown, .sent),
            (.dispatched, .delivered), (.unknown, .delivered), (.dispatched, .read), (.unknown, .read),
            (.landed, .sent), (.landed, .delivered), (.landed, .read), (.sent, .delivered), (.sent, .read),
            (.delivered, .read):
            if case .row = event { true } else { if case .acceptedWith = event { to == .landed } else { false } }
        default: false
        }
    }

    @Test func whatIsStoredIsWhatContinues() throws {
        var machine = SendStateMachine(SendProgress(pieces: [.text("x")], now: Self.start))
        _ = machine.dispatch(floor: RowID(rawValue: 3), endsAtSent: false, now: Self.start)
        _ = machine.accepted(attempt: 1, message: nil, now: Self.start + .seconds(1))
        let bytes = try JSONEncoder().encode(machine.progress)
        #expect(try JSONDecoder().decode(SendProgress.self, from: bytes) == machine.progress)
    }

    @Test func pausesDoubleUpToTheLongest() {
        var machine = SendStateMachine(SendProgress(pieces: [.text("x")], now: Self.start))
        var now = Self.start
        var pauses: [Duration] = []
        for attempt in 1...9 {
            _ = machine.dispatch(floor: RowID(rawValue: 0), endsAtSent: false, now: now)
            _ = machine.refused(attempt: attempt, .unreachable(Self.failure), now: now)
            pauses.append((machine.progress.notBefore ?? now) - now)
            now = machine.progress.notBefore ?? now
        }
        #expect(pauses == [1, 2, 4, 8, 16, 32, 60, 60, 60].map { .seconds($0) })
    }

    @Test func clockGoingBackDoesNotHoldASendForever() {
        var machine = SendStateMachine(SendProgress(pieces: [.text("x")], now: Self.start))
        _ = machine.dispatch(floor: RowID(rawValue: 0), endsAtSent: false, now: Self.start)
        _ = machine.refused(attempt: 1, .unreachable(Self.failure), now: Self.start)
        #expect(!machine.isDue(at: Self.start))
        #expect(machine.isDue(at: Self.start - .seconds(86_400)))
    }

    @Test(arguments: [(22, "recipient_unreachable"), (25, "file_unreadable"), (4, "send_failed"), (99, "apple_99")])
    func lateErrorsFailWithCodeAndRemedy(number: Int, code: String) {
        var machine = SendStateMachine(SendProgress(pieces: [.text("x")], now: Self.start))
        _ = machine.dispatch(floor: RowID(rawValue: 0), endsAtSent: false, now: Self.start)
        let row = MessageID(rawValue: "R")
        _ = machine.observed(SendRow(message: row, pieces: [0], status: .sent, errorCode: 0), now: Self.start)
        #expect(machine.progress.state == .sent)
        _ = machine.observed(SendRow(message: row, pieces: [0], status: .failed, errorCode: number), now: Self.start)
        #expect(machine.progress.state == .failed)
        #expect(machine.progress.failure?.code == code)
        #expect(machine.progress.failure?.remedy.isEmpty == false)
    }
}
