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

@Suite struct WatchSessionTests {
    let database: LiveDatabase
    let driver: SessionDriver
    let writer: DatabaseQueue

    init() throws {
        database = try LiveDatabase()
        writer = try database.open()
        driver = SessionDriver(database)
    }

    /// Takes the baseline with one old message in place.
    private func begin() throws {
        try writer.edit { db in try db.say("OLD", at: driver.now - .seconds(3600)) }
        #expect(try driver.look().isEmpty)
    }

    @Test func aLateMessageThatIsReadWhileTheGatewayRestartsStaysLate() throws {
        let database = try LiveDatabase()
        let driver = SessionDriver(database)
        let writer = try database.open()
        try driver.look()
        try driver.look(after: .seconds(5))
        try writer.edit { db in
            try db.say("LATE", at: driver.now - .seconds(3600))
            try db.say("NEW", "other", handle: 2, at: driver.now)
        }
        try driver.look()
        try writer.edit { db in
            try db.set("is_read = 1, date_read = \(raw(driver.now + .milliseconds(100)))", of: "LATE")
        }
        // Another message moves the stored position past the moment of reading.
        driver.pass(.milliseconds(400))
        try writer.edit { db in try db.say("MORE", "another", handle: 2, at: driver.now) }
        try driver.look()
        #expect(driver.observations.created == ["NEW", "MORE"])
        driver.restart()
        try driver.settle()
        #expect(driver.observations.arrivals == ["NEW": .new, "MORE": .new, "LATE": .late])
    }

    @Test func theFirstStartReportsNothingOfHistory() throws {
        try begin()
        #expect(try driver.settle().isEmpty)
        #expect(driver.state != nil)
    }

    @Test func newRowsAreReportedOnceInOrder() throws {
        try begin()
        try writer.write { db in
            for index in 1...5 { try db.say("G\(index)", "text \(index)", at: driver.now) }
        }
        let found = try driver.look()
        #expect(found.created == ["G1", "G2", "G3", "G4", "G5"])
        #expect(found.arrivals.values.allSatisfy { $0 == .new })
        #expect(try driver.settle().created.isEmpty)
    }

    @Test func aRowWithoutAChatFollowsItsJoinAtOnce() throws {
        try begin()
        let row = try writer.write { db in try db.say("LATE", chat: nil, at: driver.now) }
        #expect(try driver.look().created.isEmpty)
        #expect(try driver.look(after: .milliseconds(40)).created.isEmpty)
        try writer.write { db in try db.join(row, chat: 1) }
        #expect(try driver.look().created == ["LATE"])
    }

    @Test func aRowThatNeverGetsAChatIsParkedAndFollowsItsJoinWithinTenMinutes() throws {
        try begin()
        let row = try writer.write { db in try db.say("ORPHAN", chat: nil, at: driver.now) }
        try driver.look()
        try driver.look(after: .seconds(6))
        #expect(driver.session.parkedCount(at: driver.time) == 1)
        try writer.edit { db in try db.say("NEXT", handle: 2, at: driver.now) }
        #expect(try driver.look().created == ["NEXT"])
        driver.restart()
        try driver.look(after: .seconds(300))
        #expect(driver.session.parkedCount(at: driver.time) == 1)
        try writer.edit { db in try db.join(row, chat: 2) }
        #expect(try driver.look().created == ["ORPHAN"])
        #expect(driver.session.parkedCount(at: driver.time) == 0)
    }

    @Test func aRowWithoutAChatIsGivenUpAfterTenMinutesAndStillFoundByTheSlowTier() throws {
        try begin()
        let row = try writer.write { db in try db.say("ORPHAN", chat: nil, at: driver.now) }
        try driver.look()
        try driver.look(after: .seconds(601))
        #expect(driver.session.parkedCount(at: driver.time) == 0)
        try writer.edit { db in try db.join(row, chat: 1) }
        #expect(try driver.settle().created == ["ORPHAN"])
    }

