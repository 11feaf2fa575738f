//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import BluewireTesting
import BluewireTransport
import Synchronization

@testable import BluewireEvents
@testable import BluewireState

/// One random life of the whole spine: Messages, watcher, journal, outbox, a webhook and a live client, with callers
/// and two processes that die anywhere.
///
/// Process 0 is the gateway, process 1 a command beside it. Everything but Messages, the shell around the watcher and
/// the receiving ends is the real thing.
final class SpineSchedule: Sendable {
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

    /// What the gateway holds in memory and loses when it dies.
    struct Memory {
        var watcher: SimulatedWatcher?
        var webhook: WebhookProgress?
        var posts: [(item: WebhookEndpointStateMachine.Item, outcome: WebhookEndpointStateMachine.Outcome)] = []
        /// Where the live client is served from; nil while it is not connected.
        var connection: Cursor?
    }

    struct State {
        var random: SeededGenerator
        /// Nothing fails before history was baselined, nor at the end.
        var isCalm = true
        var alive: Set<UInt64> = []
        var processes: [Process] = []
        var requests: [Request] = []
        var memory = Memory()
        /// What the live client has: its last cursor, and every event it saw.
        var clientCursor: Cursor
        var clientEvents: [String] = []
        /// When a webhook first failed to take an event, and when it took it.
        var firstFailures: [Int64: Timestamp] = [:]
        var exempt: Set<Int64> = []
        /// GUIDs whose fate a replaced file hides.
        var hidden: Set<String> = []
        var deleted: Set<String> = []
        var nesting = 0
        var counts: [String: Int] = [:]
        var violations: [String] = []
    }

    /// How a life ended, and what happened in it.
    struct Outcome {
        var violations: [String] = []
        var counts: [String: Int] = [:]
    }

    let seed: UInt64
    let lane: SpineLane
    let start: Cursor
    let store = MemorySendStore()
    let state: Mutex<State>
    private let box = Mutex<SimulatedMessages?>(nil)
    var clock: ManualClock { lane.clock }
    var messages: SimulatedMessages {
        box.withLock { $0 } ?? SimulatedMessages(clock: clock) { .init(answer: .rejected, rows: .none) }
    }
    /// The name under which the watcher's position is stored.
    var source: String { "chat.db/\(seed)" }

    init(seed: UInt64, lane: SpineLane) async throws {
        self.seed = seed
        self.lane = lane
        lane.clock.set(Timestamp(seconds: 1_768_478_400))
        start = lane.journal.head
        state = Mutex(State(random: SeededGenerator(seed: seed), clientCursor: start))
        try await lane.startOver(at: start)
        let messages = SimulatedMessages(
            clock: clock, chooseFate: { [unowned self] in chooseFate() },
            meanwhile: { [unowned self] in await meanwhile() })
        messages.world.withLock { $0.prefix = "S\(seed)-" }
        box.withLock { $0 = messages }
        boot(0)
        boot(1)
        // What stood there before is no news.
        messages.world.withLock { world in _ = world.add(place: 0, isFromMe: false, text: "before", date: clock.now) }
        try await watch()
        _ = try await state.withLock { $0.processes[0] }.outbox.receiveLandings()
        state.withLock { $0.isCalm = false }
        lane.cutTransactions { [unowned self] in
            state.withLock { !$0.isCalm } && chance(0.02) && count("cut")
        }
    }

    // MARK: Chance

    func chance(_ probability: Double) -> Bool {
        state.withLock { Double($0.random.next() >> 11) / Double(1 << 53) < probability }
    }

    func pick(_ count: Int) -> Int { state.withLock { Int($0.random.next() % UInt64(count)) } }

    @discardableResult
    func count(_ what: String) -> Bool {
        state.withLock { $0.counts[what, default: 0] += 1 }
        return true
    }

