//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel
package import BluewireState
package import BluewireTransport
package import Logging
import ServiceLifecycle

/// Feeds one sink from the journal, from the cursor it stored last.
package struct SinkRunner: Service {
    /// Where a sink without a stored cursor begins.
    package enum Start: Sendable {
        /// With what happens from now on.
        case head
        /// With the oldest event there is.
        case oldest
    }

    /// How many events a sink gets at once.
    package static let batchSize = 256
    /// How often the cursor is stored while nothing passes the filter.
    static let idleSaveInterval: Duration = .seconds(60)

    private let sink: any Sink
    private let journal: Journal
    private let cursors: SinkCursorRepository
    private let filter: EventFilter?
    private let start: Start
    private let clock: any WallClock
    private let logger: Logger

    /// A runner of `sink`.
    package init(
        sink: any Sink, journal: Journal, state: StateDatabase, filter: EventFilter? = nil, start: Start = .head,
        clock: any WallClock = SystemWallClock(), logger: Logger = Logger(label: "bluewire.sink")
    ) {
        self.sink = sink
        self.journal = journal
        cursors = state.sinkCursors
        self.filter = filter
        self.start = start
        self.clock = clock
        self.logger = logger
    }

    /// Runs until cancelled or shut down.
    ///
    /// Events a sink did not take are offered again after 1, 2, 4 … 60 s.
    package func run() async throws {
        try await untilShutdown {
            try await journal.withWakeUps { wakeUps in
                var cursor = try await firstCursor()
                var savedAt = clock.now
                for await _ in wakeUps { cursor = try await drain(after: cursor, savedAt: &savedAt) }
            }
        }
    }

    private func firstCursor() async throws -> Cursor {
        if let stored = try await cursors.cursor(of: sink.name) { return stored }
        let cursor = start == .head ? journal.head : journal.oldest
        try await cursors.save(cursor, of: sink.name, at: clock.now)
        return cursor
    }

    /// Hands over everything up to the head.
    private func drain(after first: Cursor, savedAt: inout Timestamp) async throws -> Cursor {
        var cursor = first
        var backoff = Backoff()
        while !Task.isCancelled {
            do {
                let (events, next, isAtHead) = try await read(after: cursor)
                if !events.isEmpty { try await sink.receive(events) }
                // Where nothing passes the filter the place is noted now and then, so that it does not expire.
                if next != cursor, !events.isEmpty || clock.now - savedAt >= Self.idleSaveInterval {
                    try await save(next)
                    savedAt = clock.now
                }
                cursor = next
                backoff.reset()
                if isAtHead { return cursor }
            } catch {
                if Task.isCancelled { break }
                logger.debug("Sink did not take events", metadata: ["sink.name": "\(sink.name)"])
                try await clock.sleep(for: backoff.next())
            }
        }
        return cursor
    }

    private func save(_ cursor: Cursor) async throws {
        try await cursors.save(cursor, of: sink.name, at: clock.now)
    }

    /// The next stretch; what was lost is announced as a gap.
    private func read(after cursor: Cursor) async throws -> (events: [GatewayEvent], next: Cursor, isAtHead: Bool) {
        do {
            let page = try await journal.page(after: cursor, limit: Self.batchSize, filter: filter)
            return (page.entries.map(\.event), page.next, page.isAtHead)
        } catch {
            guard let oldest = error.resumePoint else { throw error }
            return ([GatewayEvent.gap(after: cursor, resumingAt: oldest, at: clock.now)], oldest, false)
        }
    }
}
