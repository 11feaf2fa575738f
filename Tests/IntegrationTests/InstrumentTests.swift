//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireGateway
import BluewireModel
import BluewireNetwork
import BluewireSimulator
import BluewireTesting
import BluewireTransport
import BluewireWire
import Foundation
import Testing

/// A whole gateway over a simulated Messages, and what its metrics say about it.
@Suite(.timeLimit(.minutes(2)))
struct InstrumentTests {
    private static let ana = "+12025550101"

    @Test func instrumentsCountWhatHappensWithoutContent() async throws {
        let folder = "\(FileManager.default.temporaryDirectory.path)/bw-\(UUID().uuidString.prefix(13))"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let simulator = SimulatorServer.Configuration(home: folder + "/sim", seed: 5, generation: .tahoe)
        var configuration = GatewayConfiguration(
            stateDirectory: folder + "/state", database: simulator.home.databasePath, home: folder)
        configuration.listen.port = 0
        configuration.transports = [.simulator]
        configuration.simulatorSocket = simulator.socketPath
        configuration.logLevel = "error"
        let settings = configuration
        let (simulated, simulatorSignal) = AsyncStream.makeStream(of: Void.self)
        let (started, gatewaySignal) = AsyncStream.makeStream(of: String.self)
        let text = try await withThrowingTaskGroup(of: String?.self) { group in
            group.addTask {
                defer { simulatorSignal.finish() }
                try await SimulatorServer(simulator).run { simulatorSignal.yield() }
                return nil
            }
            group.addTask {
                for await _ in simulated { break }
                defer { gatewaySignal.finish() }
                try await Gateway.run(settings) { gatewaySignal.yield($0.socket) }
                return nil
            }
            group.addTask {
                var socket = ""
                for await path in started {
                    socket = path
                    break
                }
                return try await exchange(SimulatorClient(socketPath: simulator.socketPath), socket)
            }
            var found = ""
            while let next = try await group.next() {
                guard let text = next else { continue }
                found = text
                break
            }
            group.cancelAll()
            return found
        }
        for sample in [
            #"bluewire_events_total{kind="message.created"}"#, #"bluewire_events_total{kind="send.updated"}"#,
            "bluewire_look_seconds_count", "bluewire_watcher_lag_seconds_count", "bluewire_watcher_wakeups_total",
            #"bluewire_database_bytes{database="journal"}"#, #"bluewire_database_bytes{database="state"}"#,
            #"bluewire_send_transitions_total{state="queued"}"#, #"bluewire_send_transitions_total{state="landed"}"#,
            "bluewire_send_landing_seconds_count", "process_resident_memory_bytes", "process_cpu_seconds_total",
            "process_open_fds", "process_start_time_seconds",
        ] {
            #expect(value(of: sample, in: text) > 0, "\(sample)")
        }
        for content in ["xylophonic", "marmalade", Self.ana, "2025550101", "Ana", "Silva"] {
            #expect(!text.contains(content))
        }
    }

    /// Somebody writes, somebody is written to; when both are journalled, the metrics.
    private func exchange(_ simulator: SimulatorClient, _ socket: String) async throws -> String {
        let client = GatewayClient(.socket(path: socket))
        let events = try await client.events(after: try await client.head(), types: [], chat: nil)
        _ = try await simulator.say("xylophonic words", from: Self.ana)
        _ = try await client.submit(NativeSendRequest(to: Self.ana, text: "marmalade"), key: nil)
        var (hasLanded, created) = (false, 0)
        for try await event in events {
            if event.name == "message.created" { created += 1 }
            if event.name == "send.updated", event.data.contains("landed") { hasLanded = true }
            if hasLanded, created >= 2 { break }
        }
        return await GatewayMetrics.registry.scrape()
    }

    private func value(of sample: String, in text: String) -> Double {
        let line = text.split(separator: "\n").first { $0.hasPrefix(sample + " ") }
        return line.flatMap { Double($0.dropFirst(sample.count + 1)) } ?? 0
    }
}