    private func chooseFate() -> SimulatedMessages.Fate {
        if state.withLock({ $0.isCalm }) { return .init(answer: .taken, rows: .now) }
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

    private func boot(_ index: Int) {
        let owner = LeaseOwner(process: 1, nonce: state.withLock { $0.random.next() >> 1 })
        let first = UnreliableTransport(next: messages) { [unowned self] in
            state.withLock { $0.isCalm } || chance(0.3)
        }
        var configuration = Outbox.Configuration(lines: [
            Line(id: SimulatedMessages.line, kind: "simulator", transports: [first, messages])
        ])
        configuration.owner = owner
        configuration.leaseTime = .seconds(25)
        configuration.isAlive = { [unowned self] owner in state.withLock { $0.alive.contains(owner.nonce) } }
        configuration.crashHook = { [unowned self] point in
            guard state.withLock({ $0.alive.contains(owner.nonce) }) else {
                // What a dead process was told may still be stored, as by one that was only taken for dead; but it
                // hands nothing over.
                if point == .betweenTransports { throw Crash() }
                return
            }
            try mayDie(point.rawValue)
        }
        let outbox = Outbox(
            store: store, log: index == 0 ? lane.journal : nil, resolver: messages, clock: clock,
            configuration: configuration)
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

    /// A place at which the process may die; rare places are deadlier.
    func mayDie(_ place: String, _ probability: Double = 0.03) throws {
        guard state.withLock({ !$0.isCalm }), chance(probability) else { return }
        count("crash.\(place)")
        throw Crash()
    }

    /// Lets a process work; when it dies on the way another takes its place.
    func work(_ index: Int, _ body: (Process) async throws -> Void) async {
        let process = state.withLock { $0.processes[index] }
        do {
            try await body(process)
        } catch {
            let isCurrent = state.withLock { state in
                state.alive.remove(process.owner.nonce)
                return state.processes[index].owner == process.owner
            }
            count("crash")
            if !(error is Crash), state.withLock({ $0.isCalm }) { violate("an error without a fault: \(error)") }
            // Whatever it was handing over may have left: nobody may hand it over again.
            for record in store.records
            where record.progress.state == .dispatched && record.lease?.owner == process.owner {
                bar(record)
            }
            guard isCurrent else { return }
            if index == 0 { forget() }
            boot(index)
            let next = state.withLock { $0.processes[index] }
            try? await next.outbox.recover()
        }
    }

    /// The gateway's memory is gone; now and then its files are opened anew as well.
    private func forget() {
        state.withLock { $0.memory = Memory() }
        guard state.withLock({ $0.nesting == 0 }), chance(0.05) else { return }
        count("reopen")
        do { try lane.reopen() } catch { violate("the journal cannot be opened again: \(error)") }
    }

    private func bar(_ record: SendRecord) {
        guard case .message(let draft) = record.action, let tag = draft.subject else { return }
        messages.world.withLock { _ = $0.barred.insert(tag) }
    }

    // MARK: What the gateway does

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
        if chance(0.5) { await observe() }
        if chance(0.2) { clock.advance(by: .seconds(pick(40))) }
        state.withLock { $0.nesting -= 1 }
    }

    /// The watcher looks, and what it found is journalled.
    private func watch() async throws {
        messages.settleRows()
        var watcher: SimulatedWatcher
        if let known = state.withLock({ $0.memory.watcher }) {
            watcher = known
        } else {
            watcher = SimulatedWatcher(try await lane.journal.sourceState(source), at: clock.now)
        }
        let file = messages.world.withLock { $0.file }
        if let batch = watcher.look(at: file, now: clock.now) {
            try mayDie("beforeCommit")
            _ = try await lane.journal.commit(batch, source: source, line: SimulatedMessages.line, now: clock.now)
            try mayDie("afterCommit")
        }
        state.withLock { $0.memory.watcher = watcher }
    }

    func observe() async {
        await work(0) { process in
            try await watch()
            while try await process.outbox.receiveLandings(limit: 3) {}
        }
    }

    private func publish() async { await work(0) { try await $0.outbox.publish() } }

    /// One turn of the webhook's loop.
    private func deliver() async {
        await work(0) { _ in
            var memory = state.withLock { $0.memory }
            let context = lane.context
            var progress: WebhookProgress
            if let known = memory.webhook {
                progress = known
            } else {
                progress = try await WebhookProgress.load(lane.webhook, context: context)
            }
            let isSlow = state.withLock { !$0.isCalm } && chance(0.3)
            for post in isSlow ? [] : memory.posts {
                note(post.item, isDelivered: post.outcome.isDelivered)
                progress.note(
                    progress.machine.finished(post.item.sequence, lane: post.item.lane, post.outcome, at: clock.now),
                    at: clock.now)
            }
            if !isSlow { memory.posts = [] }
            _ = try await progress.fill()
            for item in progress.note(progress.machine.next(at: clock.now), at: clock.now) {
                guard let entry = try await progress.entry(of: item) else {
                    violate("an event left the journal before it was delivered")
                    continue
                }
                let body = entry.rendered(by: context.render)
                memory.posts.append((item, await context.post(entry.event, body: body, to: lane.webhook).outcome))
                try mayDie("afterPost")
            }
            if let save = progress.takeSave(at: clock.now) {
                try mayDie("beforeSave", 0.2)
                try await save()
                progress.saveEnded()
                try mayDie("afterSave", 0.2)
            }
            let (posts, webhook) = (memory.posts, progress)
            state.withLock {
                $0.memory.posts = posts
                $0.memory.webhook = webhook
            }
        }
    }

    /// An event that held up its chat for five minutes may be overtaken.
    private func note(_ item: WebhookEndpointStateMachine.Item, isDelivered: Bool) {
        let now = clock.now
        state.withLock { state in
            if !isDelivered { state.firstFailures[item.sequence] = state.firstFailures[item.sequence] ?? now }
            guard let first = state.firstFailures[item.sequence], now - first >= .seconds(240) else { return }
            state.exempt.insert(item.sequence)
        }
    }

    /// The live client gets a stretch; its connection may break at any event.
    private func serveClient() async {
        await work(0) { _ in
            let cursor: Cursor
            if let known = state.withLock({ $0.memory.connection }) {
                cursor = known
            } else {
                cursor = state.withLock { $0.clientCursor }
                count("connect")
            }
            let page = try await lane.journal.page(after: cursor, limit: 1 + pick(5))
            let breaks = state.withLock { !$0.isCalm } && chance(0.15)
            let got = breaks ? page.entries.prefix(pick(page.entries.count + 1)) : page.entries[...]
            state.withLock { state in
                state.clientEvents += got.map(\.event.id)
                if let last = got.last { state.clientCursor = last.event.cursor }
                state.memory.connection = breaks ? nil : page.next
            }
        }
    }

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
        for _ in 0..<steps { await step() }
        await drain()
        await check()
        lane.cutTransactions(when: nil)
        var outcome = Outcome()
        outcome.violations = state.withLock { $0.violations } + messages.world.withLock { $0.violations }
        outcome.counts = state.withLock { $0.counts }
        outcome.counts["retry"] = state.withLock { $0.requests.reduce(0) { $0 + $1.retries } }
        outcome.counts["mirror"] = store.claims.values.count { $0.direction == .incoming }
        for record in store.records { outcome.counts[record.progress.state.rawValue, default: 0] += 1 }
        return outcome
    }

