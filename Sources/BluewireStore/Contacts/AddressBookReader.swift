//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import GRDB

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Reads the Core Data files of the macOS address book.
enum AddressBookReader {
    /// A card with its addresses.
    struct Card: Sendable {
        var contact: Contact
        var addresses: [String]
    }

    private static let fileName = "AddressBook-v22.abcddb"

    /// The files below the sources: "On My Mac" first, then one per account.
    static func files(at sources: [String]) -> [String] {
        sources.flatMap { source -> [String] in
            guard FileStatus(path: source)?.isFolder == true else { return [source] }
            let accounts = (try? FileManager.default.contentsOfDirectory(atPath: source + "/Sources"))?.sorted() ?? []
            return [source + "/" + fileName] + accounts.map { "\(source)/Sources/\($0)/\(fileName)" }
        }.filter { FileStatus(path: $0)?.isRegular == true }
    }

    /// The cards of a file; none when it cannot be read, because names are only an ornament.
    static func cards(in path: String) -> [Card] {
        do {
            let settings = ChatDatabase.connectionConfiguration(label: "contacts")
            let queue = try DatabaseQueue(path: ChatDatabase.uri(path: path), configuration: settings)
            return try queue.read(cards)
        } catch {
            return []
        }
    }

    private static func cards(_ db: Database) throws -> [Card] {
        let found = try String.fetchAll(db, sql: "SELECT upper(name) FROM pragma_table_info('ZABCDRECORD')")
        let columns = Set(found)
        func column(_ name: String) -> String { columns.contains(name) ? name : "NULL" }
        let entities = try Int64.fetchAll(
            db, sql: "SELECT Z_ENT FROM Z_PRIMARYKEY WHERE Z_NAME IN ('ABCDContact', 'ABCDSubscribedContact')"
        )
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT Z_PK, Z_ENT, \(column("ZFIRSTNAME")), \(column("ZMIDDLENAME")), \(column("ZLASTNAME")),
                  \(column("ZNICKNAME")), \(column("ZORGANIZATION")), \(column("ZUNIQUEID")),
                  \(column("ZCONTAINERWHERECONTACTISME"))
                FROM ZABCDRECORD ORDER BY Z_PK
                """
        )
        var cards: [Card] = []
        var position: [Int64: Int] = [:]
        while let row = try rows.next() {
            guard entities.isEmpty || entities.contains(row[1] as Int64? ?? 0) else { continue }
            let key = row[0] as Int64? ?? 0
            let full = [row[2] as String?, row[3], row[4]].compactMap { $0?.trimmingSpaces() }
                .filter { !$0.isEmpty }.joined(separator: " ")
            let nickname = row[5] as String?
            guard let name = [full, nickname ?? "", row[6] as String? ?? ""].first(where: { !$0.isEmpty }) else {
                continue
            }
            position[key] = cards.count
            let isMe = row[8] as Int64? != nil
            let id = row[7] as String? ?? "record-\(key)"
            cards.append(Card(contact: Contact(id: id, name: name, nickname: nickname, isMe: isMe), addresses: []))
        }
        for sql in [
            "SELECT ZOWNER, ZFULLNUMBER FROM ZABCDPHONENUMBER ORDER BY Z_PK",
            "SELECT ZOWNER, ZADDRESS FROM ZABCDEMAILADDRESS ORDER BY Z_PK",
        ] {
            let addresses = try Row.fetchCursor(db, sql: sql)
            while let row = try addresses.next() {
                guard let owner = row[0] as Int64?, let index = position[owner], let text = row[1] as String? else {
                    continue
                }
                cards[index].addresses.append(text)
            }
        }
        return cards
    }
}
