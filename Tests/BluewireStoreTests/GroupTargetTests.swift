//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import BluewireStore
import BluewireTransport
import Testing

/// Several addresses stand for the group of exactly these people.
struct GroupTargetTests {
    private let line = LineID(rawValue: "test")

    private func database() throws -> HandmadeDatabase {
        let database = try HandmadeDatabase()
        let people = try (1...4).map { try database.handle("+1555123000\($0)") }
        _ = try database.chat("any;+;chat1", handles: Array(people.prefix(2)), name: "Two")
        _ = try database.chat("any;+;chat2", handles: Array(people.prefix(3)), name: "Three")
        _ = try database.chat("any;+;chat3", handles: Array(people.prefix(3)), name: "Also three")
        _ = try database.chat("any;-;+15551230001", handles: [people[0]])
        return database
    }

    @Test(
        arguments: [
            ([1, 2], nil, "any;+;chat1"), ([2, 1], "Two", "any;+;chat1"), ([1, 2], "Other", nil), ([1, 4], nil, nil),
            ([1, 2, 3], "Three", "any;+;chat2"), ([1, 2, 3], "Also three", "any;+;chat3"), ([1, 2, 3, 4], nil, nil),
        ] as [([Int], String?, String?)])
    func theGroupOfExactlyThesePeopleIsFound(people: [Int], name: String?, guid: String?) async throws {
        let store = try database().store()
        let addresses = people.map { "+1 (555) 123-000\($0)" }
        let found = try await store.target(of: .group(addresses, name: name), line: line)
        switch found.target {
        case .chat(let chat, true, _, let members):
            #expect(chat.rawValue == guid)
            #expect(Set(members.map { HandleKey($0) }) == Set(addresses.map { HandleKey($0) }))
            #expect(found.chat != nil)
        case .group(let wanted, let title):
            #expect(guid == nil)
            #expect(wanted == addresses)
            #expect(title == name)
            #expect(found.chat == nil)
            #expect(try await store.ownRows(above: RowID(rawValue: 0), in: found.target, line: line).isEmpty)
        default: Issue.record("neither a group nor a place for one")
        }
    }

    @Test func severalGroupsOfThePeopleAreAmbiguous() async throws {
        let store = try database().store()
        let people = (1...3).map { "+1555123000\($0)" }
        let error = await #expect(throws: OutboundError.self) {
            try await store.target(of: .group(people, name: nil), line: self.line)
        }
        #expect(error?.code == .ambiguous)
        #expect(error?.candidates.count == 2)
    }
}
