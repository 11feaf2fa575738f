//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel
package import BluewireState
package import Logging
import ServiceLifecycle
import Synchronization

/// The audit trail as the parts of the gateway use it.
///
/// ``record(_:by:)`` writes what somebody did, durably, before it returns. ``note(_:by:)`` takes what was refused: it
/// returns at once, never makes the refused caller wait for the disk, and is bounded, so that refusals cannot fill it.
package final class AuditTrail: Service {
    private struct State {
        var limiter = AuditLimiter()
        var waiting: [AuditRecord] = []
    }

    /// How many refusals wait for the disk at most.
    static let capacity = 1000

    private let repository: AuditRepository
    private let clock: any WallClock
    private let logger: Logger
    private let state = Mutex(State())
    private let bell = Bell()

    /// The trail in `state`; it writes refusals once it runs.
    package init(
        _ state: StateDatabase, clock: any WallClock = SystemWallClock(),
        logger: Logger = Logger(label: "bluewire.audit")
    ) {
        repository = state.audit
        self.clock = clock
        self.logger = logger
    }

    /// The name under which something that must not be named appears in the trail.
    package func pseudonym(_ text: String) -> String { repository.pseudonym(text) }

    /// Writes what `actor` did; it is on the disk when this returns, unless the disk failed, which is logged.
    package func record(_ fact: AuditFact, by actor: String) async {
        let now = clock.now
        guard !fact.isRefusal || state.withLock({ $0.limiter.admits(fact, by: actor, at: now) }) else {
            return bell.ring()
        }
        do {
            try await repository.append(fact.record(by: actor, at: now))
        } catch {
            logger.error("The audit trail cannot be written", metadata: ["audit.action": "\(fact.action)"])
        }
    }

    /// Takes note of what `actor` was refused; written within moments, or counted when there is too much of it.
    package func note(_ fact: AuditFact, by actor: String) {
        let now = clock.now
        state.withLock { state in
            guard state.limiter.admits(fact, by: actor, at: now) else { return }
            guard state.waiting.count < Self.capacity else { return state.limiter.suppress(fact.action) }
            state.waiting.append(fact.record(by: actor, at: now))
        }
        bell.ring()
    }

    /// Writes what was noted, until cancelled or shut down; what waits then is written last.
    package func run() async throws {
        try await untilShutdown { [self] in
            var backoff = Backoff()
            while !Task.isCancelled {
                do {
                    try await write(endsWindows: false)
                    backoff.reset()
                    await bell.wait(until: state.withLock { $0.limiter.nextEnd }, clock: clock)
                } catch {
                    if Task.isCancelled { return }
                    logger.error("The audit trail cannot be written", metadata: ["error": "\(error)"])
                    try await clock.sleep(for: backoff.next())
                }
            }
        }
        do {
            try repository.appendBlocking(takeWaiting(endsWindows: true))
        } catch {
            logger.error("The end of the audit trail was not written", metadata: ["error": "\(error)"])
        }
    }

    /// Writes what waits, and the sums of the windows that are over, or of all.
    package func write(endsWindows: Bool) async throws {
        let records = takeWaiting(endsWindows: endsWindows)
        guard !records.isEmpty else { return }
        do {
            try await repository.append(records)
        } catch {
            state.withLock { $0.waiting = records + $0.waiting }
            throw error
        }
    }

    private func takeWaiting(endsWindows: Bool) -> [AuditRecord] {
        let now = clock.now
        return state.withLock { state in
            let sums = state.limiter.endWindows(at: now, all: endsWindows)
            defer { state.waiting.removeAll() }
            return state.waiting + sums.map { $0.record(by: "system", at: now) }
        }
    }
}
