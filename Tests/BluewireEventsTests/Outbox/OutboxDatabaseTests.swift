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

/// The outbox over real files: `state.db`, `journal.db`, and a second process as a second pair of connections.
@Suite struct OutboxDatabaseTests {
    /// A state directory with Messages simulated beside it.
    struct Bench {
        let folder: URL
        let clock = ManualClock()
        let messages: SimulatedMessages

        init(fate: SimulatedMessages.Fate = .init(answer: .taken, rows: .now)) throws {
            folder = FileManager.default.temporaryDirectory.appendingPathComponent("bluewire-outbox-\(UUID())")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            messages = SimulatedMessages(clock: clock) { fate }
        }

        /// Another process on the same files.
        func process(
            log: (any OutboxLog)? = nil, transports: [any Transport]? = nil, isAlive: Bool = true,
            crashHook: @escaping @Sendable (OutboxCrashPoint) throws -> Void = { _ in }
        ) throws -> (outbox: Outbox, gate: OutboundGate, state: StateDatabase) {
            let state = try StateDatabase(path: folder.path + "/state.db")
            var configuration = Outbox.Configuration(lines: [
                Line(id: SimulatedMessages.line, kind: "simulator", transports: transports ?? [messages])
            ])
            configuration.isAlive = { _ in isAlive }
            configuration.crashHook = crashHook
            let outbox = Outbox(
                store: state.sends, log: log, resolver: messages, clock: clock, configuration: configuration)
            return (outbox, OutboundGate(outbox: outbox), state)
        }

        func request(_ text: String, key: String? = nil, chat: Int = 0, origin: String = "token") -> SendRequest {
            SendRequest(
                recipient: .chat(SimulatedMessages.chats[chat]), action: .message(Draft(text: text, subject: text)),
                key: key, origin: origin)
        }

        func remove() { try? FileManager.default.removeItem(at: folder) }
    }

    static func workThrough(_ outbox: Outbox) async throws {
        var due: [SendRecord] = []
        _ = try await outbox.step { due.append($0) }
        for record in due { try await outbox.dispatch(record) }
        try await outbox.searchDue()
    }

    @Test func theWriterWaitsForTheDisk() throws {
        let bench = try Bench()
        defer { bench.remove() }
        let level = try bench.process().state.writer.writeWithoutTransaction { db in
            try Int.fetchOne(db, sql: "PRAGMA synchronous")
        }
        #expect(level == 2)
    }

    @Test func sameKeyAndBodyGiveTheFirstSendAlsoFromASecondProcess() async throws {
        let bench = try Bench()
        defer { bench.remove() }
        let one = try bench.process()
        let two = try bench.process()
        let first = try await one.gate.submit(bench.request("hi", key: "k"))
        let again = try await two.gate.submit(bench.request("hi", key: "k"))
        #expect(first == again)
        try await Self.workThrough(one.outbox)
        try await Self.workThrough(two.outbox)
        #expect(bench.messages.world.withLock { $0.handedOver["hi"] } == 1)
        #expect(try await two.gate.submit(bench.request("hi", key: "k")).id == first.id)
    }

    @Test func sameKeyWithAnotherBodyIsRefused() async throws {
        let bench = try Bench()
        defer { bench.remove() }
        let gate = try bench.process().gate
        _ = try await gate.submit(bench.request("hi", key: "k"))
        let error = await #expect(throws: OutboundError.self) { try await gate.submit(bench.request("ho", key: "k")) }
        #expect(error?.code == .keyReused)
        #expect(try await gate.submit(bench.request("ho", key: "k", origin: "other")).state == .queued)
    }

    @Test func aKeyIsForgottenAfterADay() async throws {
        let bench = try Bench()
        defer { bench.remove() }
        let gate = try bench.process().gate
        let first = try await gate.submit(bench.request("hi", key: "k"))
        bench.clock.advance(by: .seconds(23 * 3600))
        #expect(try await gate.submit(bench.request("hi", key: "k")).id == first.id)
        bench.clock.advance(by: .seconds(2 * 3600))
        #expect(try await gate.submit(bench.request("hi", key: "k")).id != first.id)
    }

