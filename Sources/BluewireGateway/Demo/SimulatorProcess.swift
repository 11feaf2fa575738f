//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireSimulator
import ServiceLifecycle
import UnixSignals

/// Simulated Messages as the command line runs them.
package enum SimulatorProcess {
    /// How to run it.
    package struct Options: Sendable {
        /// The simulated home.
        package var home: String
        /// The socket; below the home unless given.
        package var socket: String?
        /// What repeats a run.
        package var seed: UInt64
        /// The macOS whose schema is made: 13, 15 or 26.
        package var macOS: Int
        /// How much faster than life receipts follow.
        package var speed: Double
        /// Whether it starts without people and history.
        package var isEmpty: Bool

        /// Options from their fields.
        package init(home: String, socket: String?, seed: UInt64, macOS: Int, speed: Double, isEmpty: Bool) {
            self.home = home
            self.socket = socket
            self.seed = seed
            self.macOS = macOS
            self.speed = speed
            self.isEmpty = isEmpty
        }
    }

    /// What it says once it listens.
    package struct Greeting: Encodable, Sendable {
        /// The database it writes.
        package var database: String
        /// Its HTTP API.
        package var socket: String
    }

    /// Runs until a signal asks it to stop.
    ///
    /// - Throws: ``GatewayError`` or the simulator's error, with its remedy.
    package static func run(_ options: Options, greet: @escaping @Sendable (Greeting) -> Void) async throws {
        guard let generation = Generation(rawValue: "\(options.macOS)") else {
            throw GatewayError(
                .badData, message: "There is no schema of macOS \(options.macOS).", remedy: "Use 13, 15 or 26."
            )
        }
        let server = SimulatorServer(
            SimulatorServer.Configuration(
                home: AbsolutePath.of(options.home), socketPath: options.socket.map(AbsolutePath.of),
                seed: options.seed,
                generation: generation, speed: options.speed, withHistory: !options.isEmpty
            )
        )
        let greeting = Greeting(
            database: server.configuration.home.databasePath, socket: server.configuration.socketPath
        )
        let service = SimulatorService(server: server) { greet(greeting) }
        var group = ServiceGroupConfiguration(
            services: [ServiceGroupConfiguration.ServiceConfiguration(service: service)],
            gracefulShutdownSignals: [.sigterm, .sigint], logger: GatewayLog.logger(level: "warning")
        )
        group.maximumGracefulShutdownDuration = .seconds(5)
        group.maximumCancellationDuration = .seconds(2)
        try await ServiceGroup(configuration: group).run()
    }
}

/// The simulator as a service; it announces itself once its socket answers.
private struct SimulatorService: Service {
    let server: SimulatorServer
    let ready: @Sendable () -> Void

    func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            group.addTask {
                try await SimulatorClient(socketPath: server.configuration.socketPath).waitUntilReady()
                ready()
            }
            try await group.waitForAll()
        }
    }
}
