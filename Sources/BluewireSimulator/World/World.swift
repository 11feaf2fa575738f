//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

internal import BluewireModel
internal import GRDB

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// Everything the simulator knows and does, synchronously and on a given time; ``Simulation`` lends it out.
struct World: Sendable {
    let home: SimulatorHome
    let generation: Generation
    let seed: UInt64
    /// How much faster than life delivery, reading and typing go.
    let speed: Double
    let owner = SimulatedOwner()
    var store: SimulatedDatabase
    var random: SeededGenerator
    var people: [SimulatedPerson]
    var chats: [SimulatedChat]
    var faults = Faults()
    /// Faults for the next message only.
    var armed: FaultChange?
    var timeline = Timeline()
    var labels: LabelLog
    /// Who types, by chat guid.
    var typing: [String: [String]] = [:]
    /// Where we are shown as typing.
    var ownTyping: Set<String> = []
    var feed = Feed()
    /// The newest time seen; scheduled steps count from it.
    var lastNow = Timestamp(nanoseconds: 0)
    private let runs: UInt64

    /// Opens or creates the simulated home.
    init(home: SimulatorHome, generation: Generation, seed: UInt64, speed: Double) throws {
        try home.prepare()
        let marker = try SimulatorMarker.read(from: home)
        let kept = marker?.generation ?? generation
        self.home = home
        self.generation = kept
        self.seed = marker?.seed ?? seed
        self.speed = max(speed, 0.001)
        runs = (marker?.runs ?? 0) + 1
        people = marker?.people ?? []
        chats = marker?.chats ?? []
        random = SeededGenerator(seed: self.seed, stream: runs)
        labels = try LabelLog(path: home.labelsPath)
        // The marker is written before the database, so that no database of ours is ever found without one.
        try SimulatorMarker(seed: self.seed, generation: kept, runs: runs, people: people, chats: chats).write(to: home)
        store = try SimulatedDatabase(home: home, generation: kept)
    }

    /// Whether this home has just been created.
    var isNew: Bool { runs == 1 }

    /// Stores people and chats for the next start, and the address book for readers.
    func remember() throws {
        try SimulatorMarker(seed: seed, generation: generation, runs: runs, people: people, chats: chats)
            .write(to: home)
        try AddressBookWriter(home: home).write(people: people, owner: owner)
    }

    /// A pause as the speed factor shortens it.
    func scaled(_ duration: Duration) -> Duration { duration / speed }

    /// The faults for the next message; what was armed for it is spent.
    mutating func takeFaults() -> Faults {
        defer { armed = nil }
        return armed.map { faults.applying($0) } ?? faults
    }

    /// Does what some faults ask for after each change.
    mutating func settle(_ faults: Faults, at now: Timestamp) throws {
        if faults.checkpoint { store.checkpoint() }
        if faults.rotateSidecars { try store.rotateSidecars() }
        if faults.busyMs > 0 { try lockOut(for: .milliseconds(faults.busyMs), at: now) }
    }

    /// Locks others out of the database for a while.
    ///
    /// - Returns: false when a reader was attached and nobody could be locked out.
    @discardableResult
    mutating func lockOut(for duration: Duration, at now: Timestamp) throws -> Bool {
        guard try store.lockOut() else { return false }
        timeline.add(.unlock, at: now + duration)
        return true
    }

    /// The chat of a guid in any spelling, a bare identifier, or a person's address.
    func chat(_ reference: String) -> SimulatedChat? {
        if let exact = chats.first(where: { $0.guid == reference }) { return exact }
        let identifier = ChatGUID(rawValue: reference).identifier
        return chats.first { ChatGUID(rawValue: $0.guid).identifier == identifier }
    }

    /// The person of an address in any spelling.
    func person(_ address: String) -> SimulatedPerson? {
        let key = HandleKey(address)
        return people.first { HandleKey($0.address) == key }
    }

    /// Like ``chat(_:)``, refusing what does not exist.
    func requireChat(_ reference: String) throws -> SimulatedChat {
        guard let chat = chat(reference) else {
            throw SimulatorError(.notFound, "There is no such chat.", remedy: "GET /state lists the chats.")
        }
        return chat
    }
}

/// What marks a home as simulated and survives a restart.
struct SimulatorMarker: Sendable, Codable {
    var seed: UInt64
    var generation: Generation
    var runs: UInt64
    var people: [SimulatedPerson]
    var chats: [SimulatedChat]

    static func read(from home: SimulatorHome) throws -> SimulatorMarker? {
        guard let data = FileManager.default.contents(atPath: home.markerPath) else { return nil }
        do {
            return try JSONDecoder().decode(SimulatorMarker.self, from: data)
        } catch {
            throw SimulatorError(
                .notSimulated, "simulator.json in this folder cannot be read.",
                remedy: "Use a new folder, or delete this one."
            )
        }
    }

    func write(to home: SimulatorHome) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
        try encoder.encode(self).write(to: URL(fileURLWithPath: home.markerPath), options: .atomic)
    }
}
