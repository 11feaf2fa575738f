//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

internal import BluewireCodec
internal import BluewireModel
internal import GRDB

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// What somebody does to a group.
enum GroupChange: Sendable {
    /// Another name; an empty one removes it.
    case rename(String)
    /// Another photo; nil removes it.
    case icon(Media?)
    /// Somebody comes.
    case add(String)
    /// Somebody is removed.
    case remove(String)
    /// Whoever does it leaves.
    case leave
}

extension World {
    /// We change a group, as a transport asks.
    ///
    /// - Throws: as ``send(_:to:at:)``; the fault `ghost` takes the change and does nothing.
    mutating func changeOurselves(_ reference: String, _ change: GroupChange, at now: Timestamp) throws -> Receipt {
        lastNow = now
        let faults = try takeOutboundFaults()
        let chat = try changeable(reference, change, by: nil)
        guard !faults.ghost else { return Receipt(message: nil, chat: chat.guid) }
        let receipt = try apply(change, to: chat, by: nil, faults: faults, at: now)
        try settle(faults, at: now)
        if faults.failAfterAccept { throw SimulatorError.cut }
        return receipt
    }

    /// Somebody changes a group.
    @discardableResult
    mutating func change(
        _ reference: String, _ change: GroupChange, by address: String, at now: Timestamp
    ) throws -> Receipt {
        lastNow = now
        let faults = takeFaults()
        let chat = try changeable(reference, change, by: address)
        let receipt = try apply(change, to: chat, by: try sender(address, in: chat), faults: faults, at: now)
        try settle(faults, at: now)
        return receipt
    }

    /// The group, where Apple's rules let `actor` change it.
    private func changeable(_ reference: String, _ change: GroupChange, by actor: String?) throws -> SimulatedChat {
        let chat = try requireChat(reference)
        guard chat.isGroup, chat.service == "iMessage" else {
            throw SimulatorError(.invalid, "Only iMessage groups can be changed.", remedy: "Name another chat.")
        }
        if chat.hasLeft == true { throw SimulatorError.hasLeft }
        if let actor { _ = try sender(actor, in: chat) }
        let isSmall = chat.participants.count < 3
        switch change {
        case .add(let address):
            let isKnown = chat.participants.contains { HandleKey($0) == HandleKey(address) }
            guard !isKnown, !HandleKey(address).rawValue.isEmpty else {
                throw SimulatorError(.invalid, "That person is in the group already.", remedy: "Name somebody else.")
            }
        case .remove(let address):
            _ = try sender(address, in: chat)
            if isSmall { throw SimulatorError.tooSmall }
        case .leave where isSmall: throw SimulatorError.tooSmall
        case .rename, .icon, .leave: break
        }
        return chat
    }

    /// Writes what the change does to the chat, and the row that tells of it.
    private mutating func apply(
        _ change: GroupChange, to chat: SimulatedChat, by actor: String?, faults: Faults, at now: Timestamp
    ) throws -> Receipt {
        var outline = Outline(
            guid: random.uuid(), chat: chat, address: actor, isFromMe: actor == nil, date: now,
            content: MessageContent(), kind: "group"
        )
        var state: RowValues = [
            "is_finished": 1, "is_sent": actor == nil, "is_delivered": actor != nil, "is_read": 0,
            "was_data_detected": 1, "part_count": 0, "text": nil, "attributedBody": nil,
        ]
        var leaver: String?
        switch change {
        case .rename(let name):
            state["item_type"] = 2
            state.updateValue(name.isEmpty ? nil : name, forKey: "group_title")
            try rename(chat, to: name)
        case .icon(let photo):
            state["item_type"] = 3
            state["group_action_type"] = photo == nil ? 2 : 1
            if var photo {
                photo.name = "GroupPhotoImage"
                outline.content.files = [photo]
            }
            try setPhoto(of: chat, photo.map { _ in outline.content.transfer(ofFile: 0, of: outline.guid) })
        case .add(let address):
            state["item_type"] = 1
            state["other_handle"] = try add(addStranger(address).address, to: chat)
        case .remove(let address):
            let person = try sender(address, in: chat)
            state["item_type"] = 1
            state["group_action_type"] = 1
            state["other_handle"] = try store.write { db in try handleRow(person, service: chat.service, db) }
            leaver = person
        case .leave:
            state["item_type"] = 3
            leaver = actor
        }
        var faults = faults
        faults.lateBodyMs = 0
        let row = try write(outline, state: state, faults: faults)
        // After the row, which keeps the handle alive: the membership's deletion collects handles nobody names.
        if let leaver { try remove(leaver, from: chat) }
        if case .leave = change, actor == nil { try leave(chat) }
        try remember()
        return Receipt(message: outline.guid, chat: chat.guid, row: row)
    }

    // MARK: The chat

    private mutating func update(_ chat: SimulatedChat, _ change: (inout SimulatedChat) -> Void) {
        guard let index = chats.firstIndex(where: { $0.guid == chat.guid }) else { return }
        change(&chats[index])
        feed.add("chat", chat: chat.guid)
    }

    private mutating func rename(_ chat: SimulatedChat, to name: String) throws {
        try store.write { db in
            try db.execute(sql: "UPDATE chat SET display_name = ? WHERE guid = ?", arguments: [name, chat.guid])
        }
        update(chat) { $0.name = name.isEmpty ? nil : name }
    }

    private mutating func setPhoto(of chat: SimulatedChat, _ transfer: String?) throws {
        // Other keys stand there in life too; a removed photo leaves them.
        var properties: [String: PropertyListValue] = ["pv": .integer(2), "hasResponded": .bool(true)]
        if let transfer { properties["groupPhotoGuid"] = .string(transfer) }
        let bytes = PropertyList.encode(.dictionary(properties))
        try store.write { db in
            try db.execute(sql: "UPDATE chat SET properties = ? WHERE guid = ?", arguments: [Data(bytes), chat.guid])
        }
        update(chat) { $0.photo = transfer }
    }

    private mutating func add(_ address: String, to chat: SimulatedChat) throws -> Int64 {
        let handle = try store.write { db in
            let handle = try handleRow(address, service: chat.service, db)
            try db.execute(
                sql: """
                    INSERT OR IGNORE INTO chat_handle_join (chat_id, handle_id)
                    SELECT ROWID, ? FROM chat WHERE guid = ?
                    """,
                arguments: [handle, chat.guid]
            )
            return handle
        }
        update(chat) { $0.participants.append(address) }
        return handle
    }

    private mutating func remove(_ address: String, from chat: SimulatedChat) throws {
        try store.write { db in
            try db.execute(
                sql: """
                    DELETE FROM chat_handle_join WHERE chat_id = (SELECT ROWID FROM chat WHERE guid = ?)
                    AND handle_id IN (SELECT ROWID FROM handle WHERE id = ?)
                    """,
                arguments: [chat.guid, address]
            )
        }
        update(chat) { $0.participants.removeAll { $0 == address } }
    }

    private mutating func leave(_ chat: SimulatedChat) throws {
        try store.write { db in
            try db.execute(sql: "UPDATE chat SET state = 0 WHERE guid = ?", arguments: [chat.guid])
        }
        update(chat) { $0.hasLeft = true }
    }
}

extension SimulatorError {
    /// Apple keeps groups of three together.
    fileprivate static let tooSmall = SimulatorError(
        .invalid, "The group is too small: nobody can leave it.", remedy: "Add somebody first.")
}