    @Test func twoProcessesHandOneSendOverOnce() async throws {
        let bench = try Bench()
        defer { bench.remove() }
        let one = try bench.process()
        let two = try bench.process()
        for index in 0..<6 { _ = try await one.gate.submit(bench.request("m\(index)", chat: index % 2)) }
        for _ in 0..<8 {
            async let left: Void = Self.workThrough(one.outbox)
            async let right: Void = Self.workThrough(two.outbox)
            _ = try await (left, right)
            bench.clock.advance(by: .seconds(1))
        }
        #expect(bench.messages.world.withLock { $0.violations } == [])
        #expect(bench.messages.world.withLock { $0.handedOver.values.sorted() } == [1, 1, 1, 1, 1, 1])
        #expect(try await one.outbox.list().allSatisfy { $0.state == .sent })
    }

    @Test func sendsOfOneChatKeepTheirOrder() async throws {
        let bench = try Bench()
        defer { bench.remove() }
        let process = try bench.process()
        for index in 0..<5 { _ = try await process.gate.submit(bench.request("m\(index)")) }
        for _ in 0..<5 { try await Self.workThrough(process.outbox) }
        #expect(bench.messages.world.withLock { $0.rows.map(\.message.body.string) } == ["m0", "m1", "m2", "m3", "m4"])
    }

    @Test func aDeadProcessLeavesUnknownAndLookingFindsTheRow() async throws {
        let bench = try Bench(fate: .init(answer: .ambiguous, rows: .none))
        defer { bench.remove() }
        struct Crash: Error {}
        let state = try StateDatabase(path: bench.folder.path + "/state.db")
        var configuration = Outbox.Configuration(lines: [
            Line(id: SimulatedMessages.line, kind: "simulator", transports: [bench.messages])
        ])
        configuration.crashHook = { if $0 == .afterPerform { throw Crash() } }
        let dying = Outbox(
            store: state.sends, log: nil, resolver: bench.messages, clock: bench.clock, configuration: configuration)
        let send = try await OutboundGate(outbox: dying).submit(bench.request("hi"))
        await #expect(throws: Crash.self) { try await Self.workThrough(dying) }
        #expect(try await dying.send(send.id)?.state == .dispatched)

        let next = try bench.process(isAlive: false)
        try await next.outbox.recover()
        #expect(try await next.outbox.send(send.id)?.state == .unknown)
        for _ in 0..<5 {
            try await Self.workThrough(next.outbox)
            bench.clock.advance(by: .seconds(20))
        }
        #expect(bench.messages.world.withLock { $0.handedOver["hi"] } == 1)

        let now = bench.clock.now
        bench.messages.world.withLock {
            $0.insert(Draft(text: "hi", subject: "hi"), chat: SimulatedMessages.chats[0], error: 0, at: now)
        }
        try await next.outbox.recover()
        #expect(try await next.outbox.send(send.id)?.state == .sent)
    }

    @Test func unknownHoldsLaterSendsOfItsChatForHalfAMinute() async throws {
        let bench = try Bench(fate: .init(answer: .ambiguous, rows: .none))
        defer { bench.remove() }
        let process = try bench.process()
        _ = try await process.gate.submit(bench.request("one"))
        let second = try await process.gate.submit(bench.request("two"))
        try await Self.workThrough(process.outbox)
        bench.clock.advance(by: .seconds(29))
        try await Self.workThrough(process.outbox)
        #expect(try await process.outbox.send(second.id)?.state == .queued)
        bench.clock.advance(by: .seconds(2))
        try await Self.workThrough(process.outbox)
        #expect(try await process.outbox.send(second.id)?.attempts == 1)
    }

