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

/// Runs the event sources, journals what they see and passes typing on.
package struct Ingest: Service {
    private struct Entry: Sendable {
        var name: String
        var source: any EventSource
        /// Whether the source waits on a thread of its own, so that no change of threads delays the commit.
        var mayBlock: Bool { source is any BlockingEventSource }
    }

    /// How long a source must run before its line counts as up and a later failure as its first.
    static let settleTime: Duration = .seconds(2)

    private let entries: [Entry]
    private let journal: Journal
    private let typing: TypingHub
    private let clock: any WallClock
    private let logger: Logger

    /// An ingest of `sources`.
    ///
    /// Their positions are stored under the line's name; further sources of a line get a
    /// number, so their order must stay the same from start to start.
    package init(
        sources: [any EventSource], journal: Journal, typing: TypingHub, clock: any WallClock = SystemWallClock(),
        logger: Logger = Logger(label: "bluewire.ingest")
    ) {
        var counts: [LineID: Int] = [:]
        entries = sources.map { source in
            counts[source.line, default: 0] += 1
            let count = counts[source.line, default: 1]
            return Entry(name: count == 1 ? source.line.rawValue : "\(source.line)#\(count)", source: source)
        }
        self.journal = journal
        self.typing = typing
        self.clock = clock
        self.logger = logger
    }

    /// Runs until cancelled or shut down.
    ///
    /// A source that fails is started again after 1, 2, 4 … 60 s.
    package func run() async throws {
        try await untilShutdown {
            await withDiscardingTaskGroup { group in
                for entry in entries { group.addTask { await supervise(entry) } }
            }
        }
    }

    private func supervise(_ entry: Entry) async {
        var backoff = Backoff()
        while !Task.isCancelled {
            let started = clock.now
            var reason = "source_ended"
            do {
                try await observe(entry)
            } catch {
                reason = String("\(error)".prefix(300))
            }
            if Task.isCancelled { return }
            if clock.now - started >= Self.settleTime { backoff.reset() }
            logger.debug("Event source stopped", metadata: ["line.id": "\(entry.source.line)"])
            // When even this cannot be stored, the next start of the source will say so again.
            _ = try? await journal.append([EventDraft(line: entry.source.line, state: "down", reason: reason)])
            try? await clock.sleep(for: backoff.next())
        }
    }

    private func observe(_ entry: Entry) async throws {
        let state = try await journal.sourceState(entry.name)
        try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                try await entry.source.run(from: state) { batch in try await commit(batch, from: entry) }
                return true
            }
            group.addTask {
                try await clock.sleep(for: Self.settleTime)
                try await journal.append([EventDraft(line: entry.source.line, state: "up", reason: nil)])
                return false
            }
            while let hasEnded = try await group.next() {
                if hasEnded { break }
            }
            group.cancelAll()
        }
    }

    private func commit(_ batch: SourceBatch, from entry: Entry) async throws {
        let now = clock.now
        let line = entry.source.line
        for case .typing(let chat, let isOn, let handle) in batch.observations {
            let kind: GatewayEvent.Kind = isOn ? .typingStarted : .typingStopped
            typing.publish(
                GatewayEvent(
                    id: "live_\(kind)_\(chat)_\(now.nanoseconds)", cursor: journal.head, kind: kind, time: now,
                    line: line, chat: chat, snapshot: .typing(handle)))
        }
        if entry.mayBlock {
            _ = try journal.commitNow(batch, source: entry.name, line: line, now: now)
        } else {
            _ = try await journal.commit(batch, source: entry.name, line: line, now: now)
        }
    }
}
