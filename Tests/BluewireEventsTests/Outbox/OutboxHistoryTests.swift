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
import Foundation
import GRDB
import Synchronization
import Testing

/// Budgets and the history of attempts, over the real `state.db`.
@Suite struct OutboxHistoryTests {
    /// A gate over a database; opened anew it is another life of the gateway.
    struct Bench {
        let folder: TemporaryFolder
        let clock = ManualClock()
        let transport = RecordingTransport()

        init() throws { folder = try TemporaryFolder() }

        func life(
            budget: Budget = Budget(), transports: [any Transport]? = nil, isAlive: Bool = true,
            crashHook: @escaping @Sendable (OutboxCrashPoint) throws -> Void = { _ in }
        ) throws -> (outbox: Outbox, gate: OutboundGate, state: StateDatabase) {
            let state = try StateDatabase(path: folder.file("state.db"))
            let messages = GroupMessages(
                clock: clock,
                groups: [.init(id: OutboxActionsTests.group, name: nil, people: OutboxActionsTests.people)])
            var configuration = Outbox.Configuration(lines: [
                Line(id: GroupMessages.line, kind: "simulator", transports: transports ?? [transport])
            ])
            configuration.isAlive = { _ in isAlive }
            configuration.crashHook = crashHook
            let outbox = Outbox(
                store: state.sends, log: nil, resolver: messages, clock: clock, configuration: configuration)
            return (outbox, OutboundGate(outbox: outbox, budget: budget), state)
        }
    }

    static func request(
        _ text: String, to recipient: Recipient = .chat(OutboxActionsTests.group), origin: String = "token",
        key: String? = nil
    ) -> SendRequest {
        SendRequest(recipient: recipient, action: .message(Draft(text: text)), key: key, origin: origin)
    }

    static func refusal(_ gate: OutboundGate, _ request: SendRequest) async -> OutboundError? {
        do throws(OutboundError) {
            _ = try await gate.submit(request)
            return nil
        } catch {
            return error
        }
    }

    @Test func anotherBudgetHoldsFromTheNextSendOn() async throws {
        let bench = try Bench()
        let allowed = Mutex(1)
        let (outbox, _, state) = try bench.life()
        let gate = OutboundGate(
            outbox: outbox, budget: Budget(dailyTokenSends: allowed.withLock { $0 }))
        #expect(await Self.refusal(gate, Self.request("1")) == nil)
        #expect(await Self.refusal(gate, Self.request("2"))?.code == .limited)
        allowed.withLock { $0 = 2 }
        #expect(await Self.refusal(gate, Self.request("2")) == nil)
        #expect(await Self.refusal(gate, Self.request("3"))?.code == .limited)
        withExtendedLifetime(state) {}
    }

    @Test func aBurstBeyondTheBudgetIsLimitedUntilItsWindowHasPassed() async throws {
        let bench = try Bench()
        var budget = Budget()
        budget.token = Budget.Allowance(burst: 3, window: .seconds(10), perDay: 100, firstContactsPerDay: 1)
        var gate = try bench.life(budget: budget).gate
        for index in 0..<3 {
            #expect(await Self.refusal(gate, Self.request("\(index)", key: "\(index)")) == nil)
            bench.clock.advance(by: .seconds(1))
        }
        // Another life counts on; a repeated request and other origins cost nothing.
        gate = try bench.life(budget: budget).gate
        let error = await Self.refusal(gate, Self.request("more"))
        #expect(error?.code == .limited)
        #expect(error?.retryAfterSeconds == 7)
        #expect(await Self.refusal(gate, Self.request("2", key: "2")) == nil)
        #expect(await Self.refusal(gate, Self.request("other", origin: "token2")) == nil)
        #expect(await Self.refusal(gate, Self.request("owner", origin: "local")) == nil)
        bench.clock.advance(by: .seconds(7))
        #expect(await Self.refusal(gate, Self.request("more")) == nil)
        #expect(await Self.refusal(gate, Self.request("too much"))?.retryAfterSeconds == 1)
    }

