//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import BluewireSimulator
// Full Foundation: folders.
import Foundation
import Subprocess

#if canImport(System)
    import System
#else
    import SystemPackage
#endif

/// Simulated Messages in a process of their own, a gateway before them, and an agent that answers everybody there.
package enum Demo {
    /// How to run it.
    package struct Options: Sendable {
        /// Where to listen; another free port is taken when it is in use.
        package var listen: String
        /// A model instead of the offline concierge.
        package var model: String?
        /// The model's endpoint.
        package var modelURL: String?
        /// The seed of the simulated history.
        package var seed: UInt64
        /// Whether the last demo's Messages are continued.
        package var keepsHistory: Bool
        /// When the command was started, in seconds since 1970; counts building and installing.
        package var startedAt: Int?
        /// The demo's folder; its own below the state directory unless given.
        package var directory: String?

        /// Options from their fields.
        package init(
            listen: String, model: String?, modelURL: String?, seed: UInt64, keepsHistory: Bool, startedAt: Int?,
            directory: String?
        ) {
            self.listen = listen
            self.model = model
            self.modelURL = modelURL
            self.seed = seed
            self.keepsHistory = keepsHistory
            self.startedAt = startedAt
            self.directory = directory
        }
    }

    /// What a running demo says about itself.
    package struct Greeting: Encodable, Sendable {
        /// The page with a one-time login.
        package var url: String
        /// Who answers.
        package var agent: String
        /// A model that was found and could answer instead.
        package var offer: String?
        /// Seconds since the command was started.
        package var seconds: Int
        /// The simulated database.
        package var database: String
        /// The simulator's socket.
        package var simulator: String
        /// The gateway's socket.
        package var socket: String
    }

    /// Runs until a signal asks it to stop; the simulator stops with it.
    ///
    /// - Throws: ``GatewayError`` with a remedy.
    package static func run(_ options: Options, greet: @escaping @Sendable (Greeting) -> Void) async throws {
        let started = options.startedAt ?? Int(SystemTime.now.seconds)
        guard let listen = GatewayConfiguration.ListenAddress(options.listen) else {
            throw GatewayError(
                .badData, message: "\(options.listen) is no address to listen on.",
                remedy: "Use host:port, for example 127.0.0.1:8787."
            )
        }
        let folder = try DemoFolder.prepare(options)
        let home = SimulatorHome(path: folder.path + "/home")
        let agent = await DemoAgent.choose(options)
        var configuration = GatewayConfiguration(
            stateDirectory: folder.path + "/state", database: home.databasePath, home: home.path
        )
        configuration.listen = FreePort.choose(listen)
        configuration.line = LineID(rawValue: "sim")
        configuration.transports = [.simulator]
        configuration.simulatorSocket = folder.socketPath
        configuration.agentsSend = true
        configuration.logLevel = "warning"
        configuration.agents = [agent.entry]
        configuration.modelEgress = agent.egress
        let final = configuration
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await simulate(home: home.path, socket: folder.socketPath, seed: options.seed) }
            group.addTask {
                try await SimulatorClient(socketPath: folder.socketPath).waitUntilReady()
                try await Gateway.run(final) { greeting in
                    greet(
                        Greeting(
                            url: greeting.url, agent: agent.description, offer: agent.offer,
                            seconds: max(0, Int(SystemTime.now.seconds) - started), database: home.databasePath,
                            simulator: folder.socketPath, socket: greeting.socket
                        )
                    )
                }
            }
            // Whoever ends first ends the demo.
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    /// The same executable as a child; it is asked to stop when this task is cancelled.
    private static func simulate(home: String, socket: String, seed: UInt64) async throws {
        var platform = PlatformOptions()
        // A session of its own: Ctrl-C reaches the gateway first, which then stops the simulator.
        platform.createSession = true
        platform.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: .seconds(3))]
        let result = try await Subprocess.run(
            .path(FilePath(Executable.path)),
            arguments: ["simulate", "--json", "--home", home, "--socket", socket, "--seed", "\(seed)"],
            platformOptions: platform, output: .discarded, error: .string(limit: 16 << 10)
        )
        if !Task.isCancelled, !result.terminationStatus.isSuccess {
            throw GatewayError(
                .unavailable, message: "The simulator ended: \(result.standardError)",
                remedy: "Run `bluewire simulate --home \(home)` to see why."
            )
        }
    }
}

/// This executable.
enum Executable {
    /// Its path.
    static var path: String {
        #if os(Linux)
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
        #else
            Bundle.main.executablePath ?? CommandLine.arguments[0]
        #endif
    }
}
