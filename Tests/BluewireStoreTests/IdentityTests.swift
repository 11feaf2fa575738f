//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import BluewireStore
import Testing

struct IdentityTests {
    @Test func chatsOfOnePersonAreOne() async throws {
        let database = try HandmadeDatabase()
        let first = try database.handle("+15551230001")
        let second = try database.handle("+15551230001", service: "SMS")
        let mail = try database.handle("ann@example.com", person: "P1")
        let phone = try database.handle("+15551230009", person: "P1")
        let old = try database.chat("iMessage;-;+15551230001", handles: [first])
        let new = try database.chat("SMS;-;+15551230001", handles: [second])
        let byMail = try database.chat("iMessage;-;ann@example.com", handles: [mail])
        let byPhone = try database.chat("iMessage;-;+15551230009", handles: [phone])
        for (index, chat) in [old, new, byMail, byPhone].enumerated() {
            try database.message(
                "M\(index)", text: "hi", chat: chat, date: HandmadeDatabase.date(Int64(index)),
                columns: ["service": index == 1 ? "SMS" : "iMessage"]
            )
        }
        let chats = try await database.store().chats().elements
        #expect(chats.count == 2)
        #expect(chats[0].aliases.count == 2 && chats[1].aliases.count == 2)
        #expect(chats[1].guid.rawValue == "SMS;-;+15551230001")
        #expect(chats[1].channel == .sms)
        #expect(chats[1].participants.map(\.handle.address) == ["+15551230001"])
        let messages = try await database.store().messages(in: chats[1].id).elements
        #expect(messages.map(\.id.rawValue) == ["M1", "M0"])
    }

    @Test func groupsOfTheSamePeopleWithDifferentNamesStayApart() async throws {
        let database = try HandmadeDatabase()
        let people = try ["+15551230001", "+15551230002"].map { try database.handle($0) }
        let sms = try ["+15551230001", "+15551230002"].map { try database.handle($0, service: "SMS") }
        _ = try database.chat("iMessage;+;chat1", handles: people, name: "Climbing")
        _ = try database.chat("iMessage;+;chat2", handles: people, name: "Work")
        _ = try database.chat("SMS;+;chat3", handles: sms, name: "Work")
        let chats = try await database.store().chats(ChatQuery(includesEmpty: true)).elements
        #expect(chats.map(\.aliases.count).sorted() == [1, 2])
        #expect(chats.first { $0.aliases.count == 2 }?.displayName == "Work")
    }

    @Test func lookupsAndGroupIdsMerge() async throws {
        let database = try HandmadeDatabase()
        let people = try (1...4).map { try database.handle("+1555123000\($0)") }
        let one = try database.chat("any;+;chat1", handles: Array(people[0...1]))
        let two = try database.chat("SMS;+;chat2", handles: Array(people[0...2]))
        _ = try database.chat("iMessage;+;chat4", handles: Array(people[1...3]), groupID: "G")
        _ = try database.chat("RCS;+;chat5", handles: Array(people[2...3]), groupID: "G")
        let direct = try database.chat("any;-;+15551230001", handles: [people[0]], groupID: "G")
        for chat in [one, two] {
            try database.execute("INSERT INTO chat_lookup VALUES ('chat1', 'd\(chat)', \(chat), 0)")
        }
        let chats = try await database.store().chats(ChatQuery(includesEmpty: true)).elements
        #expect(chats.map { Set($0.aliases.map(\.identifier)) }.contains(["chat1", "chat2"]))
        #expect(chats.map { Set($0.aliases.map(\.identifier)) }.contains(["chat4", "chat5"]))
        #expect(chats.count == 3, "\(direct) never merges with a group")
    }

