//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import BluewireStore
import Testing

struct HydrationTests {
    private func withChat() throws -> (database: HandmadeDatabase, chat: Int64, handle: Int64) {
        let database = try HandmadeDatabase()
        let handle = try database.handle("+15551230001")
        let chat = try database.chat("any;-;+15551230001", handles: [handle])
        try database.message("T", text: "hello", chat: chat, handle: handle, date: HandmadeDatabase.date(0))
        return (database, chat, handle)
    }

    private struct Reaction {
        var type: Int
        var reference = "p:0/T"
        var isFromMe = false
        var emoji: String?
    }

    private func standing(_ reactions: [Reaction]) async throws -> [Tapback] {
        let (database, chat, handle) = try withChat()
        for (index, reaction) in reactions.enumerated() {
            try database.message(
                "R\(index)", text: "Liked “hello”", chat: chat, handle: handle,
                date: HandmadeDatabase.date(Int64(index) + 1),
                columns: [
                    "associated_message_type": reaction.type, "associated_message_guid": reaction.reference,
                    "is_from_me": reaction.isFromMe ? 1 : 0, "associated_message_emoji": reaction.emoji ?? "",
                ]
            )
        }
        let message = try #require(try await database.store().message(MessageID(rawValue: "T")))
        return message.tapbacks
    }

    @Test func aNewerTapbackReplacesTheOlderOne() async throws {
        let tapbacks = try await standing([Reaction(type: 2000), Reaction(type: 2006, emoji: "🔥")])
        #expect(tapbacks.map(\.kind) == [.emoji])
        #expect(tapbacks.first?.emoji == "🔥")
        #expect(tapbacks.first?.sender?.address == "+15551230001")
    }

    @Test func sendersAndPartsAreKeptApart() async throws {
        let tapbacks = try await standing([
            Reaction(type: 2000), Reaction(type: 2001, isFromMe: true), Reaction(type: 2002, reference: "bp:T"),
            Reaction(type: 2003, reference: "T"),
        ])
        #expect(tapbacks.map(\.kind) == [.laugh, .like, .dislike])
        #expect(tapbacks.map(\.part) == [-1, 0, 0])
    }

    @Test func stickersAccumulateAndAreRemovedOneByOne() async throws {
        let tapbacks = try await standing([
            Reaction(type: 2007), Reaction(type: 2007), Reaction(type: 1000), Reaction(type: 3007),
        ])
        #expect(tapbacks.map(\.kind) == [.sticker, .placedSticker])
    }

    @Test func aRemovalWithoutAMatchTakesTheCurrentOne() async throws {
        #expect(try await standing([Reaction(type: 2000), Reaction(type: 3001)]).isEmpty)
        #expect(try await standing([Reaction(type: 2000), Reaction(type: 3000)]).isEmpty)
        #expect(try await standing([Reaction(type: 2006, emoji: "🔥"), Reaction(type: 3006)]).isEmpty)
        #expect(try await standing([Reaction(type: 2000), Reaction(type: 3001, isFromMe: true)]).count == 1)
    }

    @Test func beforeMacOS15TheEmojiComesFromTheSentence() async throws {
        let database = try HandmadeDatabase(isModern: false)
        let handle = try database.handle("+15551230001")
        let chat = try database.chat("iMessage;-;+15551230001", handles: [handle])
        try database.message("T", text: "hello", chat: chat, handle: handle, date: HandmadeDatabase.date(0))
        try database.message(
            "R", text: "Reacted ❤️‍🔥 to “hello 1”", chat: chat, handle: handle, date: HandmadeDatabase.date(1),
            columns: ["associated_message_type": 2006, "associated_message_guid": "p:0/T"]
        )
        let message = try #require(try await database.store().message(MessageID(rawValue: "T")))
        #expect(message.tapbacks.map(\.emoji) == ["❤️‍🔥"])
    }

