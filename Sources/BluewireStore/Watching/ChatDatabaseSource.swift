//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel
package import BluewireTransport
import Synchronization

/// Observes a Messages database as it changes and reports what happened, each message exactly once.
///
/// A thread of its own waits for file events, reads on a connection of its own and commits; nothing blocks the shared
/// pool. Batches are handed over one at a time: the next look happens when the last batch was committed.
package final class ChatDatabaseSource: BlockingEventSource {
    /// What to watch and how.
    package struct Configuration: Sendable {
        /// Where the database lies.
        package var place: DatabasePlace
        /// The line its observations belong to.
        package var line: LineID
        /// Gives chats their stable names; shared with the reader of the line.
        package var identities: ChatIdentities
        /// Names for addresses, if the address book is read.
        package var contacts: ContactBook?
        /// Whether file events wake the watcher.
        package var useFileEvents = true
        /// Whether it looks once every ``pollInterval`` in any case.
        package var usePolling = true
        /// How often it looks when no event comes.
        package var pollInterval: Duration = .seconds(1)
        /// The time of day.
        package var clock: any WallClock = SystemWallClock()

        /// A configuration from its parts.
        package init(
            place: DatabasePlace, line: LineID, identities: ChatIdentities = ChatIdentities(),
            contacts: ContactBook? = nil
        ) {
            self.place = place
            self.line = line
            self.identities = identities
            self.contacts = contacts
        }
    }

    /// What a watcher does, for readiness and `doctor`.
    package struct Status: Hashable, Sendable {
        /// Whether the database is open and history was baselined.
        package var isWatching = false
        /// Rows that wait for their chat for more than five seconds.
        package var parkedCount = 0
        /// Why the database cannot be read, if it cannot.
        package var trouble: String?
        /// How often its thread woke.
        package var wakeUps = 0
    }

    package var line: LineID { configuration.line }
    private let configuration: Configuration
    private let shared = Mutex(Status())

    /// A watcher; it opens nothing before ``run(from:commit:)``.
    package init(_ configuration: Configuration) {
        self.configuration = configuration
    }

    /// What it does now.
    package var status: Status { shared.withLock { $0 } }
    /// Rows that wait for their chat for more than five seconds.
    package var parkedCount: Int { status.parkedCount }

    package func run(
        from state: SourceState?, commit: @Sendable (SourceBatch) async throws -> Void
    ) async throws {
        if let state { configuration.identities.restore(state.chatIDs) }
        let events = try SystemFileEvents.make(path: configuration.place.path, isWatching: configuration.useFileEvents)
        let thread = WatchThread(events: events)
        defer { thread.stop() }
        let configuration = configuration
        let report: @Sendable (Status) -> Void = { [weak self] status in self?.shared.withLock { $0 = status } }
        try await withTaskCancellationHandler {
            try await withTaskExecutorPreference(thread) {
                let loop = WatchLoop(configuration, state: state, events: events, thread: thread, report: report)
                try await loop.run(commit: commit)
            }
        } onCancel: {
            events.wake()
        }
        try Task.checkCancellation()
    }
}
