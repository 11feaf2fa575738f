//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import BluewireTransport

/// The watcher's loop: waits, looks, hands over.
///
/// All timing is here; what a look finds is in ``WatchSession``.
final class WatchLoop {
    /// How long after the last event a look is repeated: an event may come before its commit can be seen.
    private static let echoes: [Duration] = [.milliseconds(1), .milliseconds(5), .milliseconds(50)]
    /// How long known rows wait to be compared after news was handed over.
    private static let breath: Duration = .milliseconds(2)

    private let configuration: ChatDatabaseSource.Configuration
    private let events: any FileEvents
    private let thread: WatchThread
    private let report: @Sendable (ChatDatabaseSource.Status) -> Void
    private let session: WatchSession
    private let start = ContinuousClock.now
    private var status = ChatDatabaseSource.Status()
    private var nextPoll: Duration = .zero
    /// When the last event came, and how many of its echoes are over.
    private var echo: (event: Duration, count: Int)?

    init(
        _ configuration: ChatDatabaseSource.Configuration, state: SourceState?, events: any FileEvents,
        thread: WatchThread, report: @escaping @Sendable (ChatDatabaseSource.Status) -> Void
    ) {
        self.configuration = configuration
        self.events = events
        self.thread = thread
        self.report = report
        session = WatchSession(configuration, state: state)
    }

    private var time: WatchTime {
        WatchTime(wall: configuration.clock.now, monotonic: ContinuousClock.now - start)
    }

    /// Runs on the watcher's thread until cancelled, or until something cannot be read although it is there.
    func run(commit: (SourceBatch) async throws -> Void) async throws {
        defer { session.close() }
        var wakeUp = FileWakeUp.moved
        while !Task.isCancelled {
            if let batch = try step(after: wakeUp) {
                do {
                    try await commit(batch)
                } catch {
                    configuration.identities.putBack(batch.chatIDs)
                    throw error
                }
                wakeUp = thread.takeWakeUp()
                // Readers go first; what is written meanwhile ends the wait.
                if wakeUp == .called, !session.hasMore { wakeUp = events.wait(for: Self.breath) }
            } else {
                wakeUp = events.wait(for: pause())
                status.wakeUps += 1
            }
        }
    }

    private func step(after wakeUp: FileWakeUp) throws -> SourceBatch? {
        let time = time
        switch wakeUp {
        case .written:
            echo = (time.monotonic, 0)
        case .moved:
            echo = (time.monotonic, 0)
            session.checkFiles = true
        case .called, .timedOut: break
        }
        if time.monotonic >= nextPoll {
            nextPoll = time.monotonic + configuration.pollInterval
            if configuration.usePolling { session.checkFiles = true }
        }
        while let due = echoDue, time.monotonic >= due { echo?.count += 1 }
        let batch = try GatewayMetrics.looks.time { try session.step(at: time) { events.arm() } }
        let now = ChatDatabaseSource.Status(
            isWatching: session.isWatching, parkedCount: session.parkedCount(at: time), trouble: session.trouble,
            wakeUps: status.wakeUps
        )
        status = now
        report(now)
        // An event whose commit was seen needs no hasty second look.
        if wakeUp == .written, session.sawChange { echo?.count = 1 }
        return batch
    }

    /// When the next echo of the last event is due.
    private var echoDue: Duration? {
        guard let echo, echo.count < Self.echoes.count else { return nil }
        return echo.event + Self.echoes[echo.count]
    }

    /// How long nothing has to be done unless something happens; nil waits for an event.
    private func pause() -> Duration? {
        let time = time
        var due: [Duration] = []
        if configuration.usePolling { due.append(nextPoll - time.monotonic) }
        if !session.isOpen { due.append(session.retryPause) }
        if let echoDue { due.append(echoDue - time.monotonic) }
        if let deadline = session.nextDeadline(after: time) { due.append(deadline) }
        return due.min().map { max(.zero, $0) }
    }
}
