//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireCodec
import BluewireModel
import BluewireTesting
import GRDB
import Testing

@testable import BluewireSimulator

@Suite
struct SendingTests {
    @Test(arguments: Generation.allCases)
    func aSendGoesThroughEveryStage(_ generation: Generation) throws {
        let fixture = try SimulatorFixture(generation)
        let receipt = try fixture.send("Hello Ana")
        let fresh = try fixture.message(receipt)
        #expect(fresh["is_finished"] == 0)
        #expect(fresh["is_sent"] == 0)
        #expect(fresh["is_from_me"] == 1)
        #expect(fresh["version"] == 10)
        try fixture.pass(.milliseconds(400))
        let sent = try fixture.message(receipt)
        #expect(sent["is_sent"] == 1)
        #expect(sent["is_finished"] == 1)
        #expect(sent["is_delivered"] == 0)
        try fixture.pass(.seconds(3))
        let delivered = try fixture.message(receipt)
        #expect(delivered["is_delivered"] == 1)
        let date: Int64 = delivered["date"]
        let deliveredAt: Int64 = delivered["date_delivered"]
        #expect((1_500_000_000...3_000_000_000).contains(deliveredAt - date))
        try fixture.pass(.seconds(10))
        let read = try fixture.message(receipt)
        #expect(read["is_read"] == 1)
        #expect(read["date_read"] > deliveredAt)
    }

    @Test
    func groupsAndTextMessagesEndAtSent() throws {
        let fixture = try SimulatorFixture()
        let sms = try fixture.send("Thanks", to: Cast.courier)
        let family = try fixture.family()
        let group = try fixture.simulation.perform { world, now in
            try world.send(MessageContent(text: "Hi all"), to: .chat(guid: family), at: now)
        }
        try fixture.pass(.seconds(30))
        for receipt in [sms, group] {
            let row = try fixture.message(receipt)
            #expect(row["is_sent"] == 1)
            #expect(row["is_delivered"] == 0)
            #expect(row["date_delivered"] == 0)
        }
        #expect(try fixture.message(sms)["service"] == "SMS")
        #expect(try fixture.message(group)["handle_id"] == 0)
        let rooms: String? = try fixture.message(group)["cache_roomnames"]
        #expect(rooms?.hasPrefix("chat") == true)
    }

    @Test
    func aNoteToSelfIsTwoRows() throws {
        let fixture = try SimulatorFixture()
        let receipt = try fixture.simulation.perform { world, now in
            try world.send(MessageContent(text: "Buy milk"), to: .address(world.owner.number), at: now)
        }
        try fixture.pass(.seconds(1))
        #expect(try fixture.count("SELECT COUNT(*) FROM message WHERE text = 'Buy milk'") == 2)
        #expect(try fixture.count("SELECT COUNT(*) FROM message WHERE is_from_me = 0") == 1)
        let labels = fixture.simulation.labels()
        #expect(labels.map(\.label) == [.new, .duplicate])
        #expect(labels[0].guid == receipt.message)
    }

    @Test
    func anUnreachableSimulatorWritesNothing() throws {
        let fixture = try SimulatorFixture()
        try fixture.arm(.failBefore)
        let error = #expect(throws: SimulatorError.self) { try fixture.send("Lost?") }
        #expect(error?.code == .unreachable)
        #expect(try fixture.count("SELECT COUNT(*) FROM message") == 0)
        try fixture.send("Second try")
        #expect(try fixture.count("SELECT COUNT(*) FROM message") == 1)
    }

    @Test(arguments: [(Mischief.failAfterAccept, 1), (.loseAfterAccept, 0)])
    func aCutConnectionLeavesTheRowOrNot(_ mischief: Mischief, _ rows: Int) throws {
        let fixture = try SimulatorFixture()
        try fixture.arm(mischief)
        let error = #expect(throws: SimulatorError.self) { try fixture.send("Which?") }
        #expect(error?.code == .cut)
        #expect(try fixture.count("SELECT COUNT(*) FROM message") == rows)
    }

    @Test
    func error22ComesSecondsAfterLanding() throws {
        let fixture = try SimulatorFixture()
        try fixture.arm(.error22, MischiefOptions(ms: 4_000))
        let receipt = try fixture.send("Anybody there?")
        try fixture.pass(.seconds(2))
        #expect(try fixture.message(receipt)["error"] == 0)
        #expect(try fixture.message(receipt)["is_sent"] == 1)
        try fixture.pass(.seconds(3))
        #expect(try fixture.message(receipt)["error"] == 22)
        #expect(try fixture.message(receipt)["is_delivered"] == 0)
        let failed = try fixture.row("SELECT value FROM kvtable WHERE key = 'lastFailedMessageRowID'")
        #expect(failed?[0] == receipt.row)
    }

    @Test
    func aGhostHasNeitherTextNorChat() throws {
        let fixture = try SimulatorFixture()
        try fixture.arm(.ghost)
        let receipt = try fixture.send("Into the void")
        #expect(receipt.message == nil)
        let row = try #require(try fixture.row("SELECT * FROM message"))
        let text: String? = row["text"]
        #expect(text == nil)
        #expect(try fixture.count("SELECT COUNT(*) FROM chat_message_join") == 0)
        #expect(fixture.simulation.labels().map(\.kind) == ["ghost"])
    }

    @Test
    func theWrongPolarityIsTakenAndSentNowhere() throws {
        let fixture = try SimulatorFixture()
        let receipt = try fixture.simulation.perform { world, now in
            let wrong = world.chats.first { $0.isGroup }?.guid.replacing(";+;", with: ";-;") ?? ""
            return try world.send(MessageContent(text: "Hm"), to: .chat(guid: wrong), at: now)
        }
        #expect(receipt.message == nil)
        #expect(try fixture.count("SELECT COUNT(*) FROM chat_message_join") == 0)
    }

    @Test
    func slowDeliveryIsSlow() throws {
        let fixture = try SimulatorFixture()
        try fixture.arm(.slowDelivery, MischiefOptions(ms: 20_000))
        let receipt = try fixture.send("Patience")
        try fixture.pass(.seconds(10))
        #expect(try fixture.message(receipt)["is_delivered"] == 0)
        try fixture.pass(.seconds(20))
        #expect(try fixture.message(receipt)["is_delivered"] == 1)
    }
}
