//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireCodec
import BluewireModel
import BluewireTesting
import Foundation
import GRDB
import Testing

@testable import BluewireSimulator

/// Groups, mentions, voice notes and unread chats in Apple's schema.
@Suite
struct GroupTests {
    let fixture: SimulatorFixture
    let chat: String

    init() throws {
        fixture = try SimulatorFixture()
        chat = try fixture.simulation.perform { world, _ in
            let people = [Cast.ana.address, Cast.ben.address, Cast.maria.address]
            return try world.createChat(participants: people, name: "Trip", isGroup: true).guid
        }
    }

    private func change(_ change: GroupChange, by person: SimulatedPerson? = nil) throws -> Row {
        let receipt = try fixture.simulation.perform { world, now in
            guard let person else { return try world.changeOurselves(chat, change, at: now) }
            return try world.change(chat, change, by: person.address, at: now)
        }
        let row = try fixture.message(receipt)
        #expect(row["text"] == nil)
        #expect(row["attributedBody"] == nil)
        #expect(row["is_from_me"] == (person == nil ? 1 : 0))
        let number: Int64 = row["ROWID"]
        let joined = try fixture.count("SELECT COUNT(*) FROM chat_message_join WHERE message_id = ?", [number])
        #expect(joined == 1)
        if let person {
            let actor: Int64 = row["handle_id"]
            #expect(try fixture.row("SELECT id FROM handle WHERE ROWID = ?", [actor])?["id"] == person.address)
        } else {
            #expect(row["handle_id"] == 0)
        }
        return row
    }

    private func members() throws -> Int {
        try fixture.count(
            "SELECT COUNT(*) FROM chat_handle_join j JOIN chat c ON c.ROWID = j.chat_id WHERE c.guid = ?", [chat])
    }

    private func column(_ name: String) throws -> Row {
        try #require(try fixture.row("SELECT \(name) AS value FROM chat WHERE guid = ?", [chat]))
    }

    @Test(arguments: [nil, Cast.ana])
    func aNameComesAndGoes(_ person: SimulatedPerson?) throws {
        let named = try change(.rename("Lisbon"), by: person)
        #expect(named["item_type"] == 2)
        #expect(named["group_title"] == "Lisbon")
        #expect(try column("display_name")["value"] == "Lisbon")
        let unnamed = try change(.rename(""), by: person)
        #expect(unnamed["group_title"] == nil)
        #expect(try column("display_name")["value"] == "")
    }

    @Test(arguments: [nil, Cast.ana])
    func peopleComeAndGo(_ person: SimulatedPerson?) throws {
        let added = try change(.add(Cast.tom.address), by: person)
        #expect(added["item_type"] == 1)
        #expect(added["group_action_type"] == 0)
        #expect(try members() == 4)
        let removed = try change(.remove(Cast.tom.address), by: person)
        #expect(removed["group_action_type"] == 1)
        #expect(try members() == 3)
        let handle: Int64 = removed["other_handle"]
        #expect(added["other_handle"] == handle)
        #expect(try fixture.row("SELECT id FROM handle WHERE ROWID = ?", [handle])?["id"] == Cast.tom.address)
    }

    @Test
    func aStrangerIsAddedAndKeepsAHandleAfterLeaving() throws {
        let added = try change(.add("+12025550199"))
        let stranger = try #require(fixture.simulation.look { $0.person("+12025550199") })
        let left = try change(.leave, by: stranger)
        #expect(left["item_type"] == 3)
        #expect(left["group_action_type"] == 0)
        let handle: Int64 = added["other_handle"]
        #expect(left["handle_id"] == handle)
        #expect(try members() == 3)
    }

