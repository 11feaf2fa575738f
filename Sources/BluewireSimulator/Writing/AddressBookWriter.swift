//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

internal import BluewireModel
internal import GRDB

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// Writes the address-book file with the people's names: the columns a name look-up reads.
struct AddressBookWriter: Sendable {
    let home: SimulatorHome

    private static let person = 22
    private static let phone = 15
    private static let mail = 11

    /// Brings the file up to date.
    func write(people: [SimulatedPerson], owner: SimulatedOwner) throws {
        var configuration = Configuration()
        configuration.journalMode = .wal
        configuration.busyMode = .timeout(5)
        let queue = try DatabaseQueue(path: home.addressBookPath, configuration: configuration)
        try queue.write { db in
            if try !db.tableExists("ZABCDRECORD") { try create(db) }
            for table in ["ZABCDRECORD", "ZABCDPHONENUMBER", "ZABCDEMAILADDRESS"] {
                try db.execute(sql: "DELETE FROM \(table)")
            }
            try insert(key: 1, name: owner.name, addresses: [owner.number, owner.mail], isMe: true, db)
            for (index, person) in people.enumerated() where !person.name.isEmpty {
                try insert(key: index + 2, name: person.name, addresses: [person.address], isMe: false, db)
            }
        }
        try queue.close()
    }

    private func create(_ db: Database) throws {
        let statements = [
            "CREATE TABLE Z_PRIMARYKEY (Z_ENT INTEGER PRIMARY KEY, Z_NAME VARCHAR, Z_SUPER INTEGER, Z_MAX INTEGER)",
            """
            CREATE TABLE ZABCDRECORD (Z_PK INTEGER PRIMARY KEY, Z_ENT INTEGER, Z_OPT INTEGER,
            ZCONTAINERWHERECONTACTISME INTEGER, ZFIRSTNAME VARCHAR, ZMIDDLENAME VARCHAR, ZLASTNAME VARCHAR,
            ZNICKNAME VARCHAR, ZORGANIZATION VARCHAR, ZUNIQUEID VARCHAR, ZLINKID VARCHAR,
            ZTHUMBNAILIMAGEDATA BLOB, ZIMAGEDATA BLOB)
            """,
            """
            CREATE TABLE ZABCDPHONENUMBER (Z_PK INTEGER PRIMARY KEY, Z_ENT INTEGER, Z_OPT INTEGER, ZOWNER INTEGER,
            ZCOUNTRYCODE VARCHAR, ZFULLNUMBER VARCHAR, ZLABEL VARCHAR, ZLASTFOURDIGITS VARCHAR, ZUNIQUEID VARCHAR)
            """,
            """
            CREATE TABLE ZABCDEMAILADDRESS (Z_PK INTEGER PRIMARY KEY, Z_ENT INTEGER, Z_OPT INTEGER, ZOWNER INTEGER,
            ZADDRESS VARCHAR, ZADDRESSNORMALIZED VARCHAR, ZLABEL VARCHAR, ZUNIQUEID VARCHAR)
            """,
            """
            INSERT INTO Z_PRIMARYKEY (Z_ENT, Z_NAME, Z_SUPER, Z_MAX) VALUES (11, 'ABCDEmailAddress', 0, 0),
            (15, 'ABCDPhoneNumber', 0, 0), (17, 'ABCDRecord', 0, 0), (22, 'ABCDContact', 17, 0),
            (23, 'ABCDSubscribedContact', 22, 0)
            """,
        ]
        for statement in statements { try db.execute(sql: statement) }
    }

    private func insert(key: Int, name: String, addresses: [String], isMe: Bool, _ db: Database) throws {
        let words = name.split(separator: " ", maxSplits: 1).map(String.init)
        try db.execute(
            sql: """
                INSERT INTO ZABCDRECORD (Z_PK, Z_ENT, Z_OPT, ZFIRSTNAME, ZLASTNAME, ZUNIQUEID, ZCONTAINERWHERECONTACTISME)
                VALUES (?, ?, 1, ?, ?, ?, ?)
                """,
            arguments: [
                key, Self.person, words.first, words.count > 1 ? words[1] : nil, "SIMULATED-\(key):ABPerson",
                isMe ? 1 : nil,
            ]
        )
        for address in addresses {
            if address.contains("@") {
                try db.execute(
                    sql: """
                        INSERT INTO ZABCDEMAILADDRESS (Z_ENT, Z_OPT, ZOWNER, ZADDRESS, ZADDRESSNORMALIZED, ZLABEL)
                        VALUES (?, 1, ?, ?, ?, '_$!<Home>!$_')
                        """,
                    arguments: [Self.mail, key, address, address.lowercased()]
                )
            } else {
                try db.execute(
                    sql: """
                        INSERT INTO ZABCDPHONENUMBER (Z_ENT, Z_OPT, ZOWNER, ZFULLNUMBER, ZLASTFOURDIGITS, ZLABEL)
                        VALUES (?, 1, ?, ?, ?, '_$!<Mobile>!$_')
                        """,
                    arguments: [Self.phone, key, address, String(address.suffix(4))]
                )
            }
        }
    }
}
