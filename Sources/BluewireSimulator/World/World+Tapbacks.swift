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

/// A tapback somebody puts on or takes off.
struct TapbackOrder: Sendable {
    var target: String
    var part: Int
    var kind: Tapback.Kind
    var emoji: String?
    var isRemoval: Bool
    /// Who does it; nil for us.
    var address: String?
}

extension World {
    /// Puts a tapback on a message or takes it off, the way Apple writes it: the row that stood is deleted, and the new
    /// one (for a removal a 3000 row) inserted.
    mutating func react(_ order: TapbackOrder, at now: Timestamp) throws -> Receipt {
        lastNow = now
        guard (2000...2006).contains(order.kind.rawValue), (order.kind == .emoji) == (order.emoji?.isEmpty == false)
        else {
            throw SimulatorError(
                .invalid, "This tapback does not exist.",
                remedy: "Use love, like, dislike, laugh, emphasize or question, or emoji with an emoji."
            )
        }
        if order.kind == .emoji, generation < .sequoia {
            throw SimulatorError(
                .invalid, "macOS 13 has no emoji tapbacks.", remedy: "Use one of the six classic ones."
            )
        }
        let faults = takeFaults()
        let target = try target(order.target)
        let chat = try requireChat(target.chat)
        let address = try order.address.map { try sender($0, in: chat) }
        let standing = try store.read { db in try standingTapback(order, address: address, service: chat.service, db) }
        if order.isRemoval, standing == nil {
            throw SimulatorError(.invalid, "No such tapback stands there.", remedy: "Put one on first.")
        }
        if let standing {
            try store.write { db in try db.execute(sql: "DELETE FROM message WHERE guid = ?", arguments: [standing]) }
        }
        if order.isRemoval, faults.tapbackDeleteOnly {
            feed.add("changed", chat: chat.guid, message: order.target)
            return Receipt(message: nil, chat: chat.guid)
        }
        let sentence = sentence(order, about: target.text)
        let outline = Outline(
            guid: random.uuid(), chat: chat, address: address ?? (chat.isGroup ? nil : chat.participants.first),
            isFromMe: address == nil, date: now, content: MessageContent(text: sentence), kind: "tapback"
        )
        var state: RowValues = [
            "associated_message_guid": "p:\(order.part)/\(order.target)",
            "associated_message_type": order.kind.rawValue + (order.isRemoval ? 1000 : 0),
            "associated_message_emoji": order.emoji, "associated_message_range_location": 0,
            "associated_message_range_length": target.text.utf16.count, "is_finished": 1, "is_sent": address == nil,
            "is_delivered": address != nil, "is_read": 0, "was_data_detected": 1,
            "message_summary_info": Data(SummaryWriter.tapback(about: target.text)),
        ]
        if generation >= .tahoe { state["index_state"] = 2 }
        let row = try write(outline, state: state, faults: faults)
        if address == nil, !chat.isGroup, chat.service != "SMS" {
            timeline.add(.delivered(message: outline.guid), at: now + scaled(random.milliseconds(1_000...2_000)))
        }
        try settle(faults, at: now)
        return Receipt(message: outline.guid, chat: chat.guid, row: row)
    }

    /// The message of a guid with its chat and text.
    func target(_ guid: String) throws -> (chat: String, text: String, isFromMe: Bool) {
        let found = try store.read { db in
            try Row.fetchOne(
                db,
                sql: """
                    SELECT c.guid, m.text, m.attributedBody, m.is_from_me FROM message m
                    JOIN chat_message_join j ON j.message_id = m.ROWID JOIN chat c ON c.ROWID = j.chat_id
                    WHERE m.guid = ?
                    """,
                arguments: [guid]
            ).map { row -> (String, String?, [UInt8]?, Bool) in
                (row[0], row[1], (row[2] as Data?).map(Array.init), row[3])
            }
        }
        guard let (chat, text, bytes, isFromMe) = found else {
            throw SimulatorError(.notFound, "There is no such message in a chat.", remedy: "Name a message's guid.")
        }
        if let text { return (chat, text, isFromMe) }
        let body = bytes.flatMap { try? BodyDecoder.strict($0) }
        return (chat, body?.string ?? "", isFromMe)
    }

    /// The guid of the tapback the same person has on the part, if any.
    private func standingTapback(
        _ order: TapbackOrder, address: String?, service: String, _ db: Database
    ) throws -> String? {
        var sql = """
            SELECT m.guid FROM message m LEFT JOIN handle h ON h.ROWID = m.handle_id
            WHERE m.associated_message_guid IN (?, ?) AND m.associated_message_type BETWEEN 2000 AND 2006
            """
        var arguments: StatementArguments = ["p:\(order.part)/\(order.target)", order.target]
        if let address {
            sql += " AND m.is_from_me = 0 AND h.id = ?"
            arguments += [address]
        } else {
            sql += " AND m.is_from_me = 1"
        }
        return try String.fetchOne(db, sql: sql + " ORDER BY m.ROWID DESC LIMIT 1", arguments: arguments)
    }

    /// The sentence Apple shows on devices that know no tapbacks.
    private func sentence(_ order: TapbackOrder, about text: String) -> String {
        let quoted = "“\(text)”"
        let classic: (put: String, off: String) =
            switch order.kind {
            case .love: ("Loved", "a heart")
            case .like: ("Liked", "a like")
            case .dislike: ("Disliked", "a dislike")
            case .laugh: ("Laughed at", "a laugh")
            case .emphasize: ("Emphasized", "an exclamation")
            case .question: ("Questioned", "a question mark")
            default: ("Reacted \(order.emoji ?? "") to", "a \(order.emoji ?? "") reaction")
            }
        return order.isRemoval ? "Removed \(classic.off) from \(quoted)" : "\(classic.put) \(quoted)"
    }
}
