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

@Suite
struct MischiefTests {
    @Test
    func backfillIsOldMixedAndLabelled() throws {
        let fixture = try SimulatorFixture()
        try fixture.arm(.backfill, MischiefOptions(count: 60))
        let labels = fixture.simulation.labels()
        #expect(labels.filter { $0.label == .backfill }.count == 54)
        #expect(labels.filter { $0.label == .late }.count == 6)
        let now = fixture.clock.now
        var ages: [Duration] = []
        for label in labels where label.label == .backfill {
            let row = try #require(try fixture.row("SELECT * FROM message WHERE guid = ?", [label.guid]))
            #expect(row["is_read"] == 1)
            let date: Int64 = row["date"]
            ages.append(now - Timestamp(nanoseconds: date + 978_307_200 * 1_000_000_000))
        }
        #expect(ages.allSatisfy { $0 >= .seconds(79 * 60) })
        #expect(ages.contains { $0 > .seconds(365 * 86_400) })
        #expect(ages.contains { $0 < .seconds(86_400) })
        #expect(Set(labels.map(\.guid)).count == 60)
    }

    @Test
    func everyRowHasALabel() throws {
        let fixture = try SimulatorFixture()
        let said = try fixture.say("one")
        try fixture.send("two")
        try fixture.arm(.backfill, MischiefOptions(count: 10))
        try fixture.arm(.lateMessage)
        try fixture.arm(.orphan)
        try fixture.arm(.duplicateSelf, MischiefOptions(chat: said.chat))
        let labels = fixture.simulation.labels()
        #expect(try fixture.count("SELECT COUNT(*) FROM message") == labels.count)
        #expect(Set(labels.map(\.kind)) == ["say", "send", "backfill", "late", "orphan", "duplicate"])
        let reopened = try LabelLog(path: fixture.home.labelsPath)
        #expect(reopened.labels == labels)
    }

    @Test
    func aDuplicateRepeatsTheNewestMessage() throws {
        let fixture = try SimulatorFixture()
        let said = try fixture.say("Only once")
        try fixture.arm(.duplicateSelf, MischiefOptions(chat: said.chat))
        #expect(try fixture.count("SELECT COUNT(*) FROM message WHERE text = 'Only once'") == 2)
        #expect(try fixture.count("SELECT COUNT(DISTINCT date) FROM message WHERE text = 'Only once'") == 1)
        #expect(fixture.simulation.labels().last?.label == .duplicate)
    }

    @Test
    func orphansBelongNowhere() throws {
        let fixture = try SimulatorFixture()
        try fixture.arm(.orphan, MischiefOptions(count: 3))
        #expect(try fixture.count("SELECT COUNT(*) FROM message") == 3)
        #expect(try fixture.count("SELECT COUNT(*) FROM chat_message_join") == 0)
    }

    @Test
    func rotationRecreatesTheSidecars() throws {
        let fixture = try SimulatorFixture()
        try fixture.say("before")
        let log = fixture.home.databasePath + "-wal"
        let before = try inode(log)
        // Held open, the old log keeps its inode, so that the new one cannot get the same.
        let held = try #require(FileHandle(forReadingAtPath: log))
        try fixture.simulation.perform { world, _ in
            try world.store.close()
            #expect(!FileManager.default.fileExists(atPath: log))
            try world.store.rotateSidecars()
        }
        try fixture.say("after")
        let after = try inode(log)
        #expect(after != before)
        try held.close()
        #expect(try fixture.count("SELECT COUNT(*) FROM message") == 2)
    }

    private func inode(_ path: String) throws -> Int {
        let value = try FileManager.default.attributesOfItem(atPath: path)[.systemFileNumber]
        return try #require(SimulatorFixture.integer(value))
    }

    @Test
    func aCheckpointTruncatesTheLog() throws {
        let fixture = try SimulatorFixture()
        try fixture.say("frames")
        try fixture.arm(.checkpoint)
        let attributes = try FileManager.default.attributesOfItem(atPath: fixture.home.databasePath + "-wal")
        #expect(SimulatorFixture.integer(attributes[.size]) == 0)
    }

    @Test
    func aLockedDatabaseIsBusyForAWhile() throws {
        let fixture = try SimulatorFixture()
        try fixture.say("before")
        try fixture.arm(.busy, MischiefOptions(ms: 1_000))
        let error = #expect(throws: DatabaseError.self) { try fixture.count("SELECT COUNT(*) FROM message") }
        #expect(error?.resultCode == .SQLITE_BUSY)
        try fixture.say("the writer still writes")
        try fixture.pass(.seconds(2))
        #expect(try fixture.count("SELECT COUNT(*) FROM message") == 2)
    }

