//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import BluewireStore
import BluewireTransport
import Testing

struct TargetTests {
    private let line = LineID(rawValue: "test")

    private func withChats() throws -> (database: HandmadeDatabase, direct: Int64, group: Int64) {
        let database = try HandmadeDatabase()
        let first = try database.handle("+15551230001")
        let second = try database.handle("+15551230002")
        let direct = try database.chat("any;-;+15551230001", handles: [first])
        let group = try database.chat("any;+;chat1", handles: [first, second])
        try database.message(
            "A", text: "hi", chat: direct, handle: first, date: HandmadeDatabase.date(0), columns: ["service": "SMS"]
        )
        return (database, direct, group)
    }

    @Test func aChatIsReachedByItsStoredGuidAndNewestChannel() async throws {
        let store = try withChats().database.store()
        let target = try await store.target(of: .handle("+1 555 123 0001"), line: line)
        #expect(
            target.target
                == .chat(
                    guid: ChatGUID(rawValue: "any;-;+15551230001"), isGroup: false, channel: .sms,
                    addresses: ["+15551230001"]
                )
        )
        let id = try #require(target.chat)
        #expect(try await store.target(of: .chat(id), line: line) == target)
        let group = try await store.target(of: .handle("iMessage;-;chat1"), line: line)
        guard case .chat(let guid, true, _, let addresses) = group.target else {
            Issue.record("not a group")
            return
        }
        #expect(guid.rawValue == "any;+;chat1" && addresses.count == 2)
    }

    @Test func anAddressWithoutAChatStaysAnAddress() async throws {
        let store = try withChats().database.store()
        let known = try await store.target(of: .handle("+15551230002"), line: line)
        #expect(known.target == .handle(address: "+15551230002", channel: .iMessage))
        let unknown = try await store.target(of: .handle("new@example.com"), line: line)
        #expect(unknown.target == .handle(address: "new@example.com", channel: .unknown))
        #expect(unknown.chat == nil)
    }

    @Test func whatDoesNotExistIsRefused() async throws {
        let store = try withChats().database.store()
        for recipient in [Recipient.chat(ChatID(rawValue: "ch_none")), .handle("ch_none"), .handle("any;+;chat9")] {
            let error = await #expect(throws: OutboundError.self) {
                try await store.target(of: recipient, line: self.line)
            }
            #expect(error?.code == .notFound)
        }
        let other = await #expect(throws: OutboundError.self) {
            try await store.target(of: .handle("+15551230001"), line: LineID(rawValue: "other"))
        }
        #expect(other?.code == .notFound)
    }

    @Test func ownRowsIncludeGhosts() async throws {
        let (database, direct, group) = try withChats()
        let store = try database.store()
        let start = try await store.newestRow(line: line)
        let own: [String: Int] = ["is_from_me": 1]
        try database.message("O", text: "sent", chat: direct, handle: 1, date: HandmadeDatabase.date(1), columns: own)
        try database.message("I", text: "reply", chat: direct, handle: 1, date: HandmadeDatabase.date(2))
        try database.message("G", text: "group", chat: group, date: HandmadeDatabase.date(3), columns: own)
        try database.message("X", handle: 1, date: HandmadeDatabase.date(4), columns: own)
        let raw = try database.handle("chat1")
        try database.message("Y", handle: raw, date: HandmadeDatabase.date(5), columns: own)
        let person = try await store.target(of: .handle("+15551230001"), line: line).target
        let rows = try await store.ownRows(above: start, in: person, line: line)
        #expect(rows.map(\.message.id.rawValue) == ["O", "X"])
        #expect(rows.map(\.isJoined) == [true, false])
        let people = try await store.target(of: .handle("chat1"), line: line).target
        let groupRows = try await store.ownRows(above: start, in: people, line: line)
        #expect(groupRows.map(\.message.id.rawValue) == ["G", "Y"])
        let address = Target.handle(address: "+15551230001", channel: .iMessage)
        #expect(
            try await store.ownRows(above: start, in: address, line: line).map(\.message.id.rawValue) == ["O", "X"])
        #expect(try await store.newestRow(line: line).rawValue == start.rawValue + 5)
    }

    @Test func searchFoldsCaseDiacriticsAndForms() async throws {
        let (database, direct, group) = try withChats()
        let texts = ["Crème BRÛLÉE am Montag", "Die STRASSE nach Köln", "東京タワーに行く", "ＦＵＬＬ width", "ΟΔΟΣ"]
        for (index, text) in texts.enumerated() {
            try database.message(
                "S\(index)", text: text, chat: index == 1 ? group : direct,
                date: HandmadeDatabase.date(Int64(index) + 10)
            )
        }
        let store = try database.store()
        let cases = [
            "creme brulee": "S0", "montag crème": "S0", "straße koln": "S1", "京タ": "S2", "full": "S3", "οδος": "S4",
        ]
        for (query, guid) in cases {
            let found = try await store.search(query, in: nil, limit: 10).map(\.id.rawValue)
            #expect(found == [guid], "\(query)")
        }
        let id = try #require(try await store.target(of: .handle("chat1"), line: line).chat)
        #expect(try await store.search("koln", in: id, limit: 10).count == 1)
        #expect(try await store.search("creme", in: id, limit: 10).isEmpty)
        #expect(try await store.search("  ", in: nil, limit: 10).isEmpty)
    }
}
