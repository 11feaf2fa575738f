//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel
package import BluewireState
package import Logging
import ServiceLifecycle

/// Removes uploads that were sent, are too old, or were cut by an earlier end of the gateway.
package struct UploadMaintenance: Service {
    /// How often it looks while files are there.
    package static let interval: Duration = .seconds(10)
    /// How often it looks while there are none.
    private static let longInterval: Duration = .seconds(60)

    private let store: UploadStore
    private let clock: any WallClock
    private let start: Timestamp
    private let logger: Logger

    /// The maintenance of `store`.
    package init(
        store: UploadStore, clock: any WallClock = SystemWallClock(), logger: Logger = Logger(label: "bluewire.uploads")
    ) {
        self.store = store
        self.clock = clock
        start = clock.now
        self.logger = logger
    }

    /// Runs until cancelled or shut down.
    package func run() async throws {
        try await untilShutdown {
            await attempt { try await store.clear(before: start) }
            while !Task.isCancelled {
                var hasFiles = false
                await attempt { hasFiles = try await store.sweep() }
                try await clock.rest(for: hasFiles ? Self.interval : Self.longInterval)
            }
        }
    }

    private func attempt(_ body: () async throws -> Void) async {
        do {
            try await body()
        } catch {
            logger.debug("Uploads were not tidied up; it is tried again", metadata: ["error": "\(error)"])
        }
    }
}
