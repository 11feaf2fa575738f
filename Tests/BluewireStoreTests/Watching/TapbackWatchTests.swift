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
        #expect(try driver.settle().tapbacks == ["-sticker@S1"])
    }

    /// A row that reacts; its GUID is its place in the sequence.
    struct Reaction: Sendable {
        var type: Int
        var handle: Int64 = 1
        var emoji: String?
        var target = "p:0/TARGET"
    }

    @Test(
        arguments: [
            // A removal that matches nothing takes no sticker off, but any exclusive kind.
            ([.init(type: 2007), .init(type: 3000)], ["0"]),
            ([.init(type: 1000), .init(type: 2001), .init(type: 3000)], ["0"]),
            ([.init(type: 2001), .init(type: 3007)], []),
            ([.init(type: 2006, emoji: "🔥"), .init(type: 3006, emoji: "🎉")], []),
            ([.init(type: 2007), .init(type: 2007), .init(type: 3007)], ["0"]),
            // An empty emoji, or one on a kind that has none, says nothing.
            ([.init(type: 2007), .init(type: 2007, emoji: "🔥"), .init(type: 3007, emoji: "")], ["0"]),
            // The whole message is no part of it; a balloon is its first.
            ([.init(type: 2000, target: "TARGET"), .init(type: 2001)], ["0", "1"]),
            ([.init(type: 2000, target: "TARGET"), .init(type: 3000)], ["0"]),
            ([.init(type: 2000, target: "TARGET"), .init(type: 3000, target: "p:-1/TARGET")], []),
            ([.init(type: 2000, target: "bp:TARGET"), .init(type: 2001)], ["1"]),
            // Others keep theirs.
            ([.init(type: 2000), .init(type: 2000, handle: 2), .init(type: 3000)], ["1"]),
            // Numbers that mean no tapback.
            ([.init(type: 2000), .init(type: 2008), .init(type: 3008), .init(type: 1001)], ["0"]),
        ] as [([Reaction], [String])])
    func eventsAndListingsAgreeOnWhatStands(_ reactions: [Reaction], _ standing: [String]) async throws {
        for (number, one) in reactions.enumerated() {
            driver.pass(.seconds(1))
            try react("\(number)", one.type, handle: one.handle, emoji: one.emoji, to: one.target)
        }
        var told: Set<String> = []
        for observation in try driver.settle() {
            switch observation {
            case .tapbackAdded(let tapback, _, _): told.insert(tapback.id.rawValue)
            case .tapbackRemoved(let tapback, _): told.remove(tapback.id.rawValue)
            default: continue
            }
        }
        let store = try MessageStore(
            ChatDatabase.Configuration(place: DatabasePlace(path: database.path), line: LineID(rawValue: "test")))
        let listed = try #require(try await store.message(MessageID(rawValue: "TARGET"))).tapbacks
        #expect(listed.map(\.id.rawValue).sorted() == standing)
        #expect(told.sorted() == standing)
    }

    @Test(arguments: [1001, 2008, 2999, 3008, 3999])
    func aTapbackOfAKindToComeIsNoText(_ type: Int) throws {
        try react("T1", type)
        let kinds = try driver.settle().compactMap { observation -> Message.Kind? in
            if case .created(let message, _) = observation { message.kind } else { nil }
        }
        #expect(kinds == [.notice])
    }

    @Test func aPollVoteIsAMessage() throws {
        try react("V1", 4000, to: "TARGET")
        #expect(try driver.settle().created == ["V1"])
    }
}
