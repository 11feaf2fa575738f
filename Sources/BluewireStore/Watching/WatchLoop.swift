//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import BluewireTransport

/// The watcher's thread: waits, looks, hands over.
///
/// All timing is here; what a look finds is in ``WatchSession``.
final class WatchLoop {
    /// A look is repeated this long after the last event: an event may come before its commit can be seen.
    private static let echo: Duration = .milliseconds(50)

    private let configuration: ChatDatabaseSource.Configuration
    private let events: any FileEvents
    private let handover: WatchHandover
    private let report: @Sendable (ChatDatabaseSource.Status) -> Void
    private let session: WatchSession
    private let start = ContinuousClock.now
    private var status = ChatDatabaseSource.Status()
    private var nextPoll: Duration = .zero
    private var echoAt: Duration?

    init(
        _ configuration: ChatDatabaseSource.Configuration, state: SourceState?, events: any FileEvents,
        handover: WatchHandover, report: @escaping @Sendable (ChatDatabaseSource.Status) -> Void
    ) {
        self.configuration = configuration
        self.events = events
        self.handover = handover
        self.report = report
        session = WatchSession(configuration, state: state)
    }

    private var time: WatchTime {
        WatchTime(wall: configuration.clock.now, monotonic: ContinuousClock.now - start)
    }

    /// Runs until stopped, or until something cannot be read although it is there.
    func run(deliver: (SourceBatch) -> Void, failed: (any Error) -> Void) {
        defer { session.close() }
        do {
            var wakeUp = FileWakeUp.moved
            while !handover.isStopped {
                try step(after: wakeUp, deliver: deliver)
                wakeUp = events.wait(for: pause())
                status.wakeUps += 1
            }
        } catch {
            failed(error)
        }
    }

    private func step(after wakeUp: FileWakeUp, deliver: (SourceBatch) -> Void) throws {
        let time = time
        switch wakeUp {
        case .written:
            echoAt = time.monotonic + Self.echo
        case .moved:
            echoAt = time.monotonic + Self.echo
            session.checkFiles = true
        case .called, .timedOut: break
        }
        if time.monotonic >= nextPoll {
            nextPoll = time.monotonic + configuration.pollInterval
            if configuration.usePolling { session.checkFiles = true }
        }
        if let due = echoAt, time.monotonic >= due { echoAt = nil }
        guard !handover.isBusy else { return }
        let batch = try session.step(at: time) { events.arm() }
        let now = ChatDatabaseSource.Status(
            isWatching: session.isWatching, parkedCount: session.parkedCount(at: time), trouble: session.trouble,
            wakeUps: status.wakeUps
        )
        status = now
        report(now)
        guard let batch else { return }
        handover.handedOver()
        deliver(batch)
    }

    /// How long nothing has to be done unless something happens; nil waits for an event.
    private func pause() -> Duration? {
        // While a batch is on its way only its commit matters.
        if handover.isBusy { return nil }
        let time = time
        var due: [Duration] = []
        if configuration.usePolling { due.append(nextPoll - time.monotonic) }
        if !session.isOpen { due.append(session.retryPause) }
        if let echoAt { due.append(echoAt - time.monotonic) }
        if let deadline = session.nextDeadline(after: time) { due.append(deadline) }
        return due.min().map { max(.zero, $0) }
    }
}
