//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import BluewireTransport
import Foundation
import GRDB
import Testing

@testable import BluewireStore

/// Random interleavings of inserts, late joins, late bodies, updates, deletions, crashes and replaced files.
@Suite struct WatchPropertyTests {
    /// A small generator that replays.
    struct Dice: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9e37_79b9_7f4a_7c15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
            return mixed ^ (mixed >> 31)
        }
    }

    @Test(arguments: 1...24) func everyGUIDOnceAndTheLastSnapshotIsTheDatabase(seed: UInt64) throws {
        var dice = Dice(state: seed)
        let database = try LiveDatabase()
        let driver = SessionDriver(database)
        var writer = try database.open()
        try driver.look()
        var guids: [String] = []
        var unjoined: [Int64] = []
        var deleted: Set<String> = []
        for step in 0..<60 {
            let guid = "S\(seed)-\(step)"
            switch Int.random(in: 0..<12, using: &dice) {
            case 0...3:
                try writer.edit { db in try db.say(guid, "text \(step)", handle: Int64(step % 2 + 1), at: driver.now) }
                guids.append(guid)
            case 4:
                let row = try writer.write { db in try db.say(guid, "late \(step)", chat: nil, at: driver.now) }
                unjoined.append(row)
                guids.append(guid)
            case 5:
                try writer.edit { db in try db.say(guid, nil, at: driver.now) }
                guids.append(guid)
            case 6 where !unjoined.isEmpty:
                let row = unjoined.removeFirst()
                try writer.edit { db in try db.join(row, chat: 2) }
            case 7, 8:
                guard let one = guids.randomElement(using: &dice), !deleted.contains(one) else { continue }
                let change = [
                    "is_read = 1, date_read = \(step + 700_000_000)", "error = \(step)",
                    "text = 'edited \(String(repeating: "x", count: step))'",
                ]
                .randomElement(using: &dice)
                try writer.edit { db in try db.set(change ?? "", of: one) }
            case 9:
                // Killed after a look of which nothing was committed.
                try driver.look(committing: Bool.random(using: &dice))
                driver.restart()
            case 10 where Int.random(in: 0..<4, using: &dice) == 0:
                try writer.close()
                driver.close()
                let copy = database.folder.appendingPathComponent("copy.db").path
                let source = try database.open()
                try source.writeWithoutTransaction { db in try db.execute(sql: "VACUUM INTO ?", arguments: [copy]) }
                try source.close()
                try FileManager.default.removeItem(atPath: database.path)
                try FileManager.default.moveItem(atPath: copy, toPath: database.path)
                writer = try database.open()
                driver.restart()
            default:
                try driver.look(after: .milliseconds(Int.random(in: 0...400, using: &dice)))
            }
        }
        for row in unjoined { try writer.edit { db in try db.join(row, chat: 1) } }
        try driver.look(after: .seconds(3))
        try driver.settle()
        try driver.settle()
        #expect(driver.observations.created.sorted() == guids.sorted(), "seed \(seed)")
        deleted.formUnion(driver.observations.deleted)
        #expect(deleted.isEmpty)
        let last = driver.observations.lastMessages
        let connection = try WatchConnection(driver.session.configuration)
        let now = try connection.read { db in
            try connection.hydrator.messages(
                rows: Int64.fetchAll(db, sql: "SELECT ROWID FROM message").map { RowID(rawValue: $0) }, in: db
            )
        }
        for message in now { #expect(last[message.id.rawValue] == message, "seed \(seed)") }
    }
}

extension [Observation] {
    /// The newest snapshot of every message.
    fileprivate var lastMessages: [String: Message] {
        reduce(into: [:]) { found, one in
            switch one {
            case .created(let message, _), .updated(let message, _, _): found[message.id.rawValue] = message
            default: break
            }
        }
    }
}
