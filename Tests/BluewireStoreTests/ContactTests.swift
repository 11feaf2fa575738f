//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import BluewireStore
import BluewireTesting
import Foundation
import GRDB
import Synchronization
import Testing

struct ContactTests {
    private struct Card {
        var first: String?
        var organization: String?
        var numbers: [String] = []
        var mails: [String] = []
        var isMe = false
    }

    private func book(_ cards: [Card], at path: String) throws {
        try? FileManager.default.removeItem(atPath: path)
        try DatabaseQueue(path: path).write { db in
            try db.execute(
                sql: """
                    CREATE TABLE Z_PRIMARYKEY (Z_ENT INTEGER, Z_NAME TEXT);
                    INSERT INTO Z_PRIMARYKEY VALUES (22, 'ABCDContact'), (19, 'ABCDGroup');
                    CREATE TABLE ZABCDRECORD (Z_PK INTEGER PRIMARY KEY, Z_ENT INTEGER, ZFIRSTNAME TEXT, ZLASTNAME TEXT,
                      ZORGANIZATION TEXT, ZUNIQUEID TEXT, ZCONTAINERWHERECONTACTISME INTEGER);
                    CREATE TABLE ZABCDPHONENUMBER (Z_PK INTEGER PRIMARY KEY, ZOWNER INTEGER, ZFULLNUMBER TEXT);
                    CREATE TABLE ZABCDEMAILADDRESS (Z_PK INTEGER PRIMARY KEY, ZOWNER INTEGER, ZADDRESS TEXT);
                    """
            )
            for card in cards {
                try db.execute(
                    sql: """
                        INSERT INTO ZABCDRECORD (Z_ENT, ZFIRSTNAME, ZORGANIZATION, ZUNIQUEID, ZCONTAINERWHERECONTACTISME)
                        VALUES (22, ?, ?, ?, ?)
                        """,
                    arguments: [card.first, card.organization, card.first ?? "org", card.isMe ? 1 : nil]
                )
                let owner = db.lastInsertedRowID
                for number in card.numbers {
                    try db.execute(
                        sql: "INSERT INTO ZABCDPHONENUMBER (ZOWNER, ZFULLNUMBER) VALUES (?, ?)",
                        arguments: [owner, number]
                    )
                }
                for mail in card.mails {
                    try db.execute(
                        sql: "INSERT INTO ZABCDEMAILADDRESS (ZOWNER, ZADDRESS) VALUES (?, ?)", arguments: [owner, mail]
                    )
                }
            }
        }
    }

    private func name(_ address: String, in book: ContactBook) -> String? {
        book.contact(for: Handle(address: address, channel: .iMessage))?.name
    }

    @Test func addressesFindTheirCards() throws {
        let path = try TemporaryFolder.make() + "/AddressBook-v22.abcddb"
        try book(
            [
                Card(first: "Ann", numbers: ["+1 (555) 123-0001"], mails: ["Ann@Example.com"]),
                Card(first: "Bo", numbers: ["(555) 123-0002"]), Card(first: "Cleo", numbers: ["06 1234 5678"]),
                Card(organization: "Shop", numbers: ["0031 20 555 0101"]),
                Card(first: "Me", numbers: ["+15551239999", "555 000 1111"], mails: ["me@example.com"], isMe: true),
            ],
            at: path
        )
        let contacts = ContactBook(path: path)
        #expect(name("+15551230001", in: contacts) == "Ann")
        #expect(name("ann@example.com", in: contacts) == "Ann")
        #expect(name("+15551230002", in: contacts) == "Bo")
        #expect(name("+31612345678", in: contacts) == "Cleo")
        #expect(name("+31205550101", in: contacts) == "Shop")
        #expect(name("+15551230003", in: contacts) == nil)
        #expect(name("262966", in: contacts) == nil)
        #expect(name("urn:biz:x", in: contacts) == nil)
        // A number without its country is never taken for an own address.
        #expect(contacts.ownAddresses == [HandleKey("+15551239999"), HandleKey("me@example.com")])
    }

    @Test func sharedNumbersNameBothPeople() throws {
        let path = try TemporaryFolder.make() + "/AddressBook-v22.abcddb"
        try book(
            [Card(first: "Ann", numbers: ["+15551230001"]), Card(first: "Bo", numbers: ["+15551230001"])], at: path)
        #expect(name("+15551230001", in: ContactBook(path: path)) == "Ann or Bo")
    }

    @Test func accountsAreReadTooAndChangesAfterHalfAMinute() throws {
        let folder = try TemporaryFolder.make()
        let account = folder + "/Sources/ABC"
        try FileManager.default.createDirectory(atPath: account, withIntermediateDirectories: true)
        try book([Card(first: "Ann", numbers: ["+15551230001"])], at: folder + "/AddressBook-v22.abcddb")
        try book([Card(first: "Bo", numbers: ["+15551230002"])], at: account + "/AddressBook-v22.abcddb")
        let start = ContinuousClock.now
        let time = Mutex(start)
        let contacts = ContactBook(path: folder, now: { time.withLock { $0 } })
        #expect(name("+15551230001", in: contacts) == "Ann")
        #expect(name("+15551230002", in: contacts) == "Bo")
        try book([Card(first: "Robert", numbers: ["+15551230002"])], at: account + "/AddressBook-v22.abcddb")
        #expect(name("+15551230002", in: contacts) == "Bo")
        time.withLock { $0 = start + .seconds(31) }
        #expect(name("+15551230002", in: contacts) == "Robert")
    }

    @Test func anUnreadableBookHasNoNames() throws {
        let path = try TemporaryFolder.make() + "/AddressBook-v22.abcddb"
        try "nothing".write(toFile: path, atomically: true, encoding: .utf8)
        #expect(name("+15551230001", in: ContactBook(path: path)) == nil)
        #expect(name("+15551230001", in: ContactBook(path: "/nowhere")) == nil)
    }

    @Test(.enabled(if: SharedData.isAvailable, "\(SharedData.skipReason)"))
    func aGeneratedBookNamesPeople() async throws {
        let store = try GeneratedDatabase.with(.newest).store()
        let people = try await store.chats(ChatQuery(limit: 1000)).elements.flatMap(\.participants)
        #expect(people.contains { $0.contact != nil })
        #expect(people.contains { $0.contact == nil })
    }
}