    @Test func theStateOfAnOwnMessageFollowsItsColumns() async throws {
        let (database, chat, _) = try withChat()
        let cases: [(columns: [String: Int], status: Message.Status)] = [
            ([:], .pending), (["is_sent": 1], .sent), (["is_sent": 1, "is_delivered": 1], .delivered),
            (["is_sent": 1, "date_delivered": 700_000_000_000_000_000], .delivered),
            (["is_sent": 1, "is_delivered": 1, "date_read": 700_000_000_000_000_000], .read),
            (["error": 22, "is_delivered": 1], .failed),
        ]
        for (index, item) in cases.enumerated() {
            var columns = item.columns
            columns["is_from_me"] = 1
            try database.message(
                "S\(index)", text: "x", chat: chat, date: HandmadeDatabase.date(Int64(index)), columns: columns
            )
            let message = try #require(try await database.store().message(MessageID(rawValue: "S\(index)")))
            #expect(message.status == item.status)
        }
        #expect(try await database.store().message(MessageID(rawValue: "T"))?.status == nil)
    }

    @Test func bogusDatesAreAbsent() async throws {
        let (database, chat, handle) = try withChat()
        try database.message(
            "B", text: "x", chat: chat, handle: handle, date: 500_000_000,
            columns: ["date_read": Int64.max, "date_delivered": Int64.min]
        )
        let message = try #require(try await database.store().message(MessageID(rawValue: "B")))
        #expect(message.readAt == nil)
        #expect(message.deliveredAt == nil)
        #expect(message.sentAt == Timestamp(seconds: 500_000_000 + 978_307_200))
    }

    @Test func eventsNameWhatHappenedAndToWhom() async throws {
        let (database, chat, handle) = try withChat()
        let other = try database.handle("bo@example.com")
        try database.message(
            "E1", chat: chat, handle: handle, date: HandmadeDatabase.date(1),
            columns: ["item_type": 1, "group_action_type": 0, "other_handle": other]
        )
        try database.message(
            "E2", chat: chat, handle: handle, date: HandmadeDatabase.date(2),
            columns: ["item_type": 2, "group_title": "New name"]
        )
        let store = try database.store()
        let added = try #require(try await store.message(MessageID(rawValue: "E1")))
        #expect(added.kind == .event && added.event?.kind == .participantAdded)
        #expect(added.event?.subject?.address == "bo@example.com")
        #expect(try await store.message(MessageID(rawValue: "E2"))?.event?.title == "New name")
    }

    @Test func aThreadPartMayWrap() async throws {
        let (database, chat, handle) = try withChat()
        for (guid, part) in [("A", "2:109:158"), ("B", "18446744073709551615:0:5")] {
            try database.message(
                guid, text: "x", chat: chat, handle: handle, date: HandmadeDatabase.date(3),
                columns: ["thread_originator_guid": "T", "thread_originator_part": part]
            )
        }
        let store = try database.store()
        #expect(try await store.message(MessageID(rawValue: "A"))?.replyThread?.part == 2)
        #expect(try await store.message(MessageID(rawValue: "B"))?.replyThread?.part == -1)
    }

    @Test func orphansAndDeletedRowsNeverLandInAChat() async throws {
        let (database, chat, handle) = try withChat()
        try database.message("O", text: "orphan", handle: handle, date: HandmadeDatabase.date(4))
        let deleted = try database.message("D", text: "gone", handle: handle, date: HandmadeDatabase.date(5))
        try database.execute("INSERT INTO chat_recoverable_message_join VALUES (\(chat), \(deleted), 5)")
        let store = try database.store()
        let orphan = try #require(try await store.message(MessageID(rawValue: "O")))
        #expect(orphan.chat == nil)
        let recoverable = try #require(try await store.message(MessageID(rawValue: "D")))
        #expect(recoverable.flags == [.recentlyDeleted])
        let id = try #require(recoverable.chat)
        #expect(try await store.messages(in: id).elements.map(\.id.rawValue) == ["T"])
        #expect(try await store.search("gone", in: nil, limit: 5).isEmpty)
        #expect(try await store.chat(id)?.unreadCount == 1)
    }
}