    @Test func anUnjoinedRowHoldsItsHandleForAQuarterOfASecondAndNothingElse() throws {
        try begin()
        try writer.edit { db in
            try db.say("A", chat: nil, handle: 1, at: driver.now)
            try db.say("B", handle: 1, at: driver.now)
            try db.say("C", chat: 2, handle: 2, at: driver.now)
        }
        #expect(try driver.look().created == ["C"])
        #expect(try driver.look(after: .milliseconds(200)).created.isEmpty)
        #expect(try driver.look(after: .milliseconds(60)).created == ["B"])
    }

    @Test func anEmptyRowIsReportedAfterTwoSecondsAndCompletedByAnUpdate() throws {
        try begin()
        try writer.edit { db in try db.say("EMPTY", nil, at: driver.now) }
        #expect(try driver.look(after: .milliseconds(1_900)).created.isEmpty)
        try driver.look()
        #expect(try driver.look(after: .seconds(2)).created == ["EMPTY"])
        try writer.edit { db in try db.set("text = 'there it is'", of: "EMPTY") }
        #expect(try driver.settle().updates == ["EMPTY:body"])
    }

    @Test func aBodyThatComesInTimeIsPartOfTheFirstReport() throws {
        try begin()
        try writer.edit { db in try db.say("BODY", nil, at: driver.now) }
        #expect(try driver.look().created.isEmpty)
        try writer.edit { db in try db.set("text = 'now'", of: "BODY") }
        #expect(try driver.look(after: .milliseconds(40)).created == ["BODY"])
        #expect(try driver.settle().updates.isEmpty)
    }

    @Test func anAttachmentThatIsExpectedIsWaitedForAndItsTransferIsAnUpdate() throws {
        try begin()
        let row = try writer.write { db in
            try db.say("PHOTO", "\u{FFFC}", at: driver.now, ["cache_has_attachments": 1])
        }
        #expect(try driver.look().created.isEmpty)
        try writer.edit { db in
            try db.execute(sql: "INSERT INTO attachment (guid, transfer_state) VALUES ('ATT', 3)")
            try db.execute(
                sql: "INSERT INTO message_attachment_join VALUES (?, ?)", arguments: [row, db.lastInsertedRowID])
        }
        #expect(try driver.look(after: .milliseconds(350)).created == ["PHOTO"])
        try writer.edit { db in try db.execute(sql: "UPDATE attachment SET transfer_state = 5, filename = '~/x.heic'") }
        #expect(try driver.settle().updates == ["PHOTO:attachments"])
    }

    @Test(arguments: [
        ("is_delivered = 1, date_delivered = 700000000000000001", "delivered"),
        ("is_read = 1, date_read = 700000000000000002", "read"),
        ("date_edited = 700000000000000003, text = 'changed it'", "edited+body"),
        ("date_edited = 700000000000000004, text = NULL, attributedBody = NULL, part_count = 0", "unsent+body"),
        ("error = 22", "error"), ("is_from_me = 1", "isFromMe"), ("is_sent = 1", "status"),
        ("was_downgraded = 1", "status"),
        ("payload_data = x'00'", "balloon"),
    ])
    func aChangedRowIsReportedByName(change: (sql: String, name: String)) throws {
        try begin()
        try writer.edit { db in try db.say("M", at: driver.now) }
        try driver.settle()
        try writer.edit { db in try db.set(change.sql, of: "M") }
        #expect(try driver.look(after: .milliseconds(20)).updates == ["M:" + change.name])
        #expect(try driver.settle().updates.isEmpty)
    }

    @Test func anOldRowWithinTheWeekIsFoundByTheSlowTier() throws {
        try writer.edit { db in
            for index in 0..<600 { try db.say("W\(index)", at: driver.now - .seconds(3 * 24 * 3600)) }
        }
        try driver.look()
        try writer.edit { db in try db.set("error = 4", of: "W3") }
        #expect(try driver.settle().updates == ["W3:error"])
    }

