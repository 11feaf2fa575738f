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
struct ReceivingTests {
    @Test(arguments: Generation.allCases)
    func aMessageArrivesAsOnARealMac(_ generation: Generation) throws {
        let fixture = try SimulatorFixture(generation)
        let receipt = try fixture.say("Olá! How are you? 🌞")
        let row = try fixture.message(receipt)
        #expect(row["is_finished"] == 1)
        #expect(row["is_delivered"] == 1)
        #expect(row["is_sent"] == 0)
        #expect(row["is_read"] == 0)
        #expect(row["was_data_detected"] == 0)
        let date: Int64 = row["date"]
        #expect(date % 1_000_000 == 0)
        let blob: Data = row["attributedBody"]
        #expect(try BodyDecoder.strict(Array(blob)).plainText == "Olá! How are you? 🌞")
        try fixture.pass(.seconds(1))
        #expect(try fixture.message(receipt)["was_data_detected"] == 1)
        let prefix = generation == .tahoe ? "any" : "iMessage"
        #expect(receipt.chat == "\(prefix);-;\(Cast.ana.address)")
        #expect(fixture.simulation.labels().map(\.label) == [.new])
    }

    @Test
    func dataDetectionRewritesABodyWithALink() throws {
        let fixture = try SimulatorFixture()
        let receipt = try fixture.say("See https://example.com/a today")
        let before: Data = try fixture.message(receipt)["attributedBody"]
        try fixture.pass(.seconds(1))
        let after: Data = try fixture.message(receipt)["attributedBody"]
        #expect(before != after)
        let body = try BodyDecoder.strict(Array(after))
        #expect(body.plainText == "See https://example.com/a today")
        guard case .text(let runs) = body.parts.first?.content else { return #expect(Bool(false)) }
        #expect(runs.map(\.text) == ["See ", "https://example.com/a", " today"])
        #expect(runs[1].attributes.contains(.link("https://example.com/a")))
    }

    @Test
    func aPhotoHasAFileARowAndAPart() throws {
        let fixture = try SimulatorFixture()
        let photo = Media.photo(variant: 3)
        let receipt = try fixture.say("Look", files: [photo])
        let row = try fixture.message(receipt)
        #expect(row["cache_has_attachments"] == 1)
        #expect(row["part_count"] == 2)
        let body = try BodyDecoder.strict(Array(row["attributedBody"] as Data))
        let guid = try #require(body.attachmentGUIDs.first)
        let attachment = try #require(try fixture.row("SELECT * FROM attachment WHERE guid = ?", [guid]))
        #expect(attachment["transfer_state"] == 5)
        #expect(attachment["mime_type"] == "image/png")
        let stored: String = attachment["filename"]
        let file = FileManager.default.contents(atPath: fixture.home.path + stored.dropFirst())
        #expect(file.map(Array.init) == photo.bytes)
    }

    @Test
    func aLateFileIsPendingFirst() throws {
        let fixture = try SimulatorFixture()
        try fixture.arm(.lateFile, MischiefOptions(ms: 3_000))
        try fixture.say("", files: [Media.voice()])
        let pending = try #require(try fixture.row("SELECT filename, transfer_state FROM attachment"))
        let name: String? = pending[0]
        #expect(name == nil)
        #expect(pending[1] == 3)
        #expect(try fixture.count("SELECT is_audio_message FROM message") == 1)
        try fixture.pass(.seconds(4))
        #expect(try fixture.count("SELECT transfer_state FROM attachment") == 5)
    }

    @Test
    func aLateJoinComesLater() throws {
        let fixture = try SimulatorFixture()
        try fixture.arm(.lateJoin, MischiefOptions(ms: 2_000))
        try fixture.say("Where do I belong?")
        #expect(try fixture.count("SELECT COUNT(*) FROM chat_message_join") == 0)
        try fixture.pass(.seconds(1))
        #expect(try fixture.count("SELECT COUNT(*) FROM chat_message_join") == 0)
        try fixture.pass(.seconds(2))
        #expect(try fixture.count("SELECT COUNT(*) FROM chat_message_join") == 1)
        try fixture.say("Only the next one was affected")
        #expect(try fixture.count("SELECT COUNT(*) FROM chat_message_join") == 2)
    }

    @Test
    func aLateBodyComesLaterAndAMissingOneNever() throws {
        let fixture = try SimulatorFixture()
        try fixture.arm(.lateBody, MischiefOptions(ms: 1_500))
        let late = try fixture.say("Slowly")
        let empty: Data? = try fixture.message(late)["attributedBody"]
        #expect(empty == nil)
        try fixture.arm(.noBody)
        let never = try fixture.say("Nothing")
        try fixture.pass(.seconds(5))
        let body: Data? = try fixture.message(late)["attributedBody"]
        #expect(try body.map { try BodyDecoder.strict(Array($0)).plainText } == "Slowly")
        let missing: Data? = try fixture.message(never)["attributedBody"]
        #expect(missing == nil)
    }

    @Test
    func typingEndsWithTheMessage() throws {
        let fixture = try SimulatorFixture()
        try fixture.simulation.perform { world, _ in
            let chat = try world.directChat(with: Cast.ana.address)
            world.setTyping(true, in: chat, address: Cast.ana.address)
        }
        #expect(fixture.simulation.look { $0.typing.count } == 1)
        try fixture.say("Done")
        #expect(fixture.simulation.look { $0.typing.isEmpty })
        let typing = fixture.simulation.look { $0.feed.events.filter { $0.kind == "typing" } }
        #expect(typing.map(\.isOn) == [true, false])
    }

    @Test
    func weReadWhenWeSaySo() throws {
        let fixture = try SimulatorFixture()
        let receipt = try fixture.say("Unread")
        try fixture.simulation.perform { world, now in try world.markRead(receipt.chat, at: now) }
        let row = try fixture.message(receipt)
        #expect(row["is_read"] == 1)
        #expect(row["date_read"] > 0)
    }

    @Test
    func strangersAndSpeakersAreChecked() throws {
        let fixture = try SimulatorFixture()
        let family = try fixture.family()
        #expect(throws: SimulatorError.self) { try fixture.say("I am not here", Cast.ben, in: family) }
        #expect(throws: SimulatorError.self) { try fixture.say("") }
        let receipt = try fixture.say("Hello from Tom", Cast.tom, in: family)
        let sender = try fixture.row(
            "SELECT h.id FROM message m JOIN handle h ON h.ROWID = m.handle_id WHERE m.guid = ?", [receipt.message]
        )
        #expect(sender?[0] == Cast.tom.address)
    }
}