    private func step() async {
        // Two things never happen at one moment.
        clock.advance(by: .milliseconds(1))
        switch pick(20) {
        case 0, 1: if state.withLock({ $0.requests.count < 3 }) { await submit() } else { await round(0) }
        case 2, 3: await round(0)
        case 4: await round(1)
        case 5, 6: await observe()
        case 7: await publish()
        case 8, 9, 10: await deliver()
        case 11: await serveClient()
        case 12: clock.advance(by: .milliseconds(pick(2000)))
        case 13: clock.advance(by: .seconds(pick(50)))
        case 14, 15, 16: somethingHappens()
        case 17:
            let mood = SimulatedReceiver.Mood.allCases[pick(4)]
            lane.receiver.state.withLock { $0.mood = mood }
        case 18:
            if chance(0.3) { await retryOne() } else if chance(0.1) { await work(0) { _ in throw Crash() } }
        default:
            let pending = state.withLock { state in
                state.requests.indices.filter { !state.requests[$0].isAcknowledged }
            }
            if let first = pending.first { await submit(first) } else { await observe() }
        }
    }

    /// Faults end; everybody asks until answered; time passes until nothing moves.
    private func drain() async {
        state.withLock { $0.isCalm = true }
        lane.receiver.state.withLock { $0.mood = .up }
        completeRows()
        for index in state.withLock({ $0.requests.indices })
        where !state.withLock({ $0.requests[index].isAcknowledged }) {
            await submit(index)
        }
        for _ in 0..<24 {
            await round(0)
            await observe()
            let isQuiet =
                store.records.allSatisfy { ![.queued, .dispatched].contains($0.progress.state) }
                && messages.world.withLock { $0.waiting.isEmpty }
            if isQuiet { break }
            clock.advance(by: .seconds(15))
        }
        await round(0)
        for _ in 0..<4 {
            clock.advance(by: .seconds(1))
            await observe()
        }
        await publish()
        await finishDeliveries()
    }

    private func finishDeliveries() async {
        for _ in 0..<200 {
            await deliver()
            await serveClient()
            let memory = state.withLock { $0.memory }
            guard let webhook = memory.webhook else { continue }
            let isServed = memory.connection == lane.journal.head
            let isDelivered = webhook.machine.isIdle && webhook.machine.cursor == lane.journal.head.sequence
            if isServed, isDelivered { return }
            guard memory.posts.isEmpty, !isDelivered else { continue }
            let wake = webhook.machine.nextWake(at: clock.now) ?? clock.now
            clock.advance(by: max(.milliseconds(250), wake - clock.now))
        }
        violate("the sinks do not come to an end")
    }

    func violate(_ text: String) { state.withLock { $0.violations.append(text) } }
}

/// A transport in front of another: mostly it proves that it handed nothing over.
private struct UnreliableTransport: Transport {
    let name = "unreliable"
    let next: SimulatedMessages
    let isUp: @Sendable () -> Bool

    init(next: SimulatedMessages, isUp: @escaping @Sendable () -> Bool) {
        self.next = next
        self.isUp = isUp
    }

    var capabilities: TransportCapabilities { get async { await next.capabilities } }

    func perform(_ intent: Intent) async throws(TransportError) -> Acceptance {
        guard isUp() else { throw .testUnreachable }
        return try await next.perform(intent)
    }
}
