//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel
package import BluewireState
internal import ServiceLifecycle
private import Synchronization

extension Outbox: Service {
    /// Works until the gateway shuts down: hands over, follows landings, reports to the journal.
    ///
    /// On graceful shutdown hand-overs that have begun are waited for; nothing new is begun.
    package func run() async throws {
        try await withGracefulShutdownHandler {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await self.runDispatching() }
                if let log {
                    group.addTask { try await self.runPublishing() }
                    group.addTask { try await self.runLanding(log) }
                }
                try await group.waitForAll()
            }
        } onGracefulShutdown: {
            self.state.withLock { $0.isStopping = true }
            self.dispatchBell.ring()
            self.publishBell.ring()
        }
    }

    private var isStopping: Bool { state.withLock { $0.isStopping } }

    // MARK: Loops

    private func runDispatching() async throws {
        try await retrying { try await self.recover() }
        await withDiscardingTaskGroup { group in
            while !Task.isCancelled, !isStopping {
                var next: Timestamp?
                do {
                    next = try await step { record in
                        group.addTask {
                            try? await self.dispatch(record)
                            self.dispatchBell.ring()
                        }
                    }
                } catch {
                    // A failing database is tried again soon; everything else is stored already.
                    next = clock.now + .seconds(1)
                }
                await pause(until: next)
            }
        }
    }

    private func runPublishing() async throws {
        while !Task.isCancelled {
            try await retrying { try await self.publish() }
            if isStopping { return }
            await publishBell.wait()
        }
    }

    private func runLanding(_ log: any OutboxLog) async throws {
        try await log.withWakeUps { wakeUps in
            for await _ in wakeUps.cancelOnGracefulShutdown() {
                try await retrying {
                    while try await self.receiveLandings() {}
                }
            }
        }
    }

    /// Repeats `work` with a pause until it succeeds or the task is cancelled.
    private func retrying(_ work: @Sendable () async throws -> Void) async throws {
        while !Task.isCancelled {
            do {
                return try await work()
            } catch is CancellationError {
                return
            } catch {
                if isStopping { return }
                try? await clock.sleep(for: .seconds(1))
            }
        }
    }

    /// Waits for the bell, but not longer than `deadline` and for an idle poll.
    private func pause(until deadline: Timestamp?) async {
        guard let deadline, deadline - clock.now < configuration.idlePoll else {
            return await dispatchBell.wait(resting: configuration.idlePoll, clock: clock)
        }
        guard deadline > clock.now else { return await Task.yield() }
        await dispatchBell.wait(until: deadline, clock: clock)
    }

    // MARK: Steps

    /// One round of everything time decides: take-overs, deadlines, looks into the store, hand-overs.
    ///
    /// - Parameter start: is given each send that is to be handed over now.
    /// - Returns: when the next round is due by time alone; nil for never.
    package func step(_ start: (SendRecord) -> Void) async throws -> Timestamp? {
        try await tick()
        try await searchDue()
        let room = configuration.parallelism - state.withLock { $0.inFlight.count }
        for record in try await dueSends().prefix(max(0, room)) {
            state.withLock { _ = $0.inFlight.insert(record.id) }
            start(record)
        }
        return try await nextDeadline()
    }

    /// What a start has to do: sends whose process died while handing them over are looked up, never sent again.
    package func recover() async throws {
        try await tick()
        try await searchAll()
    }

    /// Lets time pass for every open send.
    package func tick() async throws {
        try await renewLeases()
        let now = clock.now
        let open = try await store.read { try $0.openRecords() }
        let configuration = configuration
        let inFlight = state.withLock { $0.inFlight }
        let step: @Sendable (SendRecord) -> (next: SendStateMachine, action: SendStateMachine.Action)? = { record in
            Self.tick(record, inFlight: inFlight, configuration: configuration, now: now)
        }
        guard open.contains(where: { step($0) != nil }) else { return }
        try await store.write { tx in
            for record in try tx.openRecords() {
                guard let machine = step(record) else { continue }
                try Self.apply(to: record, timing: configuration.timing, now: now, in: tx) { current in
                    current = machine.next
                    return machine.action
                }
                guard record.progress.state == .dispatched, record.progress.acceptedAt == nil else { continue }
                for var attempt in try tx.attempts(of: record.id) where attempt.outcome == .started {
                    attempt.outcome = .interrupted
                    try tx.putAttempt(attempt, of: record.id)
                }
            }
        }
        publishBell.ring()
    }

    /// What time, or the death of its process, makes of a send; nil for nothing.
    private static func tick(
        _ record: SendRecord, inFlight: Set<SendID>, configuration: Configuration, now: Timestamp
    ) -> (next: SendStateMachine, action: SendStateMachine.Action)? {
        var machine = SendStateMachine(record.progress, timing: configuration.timing)
        let action: SendStateMachine.Action
        if record.progress.state == .dispatched, record.progress.acceptedAt == nil {
            let isOurs = inFlight.contains(record.id) && record.lease?.owner == configuration.owner
            let isTheirs = record.lease.map { $0.until >= now && configuration.isAlive($0.owner) } ?? false
            action = isOurs || isTheirs ? .none : machine.interrupted(now: now)
        } else {
            action = machine.tick(now: now)
        }
        return action == .none ? nil : (machine, action)
    }

    /// Holds on to what this process is handing over, so that no other takes it for dead.
    private func renewLeases() async throws {
        let inFlight = state.withLock { $0.inFlight }
        guard !inFlight.isEmpty else { return }
        let now = clock.now
        let (owner, time) = (configuration.owner, configuration.leaseTime)
        let isDue: @Sendable (SendRecord) -> Bool = { record in
            guard inFlight.contains(record.id), record.progress.state == .dispatched, let lease = record.lease else {
                return false
            }
            return lease.owner == owner && lease.until < now + time / 2
        }
        guard try await store.read({ try $0.openRecords() }).contains(where: isDue) else { return }
        try await store.write { tx in
            for var record in try tx.openRecords() where isDue(record) {
                record.lease = SendLease(owner: owner, until: now + time)
                _ = try tx.update(record)
            }
        }
    }

    /// Renews leases until cancelled, for hand-overs that no running outbox goes round beside.
    private func keepLeases() async {
        while !Task.isCancelled {
            try? await clock.sleep(for: configuration.leaseTime / 4)
            // A failing database is tried again in time.
            try? await renewLeases()
        }
    }

    /// When something is due by time alone; nil for never.
    private func nextDeadline() async throws -> Timestamp? {
        let now = clock.now
        let open = try await store.read { try $0.openRecords() }
        var due: [Timestamp] = []
        let searches = state.withLock { $0.searches }
        for record in open {
            let machine = SendStateMachine(record.progress, timing: configuration.timing)
            if let deadline = machine.deadline, deadline > now { due.append(deadline) }
            if machine.isSearching(at: now) { due.append(searches[record.id]?.next ?? now) }
            if record.progress.state == .unknown, let since = record.progress.unknownAt {
                let end = since + configuration.timing.holdLimit
                if end > now { due.append(end) }
            }
            if let lease = record.lease, lease.until > now { due.append(lease.until) }
        }
        return due.min()
    }

    /// Hands changes over to the journal.
    package func publish() async throws {
        guard let log else { return }
        while true {
            let changes = try await store.read { try $0.publications(limit: 100) }
            guard let last = changes.last else { return }
            try configuration.crashHook(.beforePublish)
            try await log.append(changes: changes)
            try configuration.crashHook(.afterPublish)
            try await store.write { try $0.removePublications(through: last.sequence) }
        }
    }

    // MARK: Without a running gateway

    /// Works on one send, and on earlier ones of its chat, until it landed, failed or `limit` has passed.
    ///
    /// For processes that have no running outbox, such as a command; with a gateway beside it, whoever is first acts.
    ///
    /// - Returns: the send as it is then; nil when there is none of that name.
    package func settle(_ id: SendID, within limit: Duration = .seconds(100)) async throws -> Send? {
        let end = clock.now + limit
        try await recover()
        while let record = try await store.read({ try $0.record(id) }) {
            let isWaiting =
                record.progress.state == .dispatched
                || (record.progress.state == .queued && (record.progress.scheduledAt ?? clock.now) <= clock.now)
                || (record.progress.state == .unknown
                    && SendStateMachine(record.progress, timing: configuration.timing).isSearching(at: clock.now))
            guard isWaiting, clock.now < end else { return record.send }
            for due in try await dueSends() where due.id == id || isEarlier(due, than: record) {
                async let _: Void = keepLeases()
                try await dispatch(due)
            }
            try await tick()
            try await searchDue()
            let next = min(try await nextDeadline() ?? end, end)
            try await clock.sleep(for: max(.milliseconds(20), min(next - clock.now, .seconds(1))))
        }
        return nil
    }

    private func isEarlier(_ other: SendRecord, than record: SendRecord) -> Bool {
        other.sequence < record.sequence && other.sharesOrder(with: record)
    }
}