    @Test func onlyAProofOpensTheNextTransport() async throws {
        for (answer, secondGets) in [
            (RecordingTransport.Answer.fail(.testUnreachable), 1), (.fail(.testRejected), 0),
            (.fail(.testAmbiguous), 0),
        ] {
            let bench = try Bench()
            defer { bench.remove() }
            let first = RecordingTransport(name: "first")
            let second = RecordingTransport(name: "second")
            first.answer(answer)
            let process = try bench.process(transports: [first, second])
            _ = try await process.gate.submit(bench.request("hi"))
            try await Self.workThrough(process.outbox)
            #expect(first.askedCount == 1)
            #expect(second.askedCount == secondGets)
        }
    }

    @Test func cancelWorksOnlyWhileQueuedAndRetryOnlyAfterwards() async throws {
        let bench = try Bench(fate: .init(answer: .rejected, rows: .none))
        defer { bench.remove() }
        let process = try bench.process()
        let one = try await process.gate.submit(bench.request("one"))
        #expect(try await process.outbox.cancel(one.id).state == .cancelled)
        let two = try await process.gate.submit(bench.request("two"))
        await #expect(throws: OutboundError.self) { try await process.outbox.retry(two.id) }
        try await Self.workThrough(process.outbox)
        let failed = try await process.outbox.send(two.id)
        #expect(failed?.state == .failed)
        #expect(failed?.failure?.code == "test_rejected")
        await #expect(throws: OutboundError.self) { try await process.outbox.cancel(two.id) }
        bench.messages.world.withLock { $0.barred = [] }
        #expect(try await process.outbox.retry(two.id).state == .queued)
        try await Self.workThrough(process.outbox)
        #expect(try await process.outbox.send(two.id)?.attempts == 2)
    }

    @Test func theSwitchHoldsEverythingInEveryProcess() async throws {
        let bench = try Bench()
        defer { bench.remove() }
        let one = try bench.process()
        let two = try bench.process()
        let waiting = try await one.gate.submit(bench.request("waiting"))
        try await two.outbox.stop(reason: "owner said so")
        let error = await #expect(throws: OutboundError.self) { try await one.gate.submit(bench.request("new")) }
        #expect(error?.code == .forbidden)
        try await Self.workThrough(one.outbox)
        #expect(try await one.outbox.send(waiting.id)?.state == .queued)
        try await two.outbox.resume()
        try await Self.workThrough(one.outbox)
        #expect(try await one.outbox.send(waiting.id)?.state == .sent)
    }

    /// Proves that it handed nothing over, but only after `meanwhile`.
    struct SlowRefusal: Transport {
        let name = "slow"
        let meanwhile: @Sendable () async throws -> Void

        var capabilities: TransportCapabilities {
            get async { TransportCapabilities(supported: [.text, .subject, .newChat]) }
        }

        func perform(_ intent: Intent) async throws(TransportError) -> Acceptance {
            do { try await meanwhile() } catch { throw .testRejected }
            throw .testUnreachable
        }
    }

    @Test func anAttemptThatWasGivenUpIsNotHandedToTheNextTransport() async throws {
        let bench = try Bench()
        defer { bench.remove() }
        let two = try bench.process()
        let slow = SlowRefusal {
            // The lease ends, another process gives the attempt up, the caller asks again, and that goes out.
            bench.clock.advance(by: .seconds(130))
            try await two.outbox.tick()
            let stuck = try #require(try await two.outbox.list(state: .unknown).first)
            _ = try await two.outbox.retry(stuck.id)
            try await Self.workThrough(two.outbox)
        }
        let one = try bench.process(transports: [slow, bench.messages])
        let send = try await one.gate.submit(bench.request("hi"))
        try await Self.workThrough(one.outbox)
        #expect(bench.messages.world.withLock { $0.handedOver["hi"] } == 1)
        #expect(try await one.outbox.send(send.id)?.state == .sent)
    }

    /// Takes it, but only after `meanwhile`.
    struct SlowTransport: Transport {
        let name = "slow"
        let next: SimulatedMessages
        let meanwhile: @Sendable () async throws -> Void

