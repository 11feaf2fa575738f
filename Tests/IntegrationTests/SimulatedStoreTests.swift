//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import BluewireSimulator
import BluewireStore
import BluewireTesting
import BluewireTransport
import Foundation
import Testing

/// What the simulator writes, read by the store.
@Suite
struct SimulatedStoreTests {
    private static let ana = "+12025550101"

    private func chat(_ store: MessageStore, _ reference: String) async throws -> Chat {
        guard case .chat(let chat) = try await store.resolve(reference) else {
            throw MissingSharedData(path: reference)
        }
        return chat
    }

    @Test(arguments: Generation.allCases)
    func thePastIsListedAndFound(_ generation: Generation) async throws {
        try await withSimulatedStore(generation) { client, store, _ in
            let chats = try await store.chats().elements
            #expect(Set(chats.map(\.title)).isSuperset(of: ["Ana Silva", "Ben Okafor", "Family", "Parcel Courier"]))
            let family = try #require(chats.first { $0.isGroup })
            #expect(family.participants.map(\.title).sorted() == ["Maria Morgan", "Tom Morgan"])
            #expect(chats.first { $0.title == "Parcel Courier" }?.channel == .sms)
            let ana = try await chat(store, Self.ana)
            let found = try await store.search("Lisbon", in: ana.id, limit: 10)
            #expect(found.count == 3)
            let messages = try await store.messages(in: ana.id).elements
            #expect(messages.count == 14)
            #expect(messages.allSatisfy { !$0.body.isDegraded && !$0.body.plainText.isEmpty })
        }
    }

