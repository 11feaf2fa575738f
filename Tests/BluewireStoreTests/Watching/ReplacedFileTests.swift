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

@Suite struct ReplacedFileTests {
    let database: LiveDatabase
    let driver: SessionDriver

    init() throws {
        database = try LiveDatabase()
        driver = SessionDriver(database)
    }

    private func write(_ body: (Database) throws -> Void) throws {
        let writer = try database.open()
        try writer.edit(body)
        try writer.close()
    }

    private func say(_ guids: [String]) throws {
        try write { db in for guid in guids { try db.say(guid, "text " + guid, at: driver.now) } }
    }

    /// Puts another file at the path, with its sidecars gone.
    private func replace(with other: String) throws {
        for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: database.path + suffix) }
        try FileManager.default.moveItem(atPath: other, toPath: database.path)
    }

    private func copy() throws -> String {
        let path = database.folder.appendingPathComponent("copy-\(UUID().uuidString).db").path
        let writer = try database.open()
        try writer.writeWithoutTransaction { db in try db.execute(sql: "VACUUM INTO ?", arguments: [path]) }
        try writer.close()
        return path
    }

    @Test(arguments: [false, true]) func aVacuumedCopyGoesOnAsIfNothingHappened(isRunning: Bool) throws {
        try say(["OLD"])
        try driver.look()
        try say(["A", "B"])
        #expect(try driver.settle().created == ["A", "B"])
        if !isRunning { driver.close() }
        try replace(with: try copy())
        try say(["C"])
        if !isRunning { driver.restart() }
        let found = try driver.settle()
        #expect(found.created == ["C"])
        #expect(!found.contains(.gap(reason: "database_replaced")))
        #expect(found.deleted.isEmpty)
    }

    @Test(arguments: [false, true]) func anOlderSnapshotWhoseNumbersAreReusedLosesAndDoublesNothing(isRunning: Bool)
        throws
    {
        try say(["OLD"])
        try driver.look()
        try say(["A", "B"])
        try driver.settle()
        let snapshot = try copy()
        driver.pass(.seconds(60))
        try say(["C", "D", "E"])
        #expect(try driver.settle().created == ["C", "D", "E"])
        if !isRunning { driver.close() }
        try replace(with: snapshot)
        if isRunning { try driver.settle() }
        driver.pass(.seconds(30))
        try say(["F", "G", "H", "I"])
        if !isRunning { driver.restart() }
        #expect(try driver.settle().created == ["F", "G", "H", "I"])
        #expect(driver.observations.contains(.gap(reason: "database_replaced")))
        // What iCloud brings back under its own GUID is known.
        try say(["C"])
        #expect(try driver.settle().created.isEmpty)
        try write { db in try db.set("error = 3", of: "A") }
        #expect(try driver.settle().updates == ["A:error"])
    }

    @Test(arguments: ["ROWID + 1000", "5000 - ROWID", "-ROWID + 4"])
    func renumberedRowsAreRecognisedByTheirGUID(number: String) throws {
        try say(["OLD"])
        try driver.look()
        try say(["A", "B", "C"])
        try driver.settle()
        driver.close()
        let other = try copy()
        var configuration = Configuration()
        configuration.foreignKeysEnabled = false
        let queue = try DatabaseQueue(path: other, configuration: configuration)
        let shifted = number == "-ROWID + 4" ? "(SELECT MAX(ROWID) FROM message) + 1 - ROWID" : number
        try queue.edit { db in
            try db.execute(sql: "CREATE TEMP TABLE numbers AS SELECT ROWID AS old, \(shifted) AS new FROM message")
            try db.execute(sql: "UPDATE message SET ROWID = -ROWID")
            try db.execute(sql: "UPDATE message SET ROWID = (SELECT new FROM numbers WHERE old = -message.ROWID)")
            try db.execute(sql: "UPDATE chat_message_join SET message_id = -message_id")
            try db.execute(
                sql: "UPDATE chat_message_join SET message_id = (SELECT new FROM numbers WHERE old = -message_id)"
            )
        }
        try queue.close()
        try replace(with: other)
        driver.pass(.seconds(5))
        try say(["D"])
        try write { db in try db.say("LOW", "below", at: driver.now, row: 700) }
        driver.restart()
        let found = try driver.settle()
        #expect(Set(found.created) == ["D", "LOW"])
        #expect(found.updates.isEmpty)
        #expect(found.deleted.isEmpty)
    }

    @Test func sidecarsDeletedUnderAStoppedWriterDoNotBlind() throws {
        try say(["OLD"])
        try driver.look()
        for round in 0..<3 {
            for suffix in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: database.path + suffix) }
            // The writer of this test lives in our own process and would share the deleted log index.
            try driver.look(after: .seconds(1))
            try say(["R\(round)"])
            #expect(try driver.settle().created == ["R\(round)"])
        }
    }

    @Test func aWriterThatRestartsIsFollowed() throws {
        try say(["OLD"])
        try driver.look()
        for round in 0..<20 {
            if round % 3 == 2 { driver.restart() }
            try say(["R\(round)"])
        }
        #expect(try driver.settle().created == (0..<20).map { "R\($0)" })
    }

    @Test func checkpointsAreNoNews() throws {
        try say(["OLD"])
        try driver.look()
        let writer = try database.open()
        for round in 0..<10 {
            try writer.edit { db in try db.say("R\(round)", "text \(round)", at: driver.now) }
            try writer.writeWithoutTransaction { db in _ = try db.checkpoint(.truncate) }
            #expect(try driver.look(after: .milliseconds(20)).created == ["R\(round)"])
        }
    }
}
