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

/// One random life of an outbox: callers, two processes that die anywhere, a journal that lags, a Messages that lies.
final class OutboxSchedule: Sendable {
    struct Crash: Error {}

    /// A request somebody made and when they were told that it is stored.
    struct Request {
        var tag: String
        var chat: ChatID
        var text: String
        var id: SendID?
        var isAcknowledged = false
        var retries = 0
    }

    struct Process {
        var outbox: Outbox
        var gate: OutboundGate
        var owner: LeaseOwner
    }

    struct State {
        var random: SeededGenerator
        var crashChance = 0.04
        var faultsEnd = false
        var alive: Set<UInt64> = []
        var processes: [Process] = []
        var requests: [Request] = []
        var journalled = 0
        var nesting = 0
        var crashes = 0
        var violations: [String] = []
    }

    /// How a life ended, and what happened in it.
    struct Outcome {
        var violations: [String] = []
        var counts: [String: Int] = [:]
    }

    let seed: UInt64
    let clock = ManualClock()
    let store = MemorySendStore()
    let log = SimulatedLog()
    let state: Mutex<State>
    private let box = Mutex<SimulatedMessages?>(nil)
    var messages: SimulatedMessages { box.withLock { $0 } ?? SimulatedMessages(clock: clock) { fatalFate } }

    init(seed: UInt64) {
        self.seed = seed
        state = Mutex(State(random: SeededGenerator(seed: seed)))
        let messages = SimulatedMessages(
            clock: clock, chooseFate: { [unowned self] in chooseFate() },
            meanwhile: { [unowned self] in await meanwhile() })
        box.withLock { $0 = messages }
        start(0)
        start(1)
    }

    // MARK: Chance

    func chance(_ probability: Double) -> Bool {
        state.withLock { Double($0.random.next() >> 11) / Double(1 << 53) < probability }
    }

    func pick(_ count: Int) -> Int { state.withLock { Int($0.random.next() % UInt64(count)) } }

    private func chooseFate() -> SimulatedMessages.Fate {
        if state.withLock({ $0.faultsEnd }) { return .init(answer: .taken, rows: .now) }
        switch pick(14) {
        case 0: return .init(answer: .unreachable, rows: .none)
        case 1: return .init(answer: .ambiguous, rows: .now)
        case 2: return .init(answer: .ambiguous, rows: .none)
        case 3: return .init(answer: .ambiguous, rows: .late(.seconds(pick(200))))
        case 4: return .init(answer: .taken, rows: .none)
        case 5: return .init(answer: .taken, rows: .late(.seconds(pick(60))))
        case 6: return .init(answer: .taken, rows: .ghost)
        case 7: return .init(answer: .rejected, rows: .none)
        case 8: return .init(answer: .takenWithGUID, rows: .now)
        case 9: return .init(answer: .taken, rows: .now, error: 22)
        case 10: return .init(answer: .taken, rows: .twice)
        default: return .init(answer: .taken, rows: .now)
        }
    }

    // MARK: Processes

    /// Process 0 has the journal, process 1 is a command beside it.
    private func start(_ index: Int) {
        let owner = LeaseOwner(process: 1, nonce: state.withLock { $0.random.next() >> 1 })
        var configuration = Outbox.Configuration(lines: [
            Line(id: SimulatedMessages.line, kind: "simulator", transports: [messages])
        ])
        configuration.owner = owner
        configuration.isAlive = { [unowned self] owner in state.withLock { $0.alive.contains(owner.nonce) } }
        configuration.crashHook = { [unowned self] _ in
            guard state.withLock({ !$0.faultsEnd && $0.alive.contains(owner.nonce) }) else { return }
            if chance(state.withLock { $0.crashChance }) { throw Crash() }
        }
        let outbox = Outbox(
            store: store, log: index == 0 ? log : nil, resolver: messages, clock: clock, configuration: configuration)
        let process = Process(outbox: outbox, gate: OutboundGate(outbox: outbox), owner: owner)
        state.withLock { state in
            state.alive.insert(owner.nonce)
            if index < state.processes.count {
                state.processes[index] = process
            } else {
                state.processes.append(process)
            }
        }
    }

