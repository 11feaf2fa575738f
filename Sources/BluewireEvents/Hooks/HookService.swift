//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel
package import Logging
import ServiceLifecycle

/// Delivers what hooks hold back when it is due, also what an earlier run of the gateway left behind.
package struct HookService: Service {
    private let receiver: HookReceiver
    private let clock: any WallClock
    private let logger: Logger

    /// How long it sleeps at most, so that a clock that was set is noticed.
    static let longestNap: Duration = .seconds(60)

    /// The service of a receiver.
    package init(
        receiver: HookReceiver, clock: any WallClock = SystemWallClock(),
        logger: Logger = Logger(label: "bluewire.hooks")
    ) {
        self.receiver = receiver
        self.clock = clock
        self.logger = logger
    }

    /// Runs until cancelled or shut down.
    package func run() async throws {
        try await untilShutdown {
            while !Task.isCancelled {
                var next: Timestamp?
                do {
                    next = try await receiver.flush()
                } catch {
                    logger.debug(
                        "Held hook items were not delivered; it is tried again", metadata: ["error": "\(error)"])
                    next = clock.now + .seconds(10)
                }
                let limit = clock.now + Self.longestNap
                // Nothing is held: the bell alone wakes it.
                await receiver.bell.wait(until: next.map { min($0, limit) }, clock: clock)
            }
        }
    }
}
