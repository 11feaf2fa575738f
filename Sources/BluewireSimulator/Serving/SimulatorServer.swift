//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel
internal import Hummingbird
package import Logging
internal import NIOCore
internal import ServiceLifecycle

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// Simulated Messages behind an HTTP API on a Unix socket: what `bluewire simulate` runs.
package struct SimulatorServer: Service {
    /// How it is set up.
    package let configuration: Configuration
    private let clock: any WallClock
    private let logger: Logger

    /// What a simulator is told.
    package struct Configuration: Sendable {
        /// The folder that stands for the user's home.
        package var home: SimulatorHome
        /// Where it listens; at most 103 bytes.
        package var socketPath: String
        /// What repeats a run.
        package var seed: UInt64
        /// The macOS simulated; counts when the folder is new.
        package var generation: Generation
        /// How much faster than life delivery, reading and scripts go.
        package var speed: Double
        /// Whether a new folder gets people and their past.
        package var withHistory: Bool

        /// A configuration with the usual values.
        package init(
            home: String, socketPath: String? = nil, seed: UInt64 = 1, generation: Generation = .tahoe,
            speed: Double = 1, withHistory: Bool = true
        ) {
            self.home = SimulatorHome(path: home)
            self.socketPath = socketPath ?? self.home.socketPath
            self.seed = seed
            self.generation = generation
            self.speed = speed
            self.withHistory = withHistory
        }
    }

    /// A server that is not running yet.
    package init(
        _ configuration: Configuration, clock: any WallClock = SystemWallClock(),
        logger: Logger = Logger(label: "bluewire.simulator", factory: { _ in SwiftLogNoOpLogHandler() })
    ) {
        self.configuration = configuration
        self.clock = clock
        self.logger = logger
    }

    /// Like ``run(onReady:)`` without a call when the socket answers.
    package func run() async throws {
        try await run(onReady: {})
    }

    /// Opens the database and serves until cancelled or shut down gracefully; then the socket is gone.
    ///
    /// - Parameter onReady: called once the socket answers.
    /// - Throws: ``SimulatorError`` when the folder is not a simulator's or another simulator uses it.
    package func run(onReady: @escaping @Sendable () async -> Void) async throws {
        let path = configuration.socketPath
        guard path.utf8.count <= 103 else {
            throw SimulatorError(
                .invalid, "The socket's path is longer than 103 bytes.",
                remedy: "Choose a shorter folder or socket path."
            )
        }
        try configuration.home.prepareForLock()
        let lock = try HomeLock(home: configuration.home)
        defer { lock.release() }
        let simulation = try Simulation(
            home: configuration.home, generation: configuration.generation, seed: configuration.seed,
            speed: configuration.speed, withHistory: configuration.withHistory, clock: clock
        )
        let application = Application(
            router: SimulatorRoutes(simulation: simulation).router(),
            configuration: ApplicationConfiguration(address: .unixDomainSocket(path: path)),
            onServerRunning: { _ in
                try? FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
                await onReady()
            },
            logger: logger
        )
        defer {
            try? FileManager.default.removeItem(atPath: path)
            try? simulation.close()
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await application.run() }
            group.addTask {
                try await cancelWhenGracefulShutdown { try await simulation.run() }
            }
            // Whichever ends first ends the other: a simulation without its API is of no use, nor the other way round.
            defer { group.cancelAll() }
            do {
                try await group.next()
            } catch is CancellationError {}
        }
    }
}