    /// Lets a process work; when it dies on the way another takes its place.
    private func work(_ index: Int, _ body: (Process) async throws -> Void) async {
        let process = state.withLock { $0.processes[index] }
        do {
            try await body(process)
        } catch {
            let isCurrent = state.withLock { state in
                state.alive.remove(process.owner.nonce)
                state.crashes += 1
                return state.processes[index].owner == process.owner
            }
            // Whatever it was handing over may have left: nobody may hand it over again.
            for record in store.records
            where record.progress.state == .dispatched && record.lease?.owner == process.owner {
                bar(record)
            }
            guard isCurrent else { return }
            start(index)
            let next = state.withLock { $0.processes[index] }
            try? await next.outbox.recover()
        }
    }

    private func bar(_ record: SendRecord) {
        guard case .message(let draft) = record.action, let tag = draft.subject else { return }
        messages.world.withLock { _ = $0.barred.insert(tag) }
    }

    private func round(_ index: Int) async {
        await work(index) { process in
            var due: [SendRecord] = []
            _ = try await process.outbox.step { due.append($0) }
            for record in due {
                checkOrder(record)
                try await process.outbox.dispatch(record)
            }
        }
    }

    private func meanwhile() async {
        guard state.withLock({ $0.nesting }) == 0, chance(0.4) else { return }
        state.withLock { $0.nesting += 1 }
        await round(pick(2))
        if chance(0.5) { await ingest() }
        if chance(0.2) { clock.advance(by: .seconds(pick(40))) }
        state.withLock { $0.nesting -= 1 }
    }

    private func ingest() async {
        messages.settleRows()
        let rows = messages.world.withLock { $0.rows }
        let from = state.withLock { state in
            defer { state.journalled = rows.count }
            return state.journalled
        }
        for row in rows[from...] where row.isJoined {
            let isCopy = row.message.id.rawValue.hasSuffix("copy")
            log.append(
                .messageCreated, id: "created/\(row.message.id)", chat: row.message.chat,
                .message(row.message, changed: [], arrival: isCopy ? .duplicate : .new))
        }
        await work(0) { process in
            while try await process.outbox.receiveLandings(limit: 3) {}
        }
    }

    private func publish() async { await work(0) { try await $0.outbox.publish() } }

    // MARK: Callers

    private func submit() async {
        let count = state.withLock { $0.requests.count }
        let chat = SimulatedMessages.chats[pick(4) == 0 ? 1 : 0]
        let text = pick(3) == 0 ? "ok" : "text \(count)"
        state.withLock { $0.requests.append(Request(tag: "s\(count)", chat: chat, text: text)) }
        await submit(count)
    }

    /// Asks, also again with the same key, from either process.
    private func submit(_ index: Int) async {
        let request = state.withLock { $0.requests[index] }
        await work(pick(2)) { process in
            let send: Send
            do throws(OutboundError) {
                send = try await process.gate.submit(
                    SendRequest(
                        recipient: .chat(request.chat),
                        action: .message(Draft(text: request.text, subject: request.tag)), key: request.tag,
                        origin: "test"))
            } catch {
                guard error.code == .unavailable else { return violate("\(request.tag): \(error.code)") }
                throw Crash()
            }
            if let known = request.id, known != send.id { violate("\(request.tag): one key made two sends") }
            state.withLock {
                $0.requests[index].id = send.id
                $0.requests[index].isAcknowledged = true
            }
        }
    }

    private func retryOne() async {
        let unsettled = store.records.filter { $0.progress.state == .unknown || $0.progress.state == .failed }
        guard !unsettled.isEmpty else { return }
        let record = unsettled[pick(unsettled.count)]
        guard case .message(let draft) = record.action, let tag = draft.subject else { return }
        await work(pick(2)) { process in
            do throws(OutboundError) {
                _ = try await process.outbox.retry(record.id)
            } catch {
                return
            }
            messages.world.withLock { _ = $0.barred.remove(tag) }
            state.withLock { state in
                guard let index = state.requests.firstIndex(where: { $0.tag == tag }) else { return }
                state.requests[index].retries += 1
            }
        }
    }

    // MARK: The schedule