    @Test func aDayAndFirstMessagesHaveBudgetsOfTheirOwn() async throws {
        let bench = try Bench()
        var budget = Budget()
        budget.agent = Budget.Allowance(burst: 100, perDay: 4, firstContactsPerDay: 1)
        let gate = try bench.life(budget: budget).gate
        let origin = "agent:concierge"
        #expect(await Self.refusal(gate, Self.request("a", to: .handle("+15550011"), origin: origin)) == nil)
        bench.clock.advance(by: .seconds(3600))
        let second = await Self.refusal(gate, Self.request("b", to: .handle("+15550012"), origin: origin))
        #expect(second?.code == .limited)
        #expect(second?.retryAfter == .seconds(23 * 3600))
        for text in ["c", "d", "e"] { #expect(await Self.refusal(gate, Self.request(text, origin: origin)) == nil) }
        #expect(await Self.refusal(gate, Self.request("f", origin: origin))?.code == .limited)
        bench.clock.advance(by: .seconds(23 * 3600))
        #expect(await Self.refusal(gate, Self.request("b", to: .handle("+15550012"), origin: origin)) == nil)
    }

    @Test func anAllowanceOfNothingLetsNothingThrough() async throws {
        let bench = try Bench()
        var budget = Budget()
        budget.owner = Budget.Allowance(burst: 0, perDay: 0, firstContactsPerDay: 0)
        let error = await Self.refusal(try bench.life(budget: budget).gate, Self.request("x", origin: "local"))
        #expect(error?.code == .limited)
    }

    @Test func aClockThatWentBackDoesNotLockAnybodyOut() async throws {
        let bench = try Bench()
        var budget = Budget()
        budget.token = Budget.Allowance(burst: 1, perDay: 1, firstContactsPerDay: 1)
        let gate = try bench.life(budget: budget).gate
        #expect(await Self.refusal(gate, Self.request("x")) == nil)
        bench.clock.advance(by: .seconds(-30 * 24 * 3600))
        #expect(await Self.refusal(gate, Self.request("y")) == nil)
    }

    @Test func everyAttemptIsKeptWithItsTimeTransportAndOutcome() async throws {
        let bench = try Bench()
        let second = RecordingTransport(name: "second")
        bench.transport.answer(.fail(.testUnreachable), .fail(.testUnreachable), .fail(.testRejected))
        second.answer(.fail(.testUnreachable))
        let (outbox, gate, state) = try bench.life(transports: [bench.transport, second])
        let send = try await gate.submit(Self.request("x"))
        for _ in 0..<2 {
            var due: [SendRecord] = []
            _ = try await outbox.step { due.append($0) }
            for record in due { try await outbox.dispatch(record) }
            bench.clock.advance(by: .seconds(5))
        }
        let attempts = try await state.sends.attempts(of: send.id)
        #expect(attempts.map(\.number) == [1, 1, 2, 2])
        #expect(attempts.map(\.transport) == ["recording", "second", "recording", "second"])
        #expect(attempts.map(\.outcome) == [.unreachable, .unreachable, .unreachable, .accepted])
        #expect(attempts.map(\.reason) == ["test_unreachable", "test_unreachable", "test_unreachable", nil])
        #expect(attempts[2].startedAt == attempts[0].startedAt + .seconds(5))
        #expect(attempts.allSatisfy { $0.endedAt != nil })
        #expect(try await outbox.attempts(of: send.id) == attempts)
    }

    @Test func anAttemptWhoseProcessDiedIsInterrupted() async throws {
        let bench = try Bench()
        struct Killed: Error {}
        let (outbox, gate, _) = try bench.life(crashHook: { if $0 == .afterDispatch { throw Killed() } })
        let send = try await gate.submit(Self.request("x"))
        let due = try await outbox.dueSends()
        await #expect(throws: Killed.self) { try await outbox.dispatch(due[0]) }
        #expect(try await outbox.attempts(of: send.id).map(\.outcome) == [.started])
        try await bench.life(isAlive: false).outbox.recover()
        #expect(try await outbox.attempts(of: send.id).map(\.outcome) == [.interrupted])
        #expect(try await outbox.send(send.id)?.state == .unknown)
    }

    @Test func sendsOfAnEarlierVersionCountAndStayReadable() async throws {
        let bench = try Bench()
        let path = bench.folder.file("state.db")
        // As 5-outbox left it: the columns of 8-outbox are taken away again.
        let (outbox, gate, _) = try bench.life()
        let send = try await gate.submit(Self.request("old"))
        try await DatabaseQueue(path: path).write { db in
            try db.execute(
                sql: """
                    DROP INDEX outboxSendOrigin; DROP INDEX outboxSendFirstContact; DROP TABLE outboxAttempt;
                    ALTER TABLE outboxSend DROP COLUMN origin; ALTER TABLE outboxSend DROP COLUMN createdAt;
                    ALTER TABLE outboxSend DROP COLUMN isFirstContact;
                    DELETE FROM grdb_migrations WHERE identifier = '8-outbox';
                    """)
        }
        withExtendedLifetime(outbox) {}
        var budget = Budget()
        budget.token = Budget.Allowance(burst: 1, perDay: 1, firstContactsPerDay: 1)
        let later = try bench.life(budget: budget)
        #expect(try await later.outbox.send(send.id) == send)
        #expect(await Self.refusal(later.gate, Self.request("new"))?.code == .limited)
    }
}

extension Budget {
    fileprivate init(dailyTokenSends count: Int) {
        self.init()
        token.perDay = count
    }
}
