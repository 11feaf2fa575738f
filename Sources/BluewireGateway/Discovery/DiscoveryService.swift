//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireEvents
import BluewireModel
import BluewireServer
import BluewireWire
import Logging
import ServiceLifecycle

/// Keeps the gateway announced in the local network for as long as it runs.
///
/// The announcement is a child process: when it ends it is begun again, after pauses that grow to a minute.
struct DiscoveryService: Service {
    /// A program that ran for so long had worked; its next end begins with short pauses again.
    static let settled = Duration.seconds(60)

    let responder: Responder
    let clock: any WallClock
    let logger: Logger
    /// Rings when the server listens, and when its certificate has changed.
    let changed: Bell
    /// Where the server listens now.
    let listener: @Sendable () -> NativeListener?
    /// Runs a program until it ends or the task is cancelled.
    let run: @Sendable (_ program: String, _ arguments: [String]) async -> ResponderProgram.End

    func run() async throws {
        await cancelWhenGracefulShutdown { await keepAnnounced() }
    }

    private func keepAnnounced() async {
        var backoff = Backoff()
        var isWarned = false
        while !Task.isCancelled {
            guard let announcement else {
                await changed.wait()
                continue
            }
            let begun = clock.now
            // Nil when there is something else to announce.
            let end = await announce(announcement)
            guard !Task.isCancelled else { return }
            guard let end else {
                backoff.reset()
                continue
            }
            if clock.now - begun >= Self.settled {
                backoff.reset()
                isWarned = false
            }
            if !isWarned {
                logger.warning(
                    end == .absent
                        ? "The program that announces the gateway is not there."
                        : "The program that announces the gateway gave up.",
                    metadata: ["discovery.program": "\(responder.program)", "remedy": "\(responder.remedy)"])
                isWarned = true
            }
            try? await clock.sleep(for: backoff.next())
        }
    }

    private var announcement: Announcement? {
        listener().map { Announcement(port: $0.port, isTLS: $0.tls, pin: $0.pin) }
    }

    /// Announces until the program ends, or until something else is to be said.
    private func announce(_ announcement: Announcement) async -> ResponderProgram.End? {
        await withTaskGroup(of: ResponderProgram.End?.self) { group in
            group.addTask { await run(responder.program, announcement.arguments(for: responder)) }
            group.addTask {
                while !Task.isCancelled, self.announcement == announcement { await changed.wait() }
                return nil
            }
            defer { group.cancelAll() }
            return await group.next() ?? nil
        }
    }
}
