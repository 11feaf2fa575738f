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

@Suite struct TapbackWatchTests {
    let database: LiveDatabase
    let driver: SessionDriver
    let writer: DatabaseQueue

    init() throws {
        database = try LiveDatabase()
        writer = try database.open()
        driver = SessionDriver(database)
        try writer.edit { db in try db.say("TARGET", at: driver.now) }
        try driver.look()
    }

    private func react(
        _ guid: String, _ type: Int, handle: Int64 = 1, emoji: String? = nil, to target: String = "p:0/TARGET"
    ) throws {
        try writer.edit { db in
            try db.say(
                guid, "Liked …", handle: handle, at: driver.now,
                ["associated_message_type": type, "associated_message_guid": target, "associated_message_emoji": emoji]
            )
        }
    }

    @Test func aTapbackIsNoMessage() throws {
        try react("T1", 2001)
        let found = try driver.settle()
        #expect(found.tapbacks == ["+like@T1"])
        #expect(found.created.isEmpty)
    }

    @Test func aRemovalRowAndTheDeletionOfTheAddingRowAreOneEvent() throws {
        try react("T1", 2000)
        try driver.settle()
        try writer.edit { db in try db.execute(sql: "DELETE FROM message WHERE guid = 'T1'") }
        try react("T2", 3000)
        #expect(try driver.settle().tapbacks == ["-love@T1"])
        #expect(driver.observations.deleted.isEmpty)
    }

    @Test func aDeletionAloneTakesTheTapbackOffAlsoAfterARestart() throws {
        try react("T1", 2003)
        try driver.settle()
        driver.restart()
        try writer.edit { db in try db.execute(sql: "DELETE FROM message WHERE guid = 'T1'") }
        let found = try driver.settle()
        #expect(found.tapbacks == ["-laugh@T1"])
        #expect(found.deleted.isEmpty)
    }

    @Test func aNewerTapbackOfTheSameSenderReplacesTheOlder() throws {
        try react("T1", 2000)
        try react("U1", 2000, handle: 2)
        try driver.settle()
        try react("T2", 2006, emoji: "🔥")
        try writer.edit { db in try db.execute(sql: "DELETE FROM message WHERE guid = 'T1'") }
        #expect(try driver.settle().tapbacks == ["-love@T1", "+emoji@T2"])
    }

    @Test func stickersAccumulate() throws {
        try react("S1", 2007)
        try react("S2", 1000, to: "bp:TARGET")
        try react("S3", 2007, to: "TARGET")
        #expect(try driver.settle().tapbacks == ["+sticker@S1", "+placedSticker@S2", "+sticker@S3"])
        try react("S4", 3007)
        #expect(try driver.settle().tapbacks == ["-sticker@S3"])
    }

    @Test func aPollVoteIsAMessage() throws {
        try react("V1", 4000, to: "TARGET")
        #expect(try driver.settle().created == ["V1"])
    }
}
