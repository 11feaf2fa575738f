//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel
internal import Synchronization

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// A simulated Messages account: the database, its people and its faults, on an injected clock.
///
/// Every operation is synchronous and short: SQLite writes of a few rows behind one lock. The caller moves time with
/// ``advance()``; the server does so whenever something is due.
package final class Simulation: Sendable {
    private let world: Mutex<World>
    private let clock: any WallClock
    private let wakeUps = Mutex<[Int: AsyncStream<Void>.Continuation]>([:])
    private let listeners = Mutex(0)

    /// Opens or creates a simulated home.
    ///
    /// - Parameters:
    ///   - generation: ignored where a home exists already; so is the seed.
    ///   - withHistory: whether a new home gets the people of the demonstration and their past.
    package init(
        home: SimulatorHome, generation: Generation = .tahoe, seed: UInt64 = 1, speed: Double = 1,
        withHistory: Bool = true, clock: any WallClock
    ) throws {
        var world = try World(home: home, generation: generation, seed: seed, speed: speed)
        world.lastNow = clock.now
        if world.isNew, withHistory {
            try world.seedHistory(at: clock.now)
        } else {
            try world.remember()
        }
        self.world = Mutex(world)
        self.clock = clock
    }

    /// Does one thing at the present time, everything that is due before it first.
    func perform<Value>(_ body: (inout World, Timestamp) throws -> Value) throws -> Value where Value: Sendable {
        defer { wake() }
        let now = clock.now
        return try world.withLock { world in
            try world.advance(to: now)
            return try body(&world, now)
        }
    }

    /// Looks at the world without changing it.
    func look<Value: Sendable>(_ body: (World) throws -> Value) rethrows -> Value {
        try world.withLock { world in try body(world) }
    }

    /// Replaces all lasting faults.
    func set(_ faults: Faults) {
        world.withLock { $0.faults = faults }
    }

    /// Does everything that is due.
    ///
    /// - Returns: when the next step is due; nil when nothing is planned.
    @discardableResult
    package func advance() throws -> Timestamp? {
        let now = clock.now
        let (next, changed) = try world.withLock { world in
            let before = world.feed.last
            try world.advance(to: now)
            return (world.timeline.nextDue, world.feed.last != before)
        }
        if changed { wake() }
        return next
    }

    /// Moves time whenever something is due, until cancelled.
    package func run() async throws {
        while !Task.isCancelled {
            // Listening begins before the look at what is due, so that nothing planned in between is slept over.
            try await withWakeUps { wakeUps in
                let due = try advance()
                await wait(for: wakeUps, atMost: due.map { $0 - clock.now })
            }
        }
    }

    /// Waits until something happens or the time is up, for ever when there is no limit; returns when cancelled.
    func wait(for wakeUps: AsyncStream<Void>, atMost limit: Duration?) async {
        let clock = clock
        await withTaskGroup(of: Void.self) { group in
            group.addTask { for await _ in wakeUps { return } }
            if let limit { group.addTask { try? await clock.sleep(for: limit) } }
            await group.next()
            group.cancelAll()
        }
    }

    /// The labels of rows numbered above `row`.
    package func labels(after row: Int64 = 0) -> [RowLabel] {
        look { world in world.labels.labels.filter { $0.row > row } }
    }

    /// Lends a stream that yields whenever something happened; several happenings may yield once.
    package func withWakeUps<Value>(_ body: (AsyncStream<Void>) async throws -> Value) async rethrows -> Value {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let id = listeners.withLock { count in
            count += 1
            return count
        }
        wakeUps.withLock { $0[id] = continuation }
        defer {
            _ = wakeUps.withLock { $0.removeValue(forKey: id) }
            continuation.finish()
        }
        return try await body(stream)
    }

    private func wake() {
        for continuation in wakeUps.withLock({ Array($0.values) }) { continuation.yield() }
    }

    /// Closes the database.
    package func close() throws {
        try world.withLock { world in try world.store.close() }
    }
}
