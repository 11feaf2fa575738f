//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireCodec
import BluewireModel
import BluewireTransport
import Foundation
import GRDB
import Testing

@testable import BluewireStore

/// What happens to a group is an event with the group as it is then.
@Suite struct GroupWatchTests {
    let database: LiveDatabase
    let driver: SessionDriver
    let writer: DatabaseQueue

    init() throws {
        database = try LiveDatabase()
        writer = try database.open()
        try writer.write { db in
            try db.execute(
                sql: """
                    ALTER TABLE chat ADD COLUMN properties BLOB;
                    INSERT INTO handle (ROWID, id, service) VALUES (3, '+15550003', 'iMessage'), (4, '+15550004', 'iMessage');
                    INSERT INTO chat_handle_join VALUES (2, 3);
                    """)
        }
        driver = SessionDriver(database)
        try writer.edit { db in try db.say("OLD", chat: 2, at: driver.now - .seconds(3600)) }
        _ = try driver.settle()
    }

    private func updated() throws -> [Chat] {
        try driver.settle().compactMap { if case .chatUpdated(let chat, _) = $0 { chat } else { nil } }
    }

    private func addresses(_ chat: Chat?) -> [String]? { chat?.participants.map(\.handle.address).sorted() }

    private func properties(_ values: [String: PropertyListValue]) throws {
        let bytes = Data(PropertyList.encode(.dictionary(values)))
        try writer.write { db in
            try db.execute(sql: "UPDATE chat SET properties = ? WHERE ROWID = 2", arguments: [bytes])
        }
    }

    @Test func aMemberWhoComesOrGoesIsAnUpdate() throws {
        try writer.write { try $0.execute(sql: "INSERT INTO chat_handle_join VALUES (2, 4)") }
        #expect(try addresses(updated().first) == ["+15550001", "+15550002", "+15550003", "+15550004"])
        try writer.write {
            try $0.execute(sql: "DELETE FROM chat_handle_join WHERE chat_id = 2 AND handle_id = 1")
        }
        #expect(try addresses(updated().first) == ["+15550002", "+15550003", "+15550004"])
        #expect(try updated().isEmpty)
    }

    @Test func aMemberWhoTakesAnothersPlaceBetweenTwoLooksIsSeen() throws {
        // Without AUTOINCREMENT the new membership gets the row number of the old one.
        try writer.write { db in
            try db.execute(
                sql: """
                    DELETE FROM chat_handle_join WHERE chat_id = 2 AND handle_id = 3;
                    INSERT INTO chat_handle_join VALUES (2, 4);
                    """)
        }
        #expect(try addresses(updated().first) == ["+15550001", "+15550002", "+15550004"])
    }

    @Test func aPhotoThatIsSetOrRemovedIsAnUpdateOtherPropertiesAreNot() throws {
        try properties(["pv": .integer(2)])
        #expect(try updated().isEmpty)
        try properties(["pv": .integer(2), "groupPhotoGuid": .string("at_0_P")])
        let set = try updated()
        #expect(set.map(\.icon) == ["at_0_P"])
        try properties(["pv": .integer(3), "groupPhotoGuid": .string("at_0_P"), "hasResponded": .bool(true)])
        #expect(try updated().isEmpty)
        try properties(["pv": .integer(3)])
        let removed = try updated()
        #expect(removed.count == 1)
        #expect(removed.first?.icon == nil)
    }

    @Test func propertiesThatCannotBeReadAreNoPhoto() throws {
        try writer.write { try $0.execute(sql: "UPDATE chat SET properties = x'62706C697374303000FF' WHERE ROWID = 2") }
        #expect(try updated().isEmpty)
    }
}
