//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

internal import BluewireModel
internal import GRDB

extension World {
    /// Adds a person and their direct chat.
    @discardableResult
    mutating func addPerson(_ person: SimulatedPerson) throws -> SimulatedChat {
        guard !HandleKey(person.address).rawValue.isEmpty else {
            throw SimulatorError(.invalid, "An address is missing.", remedy: "Name a number such as +12025550123.")
        }
        if let index = people.firstIndex(where: { HandleKey($0.address) == HandleKey(person.address) }) {
            people[index].name = person.name
        } else {
            people.append(person)
        }
        let chat = try directChat(with: person.address)
        try remember()
        return chat
    }

    /// The direct chat with an address; created when it is missing.
    mutating func directChat(with address: String) throws -> SimulatedChat {
        let key = HandleKey(address)
        let direct = chats.first { !$0.isGroup && $0.participants.contains { HandleKey($0) == key } }
        if let direct { return direct }
        let known = person(address)
        let isSelf = key == HandleKey(owner.number) || key == HandleKey(owner.mail)
        if !isSelf { _ = addStranger(address) }
        return try createChat(
            participants: [known?.address ?? address], name: nil, isGroup: false,
            service: known?.service ?? "iMessage", isSelf: isSelf
        )
    }

    /// The group of exactly these people, of that name if one is given; created when it is missing.
    mutating func groupChat(with addresses: [String], name: String?) throws -> SimulatedChat {
        let keys = Set(addresses.map { HandleKey($0) })
        guard keys.count >= 2 else {
            throw SimulatorError(.invalid, "A group has at least two other people.", remedy: "Name more addresses.")
        }
        let known = chats.first { chat in
            chat.isGroup && chat.hasLeft != true && Set(chat.participants.map { HandleKey($0) }) == keys
                && (name == nil || chat.name == name)
        }
        if let known { return known }
        var people: [SimulatedPerson] = []
        for address in addresses where !people.contains(where: { HandleKey($0.address) == HandleKey(address) }) {
            people.append(addStranger(address))
        }
        let service = people.allSatisfy { $0.service == "iMessage" } ? "iMessage" : "SMS"
        return try createChat(participants: people.map(\.address), name: name, isGroup: true, service: service)
    }

    /// The person of an address; a stranger when nobody has it.
    mutating func addStranger(_ address: String) -> SimulatedPerson {
        if let known = person(address) { return known }
        let stranger = SimulatedPerson(name: "", address: address)
        people.append(stranger)
        return stranger
    }

    /// Creates a chat with people who exist.
    mutating func createChat(
        participants: [String], name: String?, isGroup: Bool, service: String = "iMessage", isSelf: Bool = false
    ) throws -> SimulatedChat {
        guard let first = participants.first, isGroup || participants.count == 1 else {
            throw SimulatorError(.invalid, "A direct chat has one participant.", remedy: "Pass isGroup: true.")
        }
        let digits = (0..<18).map { _ in String(Int.random(in: 1...9, using: &random)) }.joined()
        let identifier = isGroup ? "chat\(digits)" : first
        let prefix = generation >= .tahoe ? "any" : service
        let guid = ChatGUID(service: prefix, isGroup: isGroup, identifier: identifier).rawValue
        let ids = (account: random.uuid(), group: random.uuid())
        let chat = SimulatedChat(
            guid: guid, isGroup: isGroup, name: name, participants: participants, service: service, isSelf: isSelf
        )
        let values: RowValues = [
            "guid": guid, "style": isGroup ? 43 : 45, "state": 3, "account_id": ids.account,
            "chat_identifier": identifier, "service_name": service, "room_name": isGroup ? identifier : nil,
            "account_login": "E:\(owner.mail)", "last_addressed_handle": owner.number, "display_name": name ?? "",
            "group_id": ids.group, "original_group_id": ids.group, "is_filtered": 0,
        ]
        try store.write { db in
            let row = try store.insert(values, into: "chat", db)
            for address in participants {
                try db.execute(
                    sql: "INSERT OR IGNORE INTO chat_handle_join (chat_id, handle_id) VALUES (?, ?)",
                    arguments: [row, try handleRow(address, service: service, db)]
                )
            }
            guard generation >= .tahoe else { return }
            try db.execute(
                sql: "INSERT OR IGNORE INTO chat_lookup (identifier, domain, chat, priority) VALUES (?, ?, ?, 0)",
                arguments: [identifier, service, row]
            )
        }
        chats.append(chat)
        try remember()
        feed.add("chat", chat: guid)
        return chat
    }

    /// The row of an address on a service; created when it is missing.
    func handleRow(_ address: String, service: String, _ db: Database) throws -> Int64 {
        let known = try Int64.fetchOne(
            db, sql: "SELECT ROWID FROM handle WHERE id = ? AND service = ?", arguments: [address, service]
        )
        if let known { return known }
        let values: RowValues = [
            "id": address, "country": "us", "service": service, "uncanonicalized_id": nil, "person_centric_id": nil,
        ]
        return try store.insert(values, into: "handle", db)
    }

    /// The newest message of a chat, which Apple notes on the next one.
    func newestMessage(in chat: String, _ db: Database) throws -> String? {
        try String.fetchOne(
            db,
            sql: """
                SELECT m.guid FROM chat c JOIN chat_message_join j ON j.chat_id = c.ROWID
                JOIN message m ON m.ROWID = j.message_id
                WHERE c.guid = ? ORDER BY j.message_date DESC, j.message_id DESC LIMIT 1
                """,
            arguments: [chat]
        )
    }

    /// Joins a message to a chat.
    func join(_ message: String, to chat: String, _ db: Database) throws {
        try db.execute(
            sql: """
                INSERT OR IGNORE INTO chat_message_join (chat_id, message_id, message_date)
                SELECT c.ROWID, m.ROWID, m.date FROM chat c, message m WHERE c.guid = ? AND m.guid = ?
                """,
            arguments: [chat, message]
        )
    }
}
