//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel
package import BluewireState
package import Logging
import ServiceLifecycle

/// Keeps our databases small: moves the journal's log into its file every few seconds and prunes both every hour.
package struct JournalMaintenance: Service {
    /// How often the write-ahead log is moved into the main file.
    package static let checkpointInterval: Duration = .seconds(10)
    /// How often old events are dropped.
    package static let pruneInterval: Duration = .seconds(3600)

    private let journal: Journal
    private let state: StateDatabase
    private let retention: StateRetention
    private let clock: any WallClock
    private let logger: Logger

    /// The maintenance of `journal`, whose events the cursors in `state` keep, and of what is finished in `state`.
    package init(
        journal: Journal, state: StateDatabase, retention: StateRetention = StateRetention(),
        clock: any WallClock = SystemWallClock(),
        logger: Logger = Logger(label: "bluewire.journal")
    ) {
        self.journal = journal
        self.state = state
        self.retention = retention
        self.clock = clock
        self.logger = logger
    }

    /// Runs until cancelled or shut down.
    package func run() async throws {
        try await untilShutdown {
            let bell = Bell()
            try await journal.withListener {
                bell.ring()
            } _: {
                try await maintain(bell)
            }
        }
    }

    private func maintain(_ bell: Bell) async throws {
        var nextPrune = clock.now
        var checkpointed = journal.head
        while !Task.isCancelled {
            if clock.now >= nextPrune {
                await attempt { try await prune() }
                nextPrune = clock.now + Self.pruneInterval
            }
            // An idle journal is left alone.
            await bell.wait(until: nextPrune, clock: clock)
            try await clock.sleep(for: Self.checkpointInterval)
            let head = journal.head
            guard head != checkpointed else { continue }
            await attempt { try await journal.checkpoint() }
            checkpointed = head
        }
    }

    /// Drops what is old until nothing more has to go.
    private func prune() async throws {
        while !Task.isCancelled, try await state.prune(retention, now: clock.now) {}
        while !Task.isCancelled {
            let sinks = try await state.sinkCursors.all().values.map { Journal.SinkPosition(cursor: $0) }
            if try await journal.prune(now: clock.now, sinks: sinks) == 0 { return }
        }
    }

    private func attempt(_ body: () async throws -> Void) async {
        do {
            try await body()
        } catch {
            logger.debug("Journal maintenance failed; it is tried again", metadata: ["error": "\(error)"])
        }
    }
}
