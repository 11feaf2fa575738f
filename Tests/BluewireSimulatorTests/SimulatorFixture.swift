//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import BluewireTesting
import Foundation
import GRDB
import Testing

@testable import BluewireSimulator

/// A simulation in a folder of its own, on a clock that the test moves.
final class SimulatorFixture: Sendable {
    let home: SimulatorHome
    let clock: ManualClock
    let simulation: Simulation

    init(
        _ generation: Generation = .tahoe, seed: UInt64 = 7, withHistory: Bool = false, people: Bool = true
    ) throws {
        home = SimulatorHome(path: Self.freshFolder())
        clock = ManualClock()
        simulation = try Simulation(
            home: home, generation: generation, seed: seed, withHistory: withHistory, clock: clock
        )
        if people, !withHistory {
            try simulation.perform { world, _ in
                for person in Cast.people { try world.addPerson(person) }
                _ = try world.createChat(participants: Cast.family.members, name: "Family", isGroup: true)
            }
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: home.path) }

    static func freshFolder() -> String {
        "\(FileManager.default.temporaryDirectory.path)/bw-\(UUID().uuidString.prefix(13))"
    }

    /// A person says something in their direct chat, or in `chat`.
    @discardableResult
    func say(
        _ text: String, _ person: SimulatedPerson = Cast.ana, in chat: String? = nil, files: [Media] = []
    ) throws -> Receipt {
        try simulation.perform { world, now in
            try world.say(
                in: chat ?? person.address, as: person.address, MessageContent(text: text, files: files), at: now
            )
        }
    }

    /// We send something.
    @discardableResult
    func send(_ text: String, to person: SimulatedPerson = Cast.ana) throws -> Receipt {
        try simulation.perform { world, now in
            try world.send(MessageContent(text: text), to: .address(person.address), at: now)
        }
    }

    func arm(_ mischief: Mischief, _ options: MischiefOptions = MischiefOptions()) throws {
        try simulation.perform { world, now in _ = try world.mischief(mischief, options, at: now) }
    }

    /// A file attribute as a number.
    static func integer(_ value: Any?) -> Int? {
        (value as? NSNumber)?.intValue ?? (value as? any BinaryInteger).flatMap { Int(exactly: $0) }
    }

    func family() throws -> String {
        try #require(simulation.look { world in world.chats.first { $0.isGroup }?.guid })
    }

    /// Lets time pass in small steps, as it does in life.
    func pass(_ duration: Duration) throws {
        clock.advance(by: duration)
        try simulation.advance()
    }

    /// One row of a query on a connection of its own, as a reader sees it.
    func row(_ sql: String, _ arguments: StatementArguments = []) throws -> Row? {
        var configuration = Configuration()
        configuration.readonly = true
        let reader = try DatabaseQueue(path: home.databasePath, configuration: configuration)
        return try reader.read { db in try Row.fetchOne(db, sql: sql, arguments: arguments) }
    }

    func message(_ receipt: Receipt) throws -> Row {
        let guid = try #require(receipt.message)
        return try #require(try row("SELECT * FROM message WHERE guid = ?", [guid]))
    }

    func count(_ sql: String, _ arguments: StatementArguments = []) throws -> Int {
        try #require(try row(sql, arguments))[0]
    }
}
