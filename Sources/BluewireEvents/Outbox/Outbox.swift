//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel
package import BluewireState
package import BluewireTransport
internal import Synchronization

/// Durable sends to people: stored before anything is attempted, handed over at most once, followed until they are read.
///
/// Several processes may work on one outbox: moving a send to *dispatched* is one exclusive transaction, so exactly one
/// of them hands it over. Only ``OutboundGate`` puts sends in.
package final class Outbox: Sendable {
    /// How the outbox works.
    package struct Configuration: Sendable {
        /// The lines sends go out on.
        package var lines: [Line]
        /// The times that decide about sends.
        package var timing = SendStateMachine.Timing()
        /// How long a process that hands a send over may be silent before others take it for dead.
        package var leaseTime: Duration = .seconds(120)
        /// How long an idempotency key is remembered.
        package var keyLifetime: Duration = .seconds(24 * 3600)
        /// How many chats are served at a time.
        package var parallelism = 8
        /// How often the outbox looks for sends of other processes when nothing else happens.
        package var idlePoll: Duration = .seconds(5)
        /// The first pause between two looks into the store for a row; doubles up to five seconds.
        package var searchPause: Duration = .milliseconds(100)
        /// A row without chat and text is a ghost only this long after the hand-over; joins and texts may come late.
        package var ghostAge: Duration = .seconds(8)
        /// Who works here.
        package var owner: LeaseOwner = .here()
        /// Whether another process is still at work; a test decides it, a gateway asks the system.
        package var isAlive: @Sendable (LeaseOwner) -> Bool = { $0.isAlive }
        /// Called at every ``OutboxCrashPoint``; inert unless a test wants the process to die there.
        package var crashHook: @Sendable (OutboxCrashPoint) throws -> Void = { _ in }

        /// The defaults over `lines`.
        package init(lines: [Line]) {
            self.lines = lines
        }
    }

    /// What this process remembers between two steps; everything in it can be lost.
    struct State {
        /// Sends this process is handing over now.
        var inFlight: Set<SendID> = []
        /// When a searched send is looked for next, and the pause before that.
        var searches: [SendID: (next: Timestamp, pause: Duration)] = [:]
        /// Where the landing sink stands, possibly ahead of what is stored.
        var landed: Cursor?
        /// Events seen since the sink's position was stored.
        var unstoredEvents = 0
        var isStopping = false
    }

    let store: any SendStoring
    let log: (any OutboxLog)?
    let resolver: any TargetResolving
    let clock: any WallClock
    let configuration: Configuration
    let matcher = RowMatcher()
    let state = Mutex(State())
    let dispatchBell = Bell()
    let publishBell = Bell()
    let gate = CursorGate()

    /// An outbox over its store.
    ///
    /// - Parameter log: the journal; nil in a process without one, which then learns of landings by looking only.
    package init(
        store: any SendStoring, log: (any OutboxLog)?, resolver: any TargetResolving, clock: any WallClock,
        configuration: Configuration
    ) {
        self.store = store
        self.log = log
        self.resolver = resolver
        self.clock = clock
        self.configuration = configuration
    }

    deinit { configuration.owner.retire() }

    // MARK: For callers

    /// The send of that name; nil when there is none.
    package func send(_ id: SendID) async throws -> Send? {
        try await store.read { try $0.record(id)?.send }
    }

    /// Sends, newest first; of one state, or of any, and addressed to one of `chats`, or to anybody when nil.
    package func list(
        state: Send.State? = nil, chats: Set<ChatID>? = nil, limit: Int = 50
    ) async throws -> [Send] {
        try await store.read { tables in
            let records =
                if let chats {
                    try tables.records(in: state, to: chats, limit: limit)
                } else {
                    try tables.records(in: state, limit: limit)
                }
            return records.map(\.send)
        }
    }

    /// Sends a failed or unknown send once more, because the caller knows that it did not arrive.
    ///
    /// - Throws: ``OutboundError`` with `notFound`, `conflict` or, while sending is switched off, `forbidden`.
    package func retry(_ id: SendID) async throws(OutboundError) -> Send {
        let send = try await change(id, needsSending: true) { $0.retry(now: $1) }
        dispatchBell.ring()
        return send
    }

    /// Takes a queued send back.
    ///
    /// - Throws: ``OutboundError`` with `notFound`, or `conflict` when it may have been handed over already.
    package func cancel(_ id: SendID) async throws(OutboundError) -> Send {
        try await change(id, needsSending: false) { machine, _ in machine.cancel() }
    }

    /// Switches sending off: nothing is accepted and nothing that waits goes out, in any process, until ``resume()``.
    package func stop(reason: String) async throws {
        let stop = OutboundStop(reason: reason, since: clock.now)
        try await store.write { try $0.putOutboundStop(stop) }
    }

    /// Switches sending on again.
    package func resume() async throws {
        try await store.write { try $0.putOutboundStop(nil) }
        dispatchBell.ring()
    }

    /// Why sending is switched off; nil when it is on.
    package func outboundStop() async throws -> OutboundStop? {
        try await store.read { try $0.outboundStop() }
    }

    /// The line the newest send to a chat or address went out on.
    func lastLine(chat: ChatID?, address: HandleKey?) async throws -> LineID? {
        try await store.read { try $0.newestRecord(chat: chat, address: address)?.line }
    }

    /// Every time a transport was asked to take a send, oldest first.
    package func attempts(of id: SendID) async throws -> [SendAttempt] {
        try await store.read { try $0.attempts(of: id) }
    }

    // MARK: Storing

    /// What a key seen before leads to.
    enum KnownKey: Sendable {
        case unused
        case first(Send)
        case otherRequest
    }

    /// Whether a request with this key was taken already.
    func known(_ key: String, origin: String, digest: [UInt8]) async throws -> KnownKey {
        let since = clock.now - configuration.keyLifetime
        return try await store.read { try Self.known(key, origin: origin, digest: digest, since: since, in: $0) }
    }

    /// Stores an admitted send; it is on the disk when this returns.
    func store(_ admitted: AdmittedSend) async throws(OutboundError) -> Send {
        let outcome: KnownKey
        do {
            try configuration.crashHook(.beforeStore)
            outcome = try await store(admitted, now: clock.now)
            try configuration.crashHook(.afterStore)
        } catch let error as OutboundError {
            throw error
        } catch {
            throw Self.unavailable(error)
        }
        switch outcome {
        case .first(let send):
            dispatchBell.ring()
            publishBell.ring()
            return send
        case .otherRequest, .unused: throw .keyReused
        }
    }

    private func store(_ admitted: AdmittedSend, now: Timestamp) async throws -> KnownKey {
        let since = now - configuration.keyLifetime
        return try await store.write { tx in
            if let key = admitted.key {
                let known = try Self.known(
                    key, origin: admitted.record.origin, digest: admitted.digest, since: since, in: tx)
                guard case .unused = known else { return known }
            }
            if let refusal = try admitted.allowance?.refusal(of: admitted.record, now: now, in: tx) { throw refusal }
            let record = try tx.insert(admitted.record)
            try tx.putPublication(record.send, chat: record.chat, revision: record.revision)
            if let key = admitted.key {
                try tx.removeKeys(before: since)
                try tx.putKey(
                    SendKey(origin: record.origin, key: key, digest: admitted.digest, send: record.id, usedAt: now))
            }
            return .first(record.send)
        }
    }

    private static func known(
        _ key: String, origin: String, digest: [UInt8], since: Timestamp, in tx: any SendTransaction
    ) throws -> KnownKey {
        guard let known = try tx.key(key, origin: origin), known.usedAt >= since else { return .unused }
        guard known.digest == digest else { return .otherRequest }
        guard let record = try tx.record(known.send) else { return .unused }
        return .first(record.send)
    }

    private func change(
        _ id: SendID, needsSending: Bool,
        _ step: @escaping @Sendable (inout SendStateMachine, Timestamp) -> SendStateMachine.Action
    ) async throws(OutboundError) -> Send {
        let now = clock.now
        let result: Result<Send, OutboundError>
        do {
            result = try await store.write { [configuration] tx in
                if needsSending, let stop = try tx.outboundStop() { return .failure(.stopped(stop)) }
                guard let record = try tx.record(id) else { return .failure(.noSuchSend) }
                let saved = try Self.apply(to: record, timing: configuration.timing, now: now, in: tx) {
                    step(&$0, now)
                }
                guard let saved else { return .failure(.conflict(state: record.progress.state)) }
                return .success(saved.send)
            }
        } catch {
            throw Self.unavailable(error)
        }
        publishBell.ring()
        dispatchBell.ring()
        return try result.get()
    }

    /// Lets the machine of `record` take a step and stores what came of it.
    ///
    /// - Returns: the stored record; nil when nothing changed.
    @discardableResult
    static func apply(
        to record: SendRecord, timing: SendStateMachine.Timing, now: Timestamp, in tx: any SendTransaction,
        _ step: (inout SendStateMachine) throws -> SendStateMachine.Action
    ) throws -> SendRecord? {
        var machine = SendStateMachine(record.progress, timing: timing)
        let action = try step(&machine)
        guard action != .none else { return nil }
        if record.progress.message == nil, machine.progress.message != nil, machine.progress.state != .failed {
            GatewayMetrics.landing.observe(now - record.createdAt)
        }
        var record = record
        record.progress = machine.progress
        if record.progress.state != .dispatched || record.progress.acceptedAt != nil { record.lease = nil }
        // Strictly later than before, so that every change is an event of its own even when the clock stands still.
        if action != .store { record.updatedAt = max(now, record.updatedAt + .nanoseconds(1)) }
        record = try tx.update(record)
        if action != .store { try tx.putPublication(record.send, chat: record.chat, revision: record.revision) }
        return record
    }

    static func unavailable(_ error: any Error) -> OutboundError {
        OutboundError(
            .unavailable,
            message: "The outbox cannot be used: \((error as? StateError)?.message ?? "state.db failed").",
            remedy: (error as? StateError)?.remedy ?? "Check that the state directory can be written, then try again.")
    }
}

/// A request the gate let through; nothing else can make one.
struct AdmittedSend: Sendable {
    var record: SendRecord
    /// What its origin may send; nil for as much as it likes.
    var allowance: Budget.Allowance?
    var key: String?
    /// A digest of the request as it was asked, before anything was resolved.
    var digest: [UInt8]
}
