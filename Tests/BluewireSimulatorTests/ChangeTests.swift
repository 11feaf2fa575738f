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

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

@Suite
struct ChangeTests {
    private func react(
        _ fixture: SimulatorFixture, _ target: Receipt, _ kind: Tapback.Kind, emoji: String? = nil,
        remove: Bool = false, by address: String? = Cast.ana.address
    ) throws -> Receipt {
        let order = TapbackOrder(
            target: try #require(target.message), part: 0, kind: kind, emoji: emoji, isRemoval: remove, address: address
        )
        return try fixture.simulation.perform { world, now in try world.react(order, at: now) }
    }

    private func summary(_ fixture: SimulatorFixture, _ receipt: Receipt) throws -> MessageSummary {
        let data: Data = try fixture.message(receipt)["message_summary_info"]
        return try MessageSummary(decoding: Array(data))
    }

    @Test(arguments: [Tapback.Kind.love, .like, .dislike, .laugh, .emphasize, .question])
    func aTapbackIsARowAboutAPart(_ kind: Tapback.Kind) throws {
        let fixture = try SimulatorFixture()
        let target = try fixture.send("Done!")
        let row = try fixture.message(try react(fixture, target, kind))
        #expect(row["associated_message_type"] == kind.rawValue)
        #expect(row["associated_message_guid"] == "p:0/\(target.message ?? "")")
        #expect(row["associated_message_range_length"] == 5)
        #expect(row["is_from_me"] == 0)
    }

    @Test
    func aRemovalDeletesTheRowAndAddsAnother() throws {
        let fixture = try SimulatorFixture()
        let target = try fixture.send("Done!")
        let put = try react(fixture, target, .love)
        let off = try react(fixture, target, .love, remove: true)
        #expect(try fixture.count("SELECT COUNT(*) FROM message WHERE guid = ?", [put.message]) == 0)
        #expect(try fixture.count("SELECT COUNT(*) FROM deleted_messages WHERE guid = ?", [put.message]) == 1)
        #expect(try fixture.message(off)["associated_message_type"] == 3000)
        #expect(throws: SimulatorError.self) { try react(fixture, target, .love, remove: true) }
    }

    @Test
    func aRemovalMayLeaveATombstoneOnly() throws {
        let fixture = try SimulatorFixture()
        let target = try fixture.send("Done!")
        _ = try react(fixture, target, .like)
        try fixture.arm(.tapbackDeleteOnly)
        #expect(try react(fixture, target, .like, remove: true).message == nil)
        #expect(try fixture.count("SELECT COUNT(*) FROM message") == 1)
        #expect(try fixture.count("SELECT COUNT(*) FROM deleted_messages") == 1)
    }

    @Test
    func aNewTapbackReplacesTheOldOneOfTheSamePersonOnly() throws {
        let fixture = try SimulatorFixture()
        let target = try fixture.send("Done!")
        _ = try react(fixture, target, .like)
        _ = try react(fixture, target, .like, by: nil)
        _ = try react(fixture, target, .emoji, emoji: "🔥")
        let standing = "SELECT COUNT(*) FROM message WHERE associated_message_type BETWEEN 2000 AND 2006"
        #expect(try fixture.count(standing) == 2)
        #expect(try fixture.count("\(standing) AND associated_message_emoji = '🔥'") == 1)
    }

    @Test
    func anEditKeepsItsHistory() throws {
        let fixture = try SimulatorFixture()
        let said = try fixture.say("Thusday at 7")
        let order = EditOrder(target: try #require(said.message), part: 0, isFromMe: false)
        for text in ["Thursday at 7", "Thursday at 8"] {
            fixture.clock.advance(by: .seconds(20))
            _ = try fixture.simulation.perform { world, now in try world.edit(order, text: text, at: now) }
        }
        let row = try fixture.message(said)
        let column: String? = row["text"]
        #expect(column == nil)
        #expect(try fixture.count("SELECT date_edited > date FROM message") == 1)
        #expect(try BodyDecoder.strict(Array(row["attributedBody"] as Data)).plainText == "Thursday at 8")
        let summary = try summary(fixture, said)
        #expect(summary.edits.first?.versions.map(\.text) == ["Thusday at 7", "Thursday at 7", "Thursday at 8"])
        #expect(summary.originalRanges == [0: UTF16Range(0, 12)])
        let mine = EditOrder(target: order.target, part: 0, isFromMe: true)
        #expect(throws: SimulatorError.self) {
            try fixture.simulation.perform { world, now in try world.edit(mine, text: "x", at: now) }
        }
    }

    @Test
    func unsendingAPartKeepsTheOthersAndTheirIndexes() throws {
        let fixture = try SimulatorFixture()
        let said = try fixture.say("Look at this", files: [Media.photo(variant: 1)])
        let stored: String = try #require(try fixture.row("SELECT filename FROM attachment"))[0]
        let order = EditOrder(target: try #require(said.message), part: 0, isFromMe: false)
        _ = try fixture.simulation.perform { world, now in try world.unsend(order, at: now) }
        let row = try fixture.message(said)
        #expect(row["part_count"] == 1)
        let body = try BodyDecoder.strict(Array(row["attributedBody"] as Data))
        #expect(body.parts.map(\.index) == [1])
        #expect(body.plainText == "Look at this")
        #expect(try summary(fixture, said).unsentParts == [0])
        #expect(try fixture.count("SELECT COUNT(*) FROM attachment") == 0)
        #expect(!FileManager.default.fileExists(atPath: fixture.home.path + stored.dropFirst()))
        let rest = EditOrder(target: order.target, part: 1, isFromMe: false)
        _ = try fixture.simulation.perform { world, now in try world.unsend(rest, at: now) }
        let gone = try fixture.message(said)
        let blob: Data? = gone["attributedBody"]
        #expect(blob == nil)
        #expect(gone["part_count"] == 0)
        #expect(try summary(fixture, said).isFullyUnsent)
    }
}