    @Test(arguments: [nil, Cast.ana])
    func aPhotoIsAnAttachmentAndAProperty(_ person: SimulatedPerson?) throws {
        let photo = Media.photo(variant: 5)
        let set = try change(.icon(photo), by: person)
        #expect(set["item_type"] == 3)
        #expect(set["group_action_type"] == 1)
        let number: Int64 = set["ROWID"]
        let attachment = try #require(
            try fixture.row(
                """
                SELECT a.* FROM attachment a JOIN message_attachment_join j ON j.attachment_id = a.ROWID
                WHERE j.message_id = ?
                """, [number]))
        #expect(attachment["transfer_name"] == "GroupPhotoImage")
        #expect(attachment["transfer_state"] == 5)
        let bytes: Data = try column("properties")["value"]
        let guid: String = attachment["guid"]
        #expect(try PropertyList.decode([UInt8](bytes))["groupPhotoGuid"]?.string == guid)
        let removed = try change(.icon(nil), by: person)
        #expect(removed["group_action_type"] == 2)
        let after: Data = try column("properties")["value"]
        #expect(try PropertyList.decode([UInt8](after))["groupPhotoGuid"] == nil)
    }

    @Test
    func whoLeavesCannotWriteAndTooFewStayTogether() throws {
        _ = try change(.leave)
        #expect(try column("state")["value"] == 0)
        #expect(throws: SimulatorError.self) {
            try fixture.simulation.perform { world, now in
                try world.send(MessageContent(text: "hi"), to: .chat(guid: chat), at: now)
            }
        }
        let family = try fixture.family()
        for change in [GroupChange.leave, .remove(Cast.tom.address)] {
            #expect(throws: SimulatorError.self) {
                try fixture.simulation.perform { world, now in try world.changeOurselves(family, change, at: now) }
            }
        }
    }

    @Test
    func onlyGroupsAndOnlyMembersCanBeChanged() throws {
        let direct = try fixture.say("hi").chat
        #expect(throws: SimulatorError.self) {
            try fixture.simulation.perform { world, now in try world.changeOurselves(direct, .rename("x"), at: now) }
        }
        #expect(throws: SimulatorError.self) { try change(.rename("x"), by: Cast.tom) }
        #expect(throws: SimulatorError.self) { try change(.add(Cast.ana.address)) }
        #expect(throws: SimulatorError.self) { try change(.remove(Cast.tom.address)) }
    }

    @Test
    func aFirstMessageToSeveralPeopleMakesOneGroup() throws {
        func send(_ people: [String], _ name: String?) throws -> Receipt {
            try fixture.simulation.perform { world, now in
                try world.send(MessageContent(text: "hi"), to: .group(people, name: name), at: now)
            }
        }
        let first = try send([Cast.ana.address, "+12025550177"], "Two")
        let again = try send(["+1 (202) 555-0177", Cast.ana.address], nil)
        #expect(first.chat == again.chat)
        let row = try #require(try fixture.row("SELECT * FROM chat WHERE guid = ?", [first.chat]))
        #expect(row["style"] == 43)
        #expect(row["display_name"] == "Two")
        let other = try send([Cast.ana.address, "+12025550177"], "Another")
        #expect(other.chat != first.chat)
    }

    @Test
    func aMentionIsAnAttributeOfItsRun() throws {
        var content = MessageContent(text: "Hi Ana, see https://example.com and Ben")
        content.mentions = [
            Mention(range: UTF16Range(3, 3), address: Cast.ana.address),
            Mention(range: UTF16Range(36, 3), address: fixture.simulation.look(\.owner).number),
        ]
        let receipt = try fixture.simulation.perform { world, now in
            try world.say(in: chat, as: Cast.maria.address, content, at: now)
        }
        func mentions() throws -> [String: String] {
            let body = try BodyDecoder.strict(Array(try fixture.message(receipt)["attributedBody"] as Data))
            #expect(body.string == content.text)
            var found: [String: String] = [:]
            for part in body.parts {
                guard case .text(let runs) = part.content else { continue }
                for run in runs {
                    for case .mention(let address) in run.attributes { found[run.text] = address }
                }
            }
            return found
        }
        let wanted = ["Ana": Cast.ana.address, "Ben": fixture.simulation.look(\.owner).number]
        #expect(try mentions() == wanted)
        #expect(try fixture.message(receipt)["has_unseen_mention"] == 1)
        try fixture.pass(.seconds(1))
        #expect(try mentions() == wanted)
    }

    @Test
    func filesStandInTheTextAsParts() throws {
        var content = MessageContent(text: "one🎉two", files: [.photo(variant: 1), .photo(name: "b.png", variant: 2)])
        content.fileOffsets = [3, 8]
        let receipt = try fixture.simulation.perform { world, now in
            try world.send(content, to: .chat(guid: chat), at: now)
        }
        let row = try fixture.message(receipt)
        #expect(row["part_count"] == 4)
        let body = try BodyDecoder.strict(Array(row["attributedBody"] as Data))
        #expect(body.string == "one\u{FFFC}🎉two\u{FFFC}")
        #expect(body.attachmentGUIDs.map { String($0.prefix(5)) } == ["at_1_", "at_3_"])
        let count = try fixture.count(
            "SELECT COUNT(*) FROM attachment WHERE guid IN (?, ?)", StatementArguments(body.attachmentGUIDs))
        #expect(count == 2)
    }

    @Test
    func unreadIsTheNewestIncomingMessage() throws {
        let first = try fixture.say("one")
        let second = try fixture.say("two")
        try fixture.simulation.perform { world, now in
            try world.markRead(first.chat, at: now)
            try world.markUnread(first.chat, at: now)
        }
        #expect(try fixture.message(first)["is_read"] == 1)
        #expect(try fixture.message(second)["is_read"] == 0)
    }

    @Test
    func theScriptOfAGroupPlaysToItsEnd() throws {
        let lines = try fixture.simulation.perform { world, now in try world.play(.group, at: now) }
        #expect(lines == 7)
        for _ in 0..<60 { try fixture.pass(.seconds(1)) }
        let kinds = try fixture.count("SELECT COUNT(*) FROM message WHERE item_type <> 0")
        #expect(kinds == 5)
        #expect(try fixture.count("SELECT COUNT(*) FROM message WHERE is_audio_message = 1") == 1)
        let family = try #require(fixture.simulation.look { $0.chats.first { $0.name == "Lake weekend" } })
        #expect(family.participants.sorted() == Cast.family.members.sorted())
        #expect(family.photo == nil)
    }
}