    @Test(arguments: Generation.allCases)
    func anExchangeIsReadAsItHappened(_ generation: Generation) async throws {
        try await withSimulatedStore(generation) { client, store, clock in
            let said = try await client.say("Are you there? https://example.com", from: Self.ana)
            let question = MessageID(rawValue: try #require(said.message))
            let transport = SimulatorTransport(client: client)
            let target = Target.chat(
                guid: ChatGUID(rawValue: said.chat), isGroup: false, channel: .iMessage, addresses: [Self.ana]
            )
            let reply = Draft(text: "Yes", replyTo: question)
            let accepted = try await transport.perform(.send(reply, to: target))
            let answer = try #require(accepted.message)
            #expect(try await store.message(answer)?.status == .pending)
            for _ in 0..<20 {
                clock.advance(by: .seconds(1))
                _ = try await client.state()
            }
            let delivered = try #require(try await store.message(answer))
            #expect(delivered.status == .read)
            #expect(delivered.deliveredAt != nil)
            #expect(delivered.replyThread?.originator == question)
            _ = try await transport.perform(
                .tapback(target: question, part: 0, kind: .like, emoji: nil, isRemoval: false, in: target)
            )
            _ = try await transport.perform(.markRead(in: target))
            let asked = try #require(try await store.message(question))
            #expect(asked.tapbacks.map(\.kind) == [.like])
            #expect(asked.isRead)
            #expect(asked.sender?.address == Self.ana)
            _ = try await transport.perform(.edit(target: answer, part: 0, text: "Yes!", in: target))
            let edited = try #require(try await store.message(answer))
            #expect(edited.body.plainText == "Yes!")
            #expect(edited.edits.first?.versions.map(\.text) == ["Yes", "Yes!"])
            _ = try await transport.perform(.unsend(target: answer, part: 0, in: target))
            #expect(try await store.message(answer)?.kind == .unsent)
        }
    }

    @Test
    func aPhotoIsAFileOfTheStore() async throws {
        try await withSimulatedStore(.tahoe) { client, store, _ in
            let body = Array(#"{"from":"\#(Self.ana)","text":"Look"}"#.utf8)
            let answer = try await client.call("POST", "/photo", body: body)
            let receipt = try JSONDecoder().decode(Receipt.self, from: Data(answer.body))
            let guid = MessageID(rawValue: try #require(receipt.message))
            let message = try #require(try await store.message(guid))
            let attachment = try #require(message.attachments.first)
            #expect(attachment.state == .finished)
            #expect(attachment.mimeType == "image/png")
            #expect(message.body.plainText == "Look")
            #expect(try await store.attachmentFile(attachment.guid) != nil)
        }
    }

    @Test(arguments: Generation.allCases)
    func whatIsDoneToAGroupIsReadBack(_ generation: Generation) async throws {
        try await withSimulatedStore(generation) { client, store, _ in
            let people = [Self.ana, "+12025550102", "+12025550103"]
            let transport = SimulatorTransport(client: client)
            let sent = try await transport.perform(
                .send(Draft(text: "Welcome"), to: .group(addresses: people, name: "Trip")))
            let guid = try #require(sent.message)
            let first = try #require(try await store.message(guid))
            let id = try #require(first.chat)
            let place = try await store.target(of: .chat(id), line: LineID(rawValue: "sim"))
            #expect(try await store.target(of: .group(people, name: nil), line: LineID(rawValue: "sim")) == place)
            func event(_ change: ChatChange) async throws -> GroupEvent? {
                let accepted = try await transport.perform(.chat(change, in: place.target))
                let guid = try #require(accepted.message)
                let message = try await store.message(guid)
                #expect(message?.isFromMe == true)
                #expect(message?.chat == id)
                return message?.event
            }
            let tom = "tom@morgan.example"
            #expect(try await event(.rename("Lisbon"))?.title == "Lisbon")
            #expect(try await event(.addParticipant(tom))?.subject?.address == tom)
            let icon = FileManager.default.temporaryDirectory.path + "/bw-icon-\(UUID().uuidString).png"
            defer { try? FileManager.default.removeItem(atPath: icon) }
            try Data([0x89, 0x50, 0x4E, 0x47]).write(to: URL(fileURLWithPath: icon))
            #expect(try await event(.icon(icon))?.kind == .photoSet)
            let chat = try #require(try await store.chat(id))
            #expect(chat.displayName == "Lisbon")
            #expect(chat.participants.count == 4)
            let photo = try #require(chat.icon)
            #expect(try await store.attachmentFile(photo) != nil)
            #expect(try await event(.icon(nil))?.kind == .photoRemoved)
            #expect(try await event(.removeParticipant(tom))?.kind == .participantRemoved)
            #expect(try await event(.leave)?.kind == .participantLeft)
            let after = try #require(try await store.chat(id))
            #expect(after.icon == nil)
            #expect(after.participants.count == 3)
        }
    }

    @Test
    func aMentionAVoiceNoteAndAnUnreadChatAreReadBack() async throws {
        try await withSimulatedStore(.tahoe) { client, store, _ in
            let said = try await client.say("Are you there?", from: Self.ana)
            let target = Target.chat(
                guid: ChatGUID(rawValue: said.chat), isGroup: false, channel: .iMessage, addresses: [Self.ana])
            let transport = SimulatorTransport(client: client)
            var draft = Draft(text: "Yes, Ana")
            draft.mentions = [Mention(range: UTF16Range(5, 3), address: Self.ana)]
            let mention = try await transport.perform(.send(draft, to: target))
            let mentioned = try #require(mention.message)
            let message = try #require(try await store.message(mentioned))
            guard case .text(let runs) = message.body.parts.first?.content else {
                Issue.record("no text")
                return
            }
            #expect(runs.last?.attributes.contains(.mention(address: Self.ana)) == true)
            let sound = FileManager.default.temporaryDirectory.path + "/bw-\(UUID().uuidString).caf"
            defer { try? FileManager.default.removeItem(atPath: sound) }
            try Data("caff".utf8).write(to: URL(fileURLWithPath: sound))
            var note = Draft(text: "", files: [sound])
            note.isVoiceNote = true
            let voice = try await transport.perform(.send(note, to: target))
            let noted = try #require(voice.message)
            #expect(try await store.message(noted)?.flags.contains(.voice) == true)
            _ = try await transport.perform(.markRead(in: target))
            let id = try #require(message.chat)
            #expect(try await store.chat(id)?.unreadCount == 0)
            _ = try await transport.perform(.markUnread(in: target))
            #expect(try await store.chat(id)?.unreadCount == 1)
        }
    }

    @Test
    func theNoteToSelfIsProven() async throws {
        try await withSimulatedStore(.tahoe) { client, store, _ in
            let own = try await client.state().owner.number
            try await client.say("Buy milk", from: own)
            let chat = try await chat(store, own)
            #expect(chat.isSelf)
            #expect(try await store.messages(in: chat.id).elements.count == 2)
        }
    }
}