    @Test func idsAreStableAcrossReopeningAndKeptFromBefore() async throws {
        let database = try HandmadeDatabase()
        let handle = try database.handle("+15551230001")
        _ = try database.chat("iMessage;-;+15551230001", handles: [handle])
        let identities = ChatIdentities()
        let id = try #require(
            try await database.store(identities: identities).chats(ChatQuery(includesEmpty: true)).elements.first?.id
        )
        #expect(id.rawValue.hasPrefix("ch_") && id.rawValue.utf8.count == 19)
        #expect(identities.takeNew() == [ChatGUID(rawValue: "iMessage;-;+15551230001"): id])
        #expect(identities.takeNew().isEmpty)
        #expect(try await database.store().chats(ChatQuery(includesEmpty: true)).elements.first?.id == id)
        let kept = ChatIdentities(known: [ChatGUID(rawValue: "iMessage;-;+15551230001"): ChatID(rawValue: "ch_kept")])
        let again = try database.store(identities: kept)
        #expect(try await again.chats(ChatQuery(includesEmpty: true)).elements.first?.id.rawValue == "ch_kept")
        // The GUID of an upgraded system joins the chat it belongs to.
        let sms = try database.handle("+15551230001", service: "SMS")
        _ = try database.chat("any;-;+15551230001", handles: [sms])
        #expect(try await again.chats(ChatQuery(includesEmpty: true)).elements.map(\.id.rawValue) == ["ch_kept"])
        #expect(kept.takeNew().count == 1)
    }

    @Test func aSplitChatDoesNotTakeTheIdOfTheOther() {
        let identities = ChatIdentities()
        let first = ChatGUID(rawValue: "iMessage;+;chat1")
        let second = ChatGUID(rawValue: "SMS;+;chat2")
        let line = LineID(rawValue: "mac")
        let merged = identities.names(of: [[first, second]], line: line)[0]
        let split = identities.names(of: [[first], [second]], line: line)
        #expect(split[0] == merged)
        #expect(split[1] != merged)
    }

    @Test(arguments: [
        "iMessage;-;+15551230001", "any;-;+15551230001", "SMS;-;+15551230001", "RCS;+;+15551230001", "+15551230001",
        "iMessage;-;%2B15551230001", "iMessage%3B-%3B%2B15551230001", " +1 (555) 123-0001 ",
    ])
    func everySpellingOfAnAddressFindsTheChat(_ reference: String) async throws {
        let database = try HandmadeDatabase()
        let handle = try database.handle("+15551230001")
        _ = try database.chat("any;-;+15551230001", handles: [handle])
        guard case .chat(let chat) = try await database.store().resolve(reference) else {
            Issue.record("not found: \(reference)")
            return
        }
        #expect(chat.guid.rawValue == "any;-;+15551230001")
        let again = try await database.store().resolve(chat.id.rawValue)
        #expect(again == .chat(chat))
    }

    @Test(arguments: ["15551230001", "5551230001", "ch_unknown", "iMessage;-;+1555", "", ";;", "%zz"])
    func whatIsNotExactFindsNothing(_ reference: String) async throws {
        let database = try HandmadeDatabase()
        let handle = try database.handle("+15551230001")
        _ = try database.chat("any;-;+15551230001", handles: [handle])
        #expect(try await database.store().resolve(reference) == .none)
    }

    @Test func groupsAreFoundByEitherPolarity() async throws {
        let database = try HandmadeDatabase()
        let people = try ["+15551230001", "+15551230002"].map { try database.handle($0) }
        _ = try database.chat("any;+;chat42", handles: people)
        for reference in ["any;-;chat42", "iMessage;+;chat42", "chat42"] {
            guard case .chat(let chat) = try await database.store().resolve(reference) else {
                Issue.record("not found: \(reference)")
                continue
            }
            #expect(chat.guid.rawValue == "any;+;chat42")
            #expect(chat.isGroup)
        }
    }

    @Test func onlyAProvenOwnAddressMakesASelfChat() async throws {
        let database = try HandmadeDatabase()
        let me = try database.handle("me@example.com")
        let other = try database.handle("you@example.com")
        _ = try database.chat("iMessage;-;me@example.com", handles: [me])
        _ = try database.chat("iMessage;-;you@example.com", handles: [other])
        #expect(try await database.store().chats(ChatQuery(includesEmpty: true)).elements.allSatisfy { !$0.isSelf })
        try database.execute("UPDATE chat SET account_login = 'E:ME@example.com'")
        let chats = try await database.store().chats(ChatQuery(includesEmpty: true)).elements
        #expect(chats.filter(\.isSelf).map(\.guid.identifier) == ["me@example.com"])
    }

    @Test func junkEmptyAndScheduledChatsAreKeptOutOfTheList() async throws {
        let database = try HandmadeDatabase()
        let chats = try (1...4).map { number in
            let handle = try database.handle("+1555123000\(number)")
            return try database.chat("any;-;+1555123000\(number)", handles: [handle], filter: number == 2 ? 2 : 0)
        }
        for (index, chat) in chats.prefix(3).enumerated() {
            try database.message("M\(index)", text: "x", chat: chat, date: HandmadeDatabase.date(Int64(index)))
        }
        try database.message(
            "S", text: "later", chat: chats[0], date: HandmadeDatabase.date(9_000_000),
            columns: ["schedule_type": 2, "schedule_state": 1, "is_from_me": 1]
        )
        let store = try database.store()
        #expect(try await store.chats().elements.map(\.guid.identifier) == ["+15551230003", "+15551230001"])
        #expect(try await store.chats(ChatQuery(includesFiltered: true, includesEmpty: true)).elements.count == 4)
        #expect(try await store.chats(ChatQuery(text: "0003")).elements.count == 1)
        let first = try #require(try await store.chats().elements.last)
        #expect(try await store.messages(in: first.id).elements.map(\.id.rawValue) == ["M0"])
        #expect(try await store.message(MessageID(rawValue: "S"))?.kind == .scheduled)
    }
}