    @Test func deletionsAreReportedFromTombstonesAndRecentlyDeleted() throws {
        try begin()
        let moved = try writer.write { db in
            try db.say("GONE", at: driver.now)
            return try db.say("MOVED", at: driver.now)
        }
        try driver.look()
        try writer.edit { db in try db.execute(sql: "DELETE FROM message WHERE guid = 'GONE'") }
        #expect(try driver.settle().deleted == ["GONE"])
        try writer.edit { db in
            try db.execute(sql: "DELETE FROM chat_message_join WHERE message_id = ?", arguments: [moved])
            try db.execute(sql: "INSERT INTO chat_recoverable_message_join VALUES (1, ?, 5)", arguments: [moved])
        }
        #expect(try driver.settle().deleted == ["MOVED"])
        try writer.edit { db in
            try db.execute(sql: "DELETE FROM chat_recoverable_message_join")
            try db.join(moved, chat: 1)
        }
        #expect(try driver.settle().updates == ["MOVED:recovered"])
    }

    @Test func aScheduledMessageIsReportedWhenItIsSent() throws {
        try begin()
        try writer.edit { db in
            try db.say(
                "LATER", at: driver.now + .seconds(7200), ["schedule_type": 2, "schedule_state": 1, "is_from_me": 1]
            )
        }
        #expect(try driver.settle().created.isEmpty)
        driver.restart()
        try driver.look(after: .seconds(7200))
        try writer.edit { db in
            try db.set("schedule_state = 2, is_sent = 1, date = \(raw(driver.now))", of: "LATER")
        }
        #expect(try driver.settle().created == ["LATER"])
    }

    @Test func chatsAreReportedOnceAndWhenTheyChange() throws {
        try begin()
        try writer.edit { db in
            try db.execute(
                sql: """
                    INSERT INTO handle (ROWID, id, service) VALUES (3, '+15550003', 'iMessage');
                    INSERT INTO chat (ROWID, guid, style, chat_identifier, service_name)
                      VALUES (3, 'iMessage;-;+15550003', 45, '+15550003', 'iMessage');
                    INSERT INTO chat_handle_join VALUES (3, 3)
                    """
            )
            try db.say("HI", chat: 3, handle: 3, at: driver.now)
        }
        let found = try driver.look()
        #expect(found.chats == ["created iMessage;-;+15550003"])
        if case .chatCreated = found.first {} else { Issue.record("the chat comes before its message") }
        try driver.settle()
        try writer.edit { db in try db.execute(sql: "UPDATE chat SET display_name = 'Team' WHERE ROWID = 2") }
        #expect(try driver.settle().chats == ["updated iMessage;+;chat77"])
    }

    @Test func aRestartCatchesUpFromWhatWasCommitted() throws {
        try begin()
        try writer.edit { db in try db.say("ONE", at: driver.now) }
        try driver.look()
        try writer.edit { db in try db.say("TWO", at: driver.now) }
        #expect(try driver.look(committing: false).created == ["TWO"])
        driver.restart()
        try writer.edit { db in
            try db.say("THREE", at: driver.now)
            try db.set("error = 7", of: "ONE")
        }
        let found = try driver.settle()
        #expect(found.created == ["TWO", "THREE"])
        #expect(found.updates == ["ONE:error"])
    }

    @Test func anotherFingerprintVersionBaselinesSilently() throws {
        try begin()
        try writer.edit { db in try db.say("ONE", at: driver.now) }
        try driver.look()
        var state = try #require(driver.state)
        var checkpoint = try #require(WatchCheckpoint(bytes: state.checkpoint))
        checkpoint.fingerprintVersion = 0
        state.checkpoint = checkpoint.bytes
        driver.restart(from: state)
        try writer.edit { db in
            try db.set("error = 7", of: "ONE")
            try db.say("TWO", at: driver.now)
        }
        let found = try driver.settle()
        #expect(found.created == ["TWO"])
        #expect(found.updates.isEmpty)
    }

    @Test func aMissingFileIsALineThatIsDown() throws {
        try begin()
        try writer.close()
        let aside = database.path + ".aside"
        try FileManager.default.moveItem(atPath: database.path, toPath: aside)
        #expect(try driver.look(after: .seconds(1)) == [.line(state: "down", reason: "database_missing")])
        #expect(try driver.look(after: .seconds(5)).isEmpty)
        try FileManager.default.moveItem(atPath: aside, toPath: database.path)
        #expect(try driver.look(after: .seconds(1)).first == .line(state: "up", reason: nil))
    }
}