        var capabilities: TransportCapabilities { get async { await next.capabilities } }

        func perform(_ intent: Intent) async throws(TransportError) -> Acceptance {
            do { try await meanwhile() } catch { throw .testRejected }
            return try await next.perform(intent)
        }
    }

    /// Lets a hand-over take `meanwhile`, then die if told so.
    private func slowHandOver(
        _ bench: Bench, dies: Bool = false, meanwhile: @escaping @Sendable (Outbox, SendID) async throws -> Void
    ) async throws -> (outbox: Outbox, id: SendID) {
        let box = Mutex<(Outbox, SendID)?>(nil)
        let slow = SlowTransport(next: bench.messages) {
            let (outbox, id) = try #require(box.withLock { $0 })
            try await meanwhile(outbox, id)
        }
        struct Killed: Error {}
        let process = try bench.process(transports: [slow]) { if dies, $0 == .afterPerform { throw Killed() } }
        let send = try await process.gate.submit(bench.request("hi"))
        box.withLock { $0 = (process.outbox, send.id) }
        let due = try await process.outbox.dueSends()
        do { try await process.outbox.dispatch(try #require(due.first)) } catch is Killed {}
        return (process.outbox, send.id)
    }

    @Test func aHandOverInThisProcessIsNeverTakenForDead() async throws {
        let bench = try Bench()
        defer { bench.remove() }
        let (outbox, id) = try await slowHandOver(bench) { outbox, id in
            // Nothing renewed the lease in time, as after a sleep of the Mac.
            bench.clock.advance(by: .seconds(600))
            try await outbox.tick()
            #expect(try await outbox.send(id)?.state == .dispatched)
        }
        #expect(try await outbox.attempts(of: id).map(\.outcome) == [.accepted])
    }

    @Test func aSlowHandOverIsRespectedByOtherProcesses() async throws {
        let bench = try Bench()
        defer { bench.remove() }
        let two = try bench.process().outbox
        let (one, id) = try await slowHandOver(bench) { one, id in
            for _ in 0..<12 {
                bench.clock.advance(by: .seconds(50))
                try await one.tick()
                try await two.tick()
                #expect(try await two.send(id)?.state == .dispatched)
                let error = await #expect(throws: OutboundError.self) { try await two.retry(id) }
                #expect(error?.code == .conflict)
            }
        }
        #expect(try await one.attempts(of: id).map(\.outcome) == [.accepted])
        #expect(bench.messages.world.withLock { $0.handedOver["hi"] } == 1)
    }

    @Test(arguments: [true, false])
    func aProcessThatDiesAfterRenewingIsTakenOver(isKnownToBeDead: Bool) async throws {
        let bench = try Bench(fate: .init(answer: .taken, rows: .none))
        defer { bench.remove() }
        let (one, id) = try await slowHandOver(bench, dies: true) { one, _ in
            bench.clock.advance(by: .seconds(100))
            try await one.tick()
        }
        let two = try bench.process(isAlive: !isKnownToBeDead).outbox
        bench.clock.advance(by: .seconds(119))
        try await two.tick()
        #expect(try await two.send(id)?.state == (isKnownToBeDead ? .unknown : .dispatched))
        bench.clock.advance(by: .seconds(2))
        try await two.tick()
        #expect(try await two.send(id)?.state == .unknown)
        withExtendedLifetime(one) {}
    }

    @Test func aCommandAloneKeepsTheLeaseOfItsSlowHandOver() async throws {
        let bench = try Bench()
        defer { bench.remove() }
        let two = try bench.process().outbox
        let slow = SlowTransport(next: bench.messages) {
            let id = try #require(try await two.list(state: .dispatched).first).id
            for _ in 0..<12 {
                await bench.clock.waitForSleepers()
                bench.clock.advance(by: .seconds(30))
                // It sleeps again only when it has renewed.
                await bench.clock.waitForSleepers()
                try await two.tick()
                #expect(try await two.send(id)?.state == .dispatched)
            }
        }
        let one = try bench.process(transports: [slow])
        let send = try await one.gate.submit(bench.request("hi"))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                while !Task.isCancelled {
                    await bench.clock.waitForSleepers()
                    // Until then the time is the transport's to move.
                    guard bench.messages.world.withLock({ $0.handedOver["hi"] }) != nil else {
                        await Task.yield()
                        continue
                    }
                    bench.clock.advance(by: .milliseconds(50))
                }
            }
            _ = try await one.outbox.settle(send.id, within: .seconds(1))
            group.cancelAll()
        }
        #expect(try await one.outbox.attempts(of: send.id).map(\.outcome) == [.accepted])
    }