    func run(steps: Int) async -> Outcome {
        for _ in 0..<steps {
            switch pick(12) {
            case 0, 1: if state.withLock({ $0.requests.count < 4 }) { await submit() } else { await round(0) }
            case 2, 3: await round(0)
            case 4: await round(1)
            case 5, 6: await ingest()
            case 7: await publish()
            case 8: clock.advance(by: .milliseconds(pick(2000)))
            case 9: clock.advance(by: .seconds(pick(50)))
            case 10: if chance(0.3) { await retryOne() }
            default:
                let pending = state.withLock { state in
                    state.requests.indices.filter { !state.requests[$0].isAcknowledged }
                }
                if let first = pending.first { await submit(first) }
            }
        }
        await drain()
        check()
        var outcome = Outcome()
        outcome.violations = state.withLock { $0.violations } + messages.world.withLock { $0.violations }
        outcome.counts["crash"] = state.withLock { $0.crashes }
        outcome.counts["retry"] = state.withLock { $0.requests.reduce(0) { $0 + $1.retries } }
        outcome.counts["mirror"] = store.claims.values.count { $0.direction == .incoming }
        for record in store.records { outcome.counts[record.progress.state.rawValue, default: 0] += 1 }
        return outcome
    }

    /// Faults end; everybody asks until answered; time passes until nothing moves.
    private func drain() async {
        state.withLock { $0.faultsEnd = true }
        for index in state.withLock({ $0.requests.indices })
        where !state.withLock({ $0.requests[index].isAcknowledged }) {
            await submit(index)
        }
        for _ in 0..<24 {
            await round(0)
            await ingest()
            let isQuiet =
                store.records.allSatisfy { ![.queued, .dispatched].contains($0.progress.state) }
                && messages.world.withLock { $0.waiting.isEmpty }
            if isQuiet { break }
            clock.advance(by: .seconds(15))
        }
        await round(0)
        await ingest()
        await publish()
    }

    // MARK: The promises

    private func violate(_ text: String) { state.withLock { $0.violations.append(text) } }

    private func checkOrder(_ record: SendRecord) {
        for earlier in store.records where earlier.sequence < record.sequence && earlier.sharesOrder(with: record) {
            if earlier.progress.state == .queued || earlier.progress.state == .dispatched {
                violate("\(record.id) overtakes a send of its chat")
            }
        }
    }

    private func check() {
        let records = store.records
        let claims = store.claims
        let world = messages.world.withLock { $0 }
        for request in state.withLock({ $0.requests }) {
            guard let record = records.first(where: { $0.id == request.id }) else {
                violate("\(request.tag) is lost")
                continue
            }
            let state = record.progress.state
            if state == .queued || state == .dispatched { violate("\(request.tag) is stuck as \(state)") }
            if world.handedOver[request.tag, default: 0] > 1 + request.retries {
                violate("\(request.tag) went out twice")
            }
            let rows = world.rows.filter {
                world.rowTexts[$0.message.id.rawValue] == request.tag && $0.message.isFromMe
            }
            if [.landed, .sent].contains(state) {
                let own = claims.values.filter { $0.send == record.id && $0.direction == .outgoing }
                if own.isEmpty { violate("\(request.tag) landed without a claim") }
                if request.text != "ok", rows.isEmpty { violate("\(request.tag) landed without a row") }
            }
            if request.text != "ok", request.retries == 0, !rows.isEmpty, state == .unknown {
                violate("\(request.tag) has its row and is unknown")
            }
            for row in world.rows where world.rowTexts[row.message.id.rawValue] == request.tag {
                guard let claim = claims[row.message.id] else { continue }
                let owner = records.first { $0.id == claim.send }
                guard case .message(let draft)? = owner?.action, draft.text == request.text else {
                    violate("a row of \(request.tag) is taken for another text")
                    continue
                }
                if (claim.direction == .incoming) == row.message.isFromMe { violate("a claim in the wrong direction") }
            }
            let last = log.events.last { if case .send(let send) = $0.snapshot { send.id == record.id } else { false } }
            if case .send(let send)? = last?.snapshot, send == record.send { continue }
            violate("the journal does not know how \(request.tag) ended")
        }
        if store.publicationCount > 0 { violate("changes are waiting for the journal") }
    }
}

private var fatalFate: SimulatedMessages.Fate { .init(answer: .rejected, rows: .none) }
