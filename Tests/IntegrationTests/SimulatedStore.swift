//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import BluewireSimulator
import BluewireStore
import BluewireTesting
import Foundation

/// Boots a simulator and lends its client and a store over its database.
func withSimulatedStore(
    _ generation: Generation,
    _ body: @escaping @Sendable (SimulatorClient, MessageStore, ManualClock) async throws -> Void
) async throws {
    let folder = "\(FileManager.default.temporaryDirectory.path)/bw-\(UUID().uuidString.prefix(13))"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let configuration = SimulatorServer.Configuration(home: folder, seed: 5, generation: generation)
    let clock = ManualClock()
    let (ready, signal) = AsyncStream.makeStream(of: Void.self)
    try await withThrowingTaskGroup(of: Bool.self) { group in
        group.addTask {
            defer { signal.finish() }
            try await SimulatorServer(configuration, clock: clock).run { signal.yield() }
            return false
        }
        group.addTask {
            for await _ in ready { break }
            let home = configuration.home
            let store = try MessageStore(
                ChatDatabase.Configuration(
                    place: DatabasePlace(path: home.databasePath, home: home.path), line: LineID(rawValue: "sim"),
                    contacts: ContactBook(path: home.addressBookPath)
                )
            )
            try await body(SimulatorClient(socketPath: configuration.socketPath), store, clock)
            return true
        }
        while let isDone = try await group.next(), !isDone {}
        group.cancelAll()
    }
}