    @Test func landingsAndChangesPassThroughARealJournal() async throws {
        let bench = try Bench(fate: .init(answer: .taken, rows: .none))
        defer { bench.remove() }
        let journal = try Journal(path: bench.folder.path + "/journal.db", clock: bench.clock)
        let process = try bench.process(log: journal)
        _ = try await process.outbox.receiveLandings()
        let send = try await process.gate.submit(bench.request("to myself", chat: 1))
        try await Self.workThrough(process.outbox)
        let now = bench.clock.now
        bench.messages.world.withLock {
            $0.insert(Draft(text: "to  myself\u{FFFC}"), chat: SimulatedMessages.chats[1], error: 0, at: now)
        }
        let rows = bench.messages.world.withLock { $0.rows.map(\.message) }
        #expect(rows.map(\.isFromMe) == [true, false])
        let batch = SourceBatch(observations: rows.map { .created($0, arrival: .new) }, checkpoint: [1])
        let events = try await journal.commit(batch, source: "chat.db", line: SimulatedMessages.line, now: now)
        while try await process.outbox.receiveLandings() {}
        #expect(try await process.outbox.send(send.id)?.state == .sent)
        for (row, event) in zip(rows, events) {
            #expect(try await process.outbox.origin(of: row.id, upTo: event.cursor) == send.id)
        }
        try await process.outbox.publish()
        let updates = try await journal.events(after: journal.oldest, limit: 100)
            .filter { $0.kind == .sendUpdated }
            .compactMap { if case .send(let send) = $0.snapshot { send.state } else { nil } }
        #expect(updates == [.queued, .dispatched, .sent])
        let stored = try await process.state.sinkCursors.cursor(of: "outbox")
        #expect(stored != nil)
    }

    @Test func aCommandAloneSettlesItsSend() async throws {
        let bench = try Bench()
        defer { bench.remove() }
        let process = try bench.process()
        let send = try await process.gate.submit(bench.request("hi"))
        let settled = try await withThrowingTaskGroup(of: Send?.self) { group in
            group.addTask { try await process.outbox.settle(send.id, within: .seconds(100)) }
            group.addTask {
                while !Task.isCancelled {
                    await bench.clock.waitForSleepers()
                    bench.clock.advance(by: .milliseconds(50))
                }
                return nil
            }
            let first = try await group.next() ?? nil
            group.cancelAll()
            return first
        }
        #expect(settled?.state == .sent)
    }

    @Test func anEchoQuestionWaitsForTheLandingsUpToItsEvent() async throws {
        let bench = try Bench()
        defer { bench.remove() }
        let log = SimulatedLog()
        let process = try bench.process(log: log)
        _ = try await process.outbox.receiveLandings()
        let send = try await process.gate.submit(bench.request("hi"))
        try await Self.workThrough(process.outbox)
        try await process.outbox.publish()
        let row = bench.messages.world.withLock { $0.rows[0].message }
        log.append(.messageCreated, id: "1", chat: row.chat, .message(row, changed: [], arrival: .new))
        async let origin = process.outbox.origin(of: row.id, upTo: log.head)
        while try await process.outbox.receiveLandings() {}
        #expect(try await origin == send.id)
    }
}