    @Test(arguments: [Mischief.replaceCopy, .replaceRenumbered])
    func aReplacedDatabaseHasTheSameMessages(_ kind: Mischief) throws {
        let fixture = try SimulatorFixture()
        let first = try fixture.say("first")
        let last = try fixture.say("last", files: [Media.photo(variant: 2)])
        let before = try inode(fixture.home.databasePath)
        try fixture.arm(kind)
        let after = try inode(fixture.home.databasePath)
        #expect(after != before)
        let rows: [Int64] = try [first, last].map { try fixture.message($0)["ROWID"] }
        #expect((rows[0] < rows[1]) == (kind == .replaceCopy))
        for receipt in [first, last] {
            let joined = try fixture.count(
                """
                SELECT COUNT(*) FROM chat_message_join j JOIN message m ON m.ROWID = j.message_id
                WHERE m.guid = ? AND j.message_date = m.date
                """, [receipt.message]
            )
            #expect(joined == 1)
        }
        #expect(
            try fixture.count(
                "SELECT COUNT(*) FROM message_attachment_join a JOIN message m ON m.ROWID = a.message_id WHERE m.text LIKE '%last'"
            ) == 1)
        let next = try fixture.say("next")
        #expect(try fixture.message(next)["ROWID"] > max(rows[0], rows[1]))
    }

    @Test
    func anOlderSnapshotReusesRowNumbers() throws {
        let fixture = try SimulatorFixture()
        try fixture.say("kept")
        try fixture.arm(.snapshot)
        let lost = try fixture.say("lost")
        _ = try fixture.simulation.perform { world, _ in
            try world.addPerson(SimulatedPerson(name: "Late Comer", address: "+12025550177"))
        }
        try fixture.arm(.replaceOlder)
        #expect(try fixture.count("SELECT COUNT(*) FROM message") == 1)
        let new = try fixture.say("new")
        #expect(new.row == lost.row)
        let comer = SimulatedPerson(name: "Late Comer", address: "+12025550177")
        let back = try fixture.message(try fixture.say("I am back", comer))
        #expect(back["is_finished"] == 1)
    }

    @Test
    func faultsStayUntilChangedAndArmedOnesStrikeOnce() throws {
        let fixture = try SimulatorFixture()
        var change = FaultChange()
        change.noBody = true
        change.lateJoinMs = -5
        let faults = Faults().applying(change)
        #expect(faults.noBody)
        #expect(faults.lateJoinMs == 0)
        fixture.simulation.set(faults)
        try fixture.say("a")
        try fixture.say("b")
        #expect(try fixture.count("SELECT COUNT(*) FROM message WHERE attributedBody IS NULL") == 2)
        fixture.simulation.set(Faults())
        try fixture.say("c")
        #expect(try fixture.count("SELECT COUNT(*) FROM message WHERE attributedBody IS NULL") == 2)
    }

    @Test
    func theSameSeedTellsTheSameStory() throws {
        func story(_ seed: UInt64) throws -> [RowLabel] {
            let fixture = try SimulatorFixture(seed: seed, withHistory: true)
            try fixture.say("Hello")
            try fixture.send("Hi")
            try fixture.arm(.backfill, MischiefOptions(count: 12))
            _ = try fixture.simulation.perform { world, now in try world.play(.day, at: now) }
            try fixture.pass(.seconds(900))
            return fixture.simulation.labels()
        }
        let one = try story(11)
        let same = try story(11)
        let other = try story(12)
        #expect(same == one)
        #expect(other.map(\.guid) != one.map(\.guid))
        #expect(one.filter { $0.kind == "say" }.count == 1 + Cast.day.count)
    }

    @Test
    func aRestartKeepsPeopleAndNamesNewRowsAnew() throws {
        let fixture = try SimulatorFixture(withHistory: true)
        let first = fixture.simulation.labels()
        try fixture.simulation.close()
        let again = try Simulation(home: fixture.home, seed: 99, clock: fixture.clock)
        #expect(again.labels() == first)
        let receipt = try again.perform { world, now in
            return try world.say(in: Cast.ana.address, as: nil, MessageContent(text: "Again"), at: now)
        }
        #expect(again.look { $0.people } == Cast.people)
        let named = try #require(receipt.message)
        #expect(!first.map(\.guid).contains(named))
        #expect(again.labels().count == first.count + 1)
        try again.close()
    }
}
