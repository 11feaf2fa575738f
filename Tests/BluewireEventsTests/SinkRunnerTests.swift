//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireEvents
import BluewireModel
import BluewireState
import BluewireTesting
import BluewireTransport
import Synchronization
import Testing

@Suite struct SinkRunnerTests {
    private let folder: TemporaryFolder
    private let clock = ManualClock()
    private let journal: Journal
    private let state: StateDatabase

    init() throws {
        folder = try TemporaryFolder()
        journal = try Journal(path: folder.file("journal.db"), clock: clock)
        state = try StateDatabase(path: folder.file("state.db"))
    }

    private func commit(_ ids: String...) async throws {
        _ = try await journal.commit(
            SourceBatch(observations: ids.map { Samples.created($0) }, checkpoint: []), source: "a",
            line: Samples.line, now: clock.now)
    }

    private func run(
        _ sink: RecordingSink, start: SinkRunner.Start = .head, _ body: () async throws -> Void
    ) async throws {
        let runner = SinkRunner(sink: sink, journal: journal, state: state, start: start, clock: clock)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await runner.run() }
            try await body()
            group.cancelAll()
            try await group.waitForAll()
        }
    }

    /// Waits until the stored cursor stands at the head.
    private func waitUntilStored() async throws {
        while try await state.sinkCursors.cursor(of: "recording") != journal.head { await Task.yield() }
    }

    @Test func eventsComeInOrderAndOnceAcrossRestarts() async throws {
        try await commit("A")
        let sink = RecordingSink()
        try await run(sink, start: .oldest) {
            try await commit("B", "C")
            await sink.wait(for: 3)
            try await waitUntilStored()
        }
        try await commit("D")
        try await run(sink, start: .oldest) { await sink.wait(for: 4) }
        #expect(sink.ids == ["A", "B", "C", "D"])
    }

    @Test func newSinkStartsAtTheHead() async throws {
        try await commit("A")
        let sink = RecordingSink()
        try await run(sink) {
            while try await state.sinkCursors.cursor(of: "recording") == nil { await Task.yield() }
            try await commit("B")
            await sink.wait(for: 1)
        }
        #expect(sink.ids == ["B"])
    }

    @Test func refusedEventsAreOfferedAgain() async throws {
        let sink = RecordingSink(failures: 2)
        try await run(sink, start: .oldest) {
            try await commit("A")
            for pause in [1, 2] {
                await clock.waitForSleepers(1)
                clock.advance(by: .seconds(pause))
            }
            await sink.wait(for: 1)
        }
        #expect(sink.ids == ["A"])
    }

    @Test func expiredCursorBecomesAGapAndReadingGoesOn() async throws {
        try await commit("A")
        try await state.sinkCursors.save(Cursor(epoch: "ffffffff", sequence: 3), of: "recording", at: clock.now)
        let sink = RecordingSink()
        try await run(sink) { await sink.wait(for: 2) }
        #expect(sink.events.first?.kind == .gatewayGap)
        #expect(sink.ids == ["A"])
    }

    @Test func recordingSinkKeepsTheContract() async throws {
        try await SinkContract.checkAll(RecordingSink())
    }

    @Test func maintenancePrunesAndCheckpoints() async throws {
        try await commit("A")
        clock.advance(by: .seconds(40 * 86_400))
        let maintenance = JournalMaintenance(journal: journal, state: state, clock: clock)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await maintenance.run() }
            await clock.waitForSleepers(1)
            #expect(try await journal.events(after: journal.oldest, limit: 10).isEmpty)
            try await commit("B")
            clock.advance(by: .seconds(10))
            await clock.waitForSleepers(1)
            group.cancelAll()
            try await group.waitForAll()
        }
        #expect(try await journal.events(after: journal.oldest, limit: 10).count == 1)
    }
}

/// A sink that keeps what it gets.
final class RecordingSink: Sink {
    private struct State {
        var events: [GatewayEvent] = []
        var failures: Int
        var waiters: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
    }

    private struct Refusal: Error {}

    let name = "recording"
    private let state: Mutex<State>

    init(failures: Int = 0) { state = Mutex(State(failures: failures)) }

    var events: [GatewayEvent] { state.withLock { $0.events } }

    /// The messages of the events, in order.
    var ids: [String] {
        events.compactMap { if case .message(let message, _, _) = $0.snapshot { message.id.rawValue } else { nil } }
    }

    func receive(_ events: [GatewayEvent]) async throws {
        let ready = try state.withLock { state in
            if state.failures > 0 {
                state.failures -= 1
                throw Refusal()
            }
            state.events += events
            let ready = state.waiters.filter { $0.count <= state.events.count }
            state.waiters.removeAll { $0.count <= state.events.count }
            return ready
        }
        for waiter in ready { waiter.continuation.resume() }
    }

    /// Waits until `count` events came.
    func wait(for count: Int) async {
        await withCheckedContinuation { continuation in
            let isThere = state.withLock { state in
                if state.events.count >= count { return true }
                state.waiters.append((count, continuation))
                return false
            }
            if isThere { continuation.resume() }
        }
    }
}
