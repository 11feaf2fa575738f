//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import BluewireState
import BluewireTesting
import BluewireTransport
import Synchronization
import Testing

@testable import BluewireAgent

@Suite struct ReminderSchedulerTests {
    private let bench: AgentBench
    private let tasks: TaskRepository

    init() throws {
        bench = try AgentBench()
        tasks = bench.database.tasks(clock: bench.clock)
    }

    private func scheduler() -> ReminderScheduler {
        ReminderScheduler(
            configuration: AgentBench.agent(),
            services: AgentServices(
                sender: bench.gateway, echoes: bench.gateway, chats: bench.gateway, search: bench.gateway,
                state: bench.database, clock: bench.clock))
    }

    private func reminder() async throws -> TaskItem {
        try await tasks.create(
            agent: "demo", chat: FakeGateway.chat, text: "stretch", dueAt: bench.clock.now, zone: "UTC")
    }

    private var texts: [String] { bench.gateway.state.withLock { $0.texts } }

    /// Begun in an earlier life, which may have handed it over: sent again only while the outbox knows its key.
    @Test(arguments: [(nil, 1), (22, 1), (24, 0)] as [(Int?, Int)])
    func aReminderBegunLongAgoIsNotSentAgain(_ begunHoursAgo: Int?, _ sends: Int) async throws {
        defer { bench.remove() }
        _ = bench.gateway.say("hi", id: "m0")
        let task = try await reminder()
        if begunHoursAgo != nil { _ = try await tasks.beginReminder(task.id, at: bench.clock.now) }
        bench.clock.advance(by: .seconds((begunHoursAgo ?? 72) * 3600))
        #expect(await scheduler().fire(at: bench.clock.now) == nil)
        #expect(texts.count == sends)
        #expect(try await tasks.due(at: bench.clock.now, agent: "demo").isEmpty)
    }

    @Test func aReminderThatCannotBeSentIsTriedLessAndLessAndDroppedAfterADay() async throws {
        defer { bench.remove() }
        _ = try await reminder()
        let start = bench.clock.now
        let scheduler = scheduler()
        var pauses: [Duration] = []
        while let again = await scheduler.fire(at: bench.clock.now), pauses.count < 2000 {
            pauses.append(again - bench.clock.now)
            bench.clock.set(again)
        }
        let first: [Int64] = [1, 2, 4, 8, 16, 32, 60, 60]
        #expect(pauses.prefix(8).map { $0.components.seconds } == first)
        #expect(bench.clock.now - start >= .seconds(24 * 3600))
        #expect(try await tasks.due(at: bench.clock.now, agent: "demo").isEmpty)
    }

    @Test(arguments: [(OutboundError.Code.unavailable, true), (.forbidden, true), (.invalid, false)])
    func aRefusedReminderIsKeptUnlessItCanNeverBeSent(_ code: OutboundError.Code, _ isKept: Bool) async throws {
        defer { bench.remove() }
        _ = bench.gateway.say("hi", id: "m0")
        _ = try await reminder()
        let scheduler = scheduler()
        bench.gateway.state.withLock { $0.failure = OutboundError(code, message: "No.", remedy: "None.") }
        let again = await scheduler.fire(at: bench.clock.now)
        #expect((again != nil) == isKept)
        bench.gateway.state.withLock { $0.failure = nil }
        // A refused reminder was not begun: it goes out whenever it can.
        bench.clock.advance(by: .seconds(30 * 3600))
        _ = await scheduler.fire(at: bench.clock.now)
        #expect(texts.count == (isKept ? 1 : 0))
    }
}
