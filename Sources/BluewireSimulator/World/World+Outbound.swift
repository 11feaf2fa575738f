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

extension World {
    /// Where a transport wants a message to go.
    enum Destination: Sendable {
        case chat(guid: String)
        case address(String)
        case group([String], name: String?)
    }

    /// We send something.
    ///
    /// - Throws: ``SimulatorError`` with `unreachable` when a fault says so: then nothing was written; with `cut` when
    ///   the answer must get lost.
    mutating func send(_ content: MessageContent, to destination: Destination, at now: Timestamp) throws -> Receipt {
        guard !content.text.isEmpty || !content.files.isEmpty else {
            throw SimulatorError(.invalid, "There is nothing to send.", remedy: "Pass a text or a file.")
        }
        lastNow = now
        let faults = try takeOutboundFaults()
        let cut = SimulatorError.cut
        let chat = try chat(for: destination)
        if chat?.hasLeft == true { throw SimulatorError.hasLeft }
        guard let chat, !faults.ghost else {
            let receipt = try ghost(for: destination, at: now)
            if faults.failAfterAccept { throw cut }
            return receipt
        }
        ownTyping.remove(chat.guid)
        let receipt = try dispatch(content, in: chat, faults: faults, at: now)
        try settle(faults, at: now)
        if faults.failAfterAccept { throw cut }
        return receipt
    }

    /// The faults for something we do; throws what they ask for before anything is written.
    mutating func takeOutboundFaults() throws -> Faults {
        let faults = takeFaults()
        if faults.failBefore {
            throw SimulatorError(.unreachable, "Messages cannot be reached (a fault).", remedy: "Try again later.")
        }
        if faults.denied {
            throw SimulatorError(.denied, "Sending is not permitted (a fault).", remedy: "Switch the fault off.")
        }
        if faults.loseAfterAccept { throw SimulatorError.cut }
        return faults
    }

    /// The chat meant; nil when the guid has the wrong polarity, which Messages takes and sends nowhere.
    private mutating func chat(for destination: Destination) throws -> SimulatedChat? {
        switch destination {
        case .address(let address): return try directChat(with: address)
        case .group(let people, let name): return try groupChat(with: people, name: name)
        case .chat(let guid):
            if let exact = chats.first(where: { $0.guid == guid }) { return exact }
            let named = ChatGUID(rawValue: guid)
            let chat = try requireChat(guid)
            return named.style == ChatGUID(rawValue: chat.guid).style ? chat : nil
        }
    }

    private mutating func dispatch(
        _ content: MessageContent, in chat: SimulatedChat, faults: Faults, at now: Timestamp
    ) throws -> Receipt {
        let outline = Outline(
            guid: random.uuid(), chat: chat, address: chat.isGroup ? nil : chat.participants.first, isFromMe: true,
            date: now, content: content, kind: "send"
        )
        let row = try write(outline, state: ["is_finished": 0, "is_sent": 0, "is_read": 0], faults: faults)
        let sent = now + scaled(random.milliseconds(120...380))
        // Messages to an address nobody has fail as real ones do, some seconds after they landed.
        let nobody = chat.participants.contains { $0.hasPrefix("+999") }
        if nobody || faults.error22AfterMs > 0 {
            let delay = faults.error22AfterMs > 0 ? .milliseconds(faults.error22AfterMs) : scaled(.seconds(4))
            if now + delay > sent { timeline.add(.sent(message: outline.guid), at: sent) }
            timeline.add(.failed(message: outline.guid, code: 22), at: now + delay)
            return Receipt(message: outline.guid, chat: chat.guid, row: row)
        }
        timeline.add(.sent(message: outline.guid), at: sent)
        if chat.isSelf { try mirror(outline, faults: faults) }
        detect(outline, faults: faults, at: sent)
        // Only direct iMessages report delivery and reading.
        if !chat.isGroup, chat.service != "SMS" {
            let slow = Duration.milliseconds(faults.slowDeliveryMs)
            let delivered = sent + scaled(random.milliseconds(1_700...2_300)) + slow
            timeline.add(.delivered(message: outline.guid), at: delivered)
            if let person = outline.address.flatMap({ person($0) }), person.sendsReadReceipts {
                let read = delivered + scaled(random.milliseconds(2_500...6_000)) + slow
                timeline.add(.readByThem(message: outline.guid), at: read)
            }
        }
        if faults.duplicateSelf, !chat.isSelf { try duplicate(outline) }
        return Receipt(message: outline.guid, chat: chat.guid, row: row)
    }

    /// The row Messages leaves when it took a message and sent it nowhere: no text, no chat, a strange handle.
    private mutating func ghost(for destination: Destination, at now: Timestamp) throws -> Receipt {
        let identifier =
            switch destination {
            case .address(let address): address
            case .group(let people, _): people.joined(separator: ",")
            case .chat(let guid): ChatGUID(rawValue: guid).identifier
            }
        let guid = random.uuid()
        let nowhere = SimulatedChat(
            guid: "", isGroup: false, name: nil, participants: [identifier], service: "iMessage", isSelf: false
        )
        let outline = Outline(
            guid: guid, chat: nowhere, address: identifier, isFromMe: true, date: now, content: MessageContent(),
            kind: "ghost"
        )
        let state: RowValues = [
            "is_finished": 1, "is_sent": 1, "text": nil, "attributedBody": nil, "part_count": 0,
        ]
        let row = try write(outline, state: state, faults: Faults())
        return Receipt(message: nil, chat: identifier, row: row)
    }

    /// We mark a chat as read.
    mutating func markRead(_ reference: String, at now: Timestamp) throws {
        let chat = try requireChat(reference)
        let date = AppleTime.rawNanoseconds(now)
        try store.write { db in
            try db.execute(
                sql: """
                    UPDATE message SET is_read = 1, date_read = ? WHERE is_from_me = 0 AND is_read = 0
                    AND ROWID IN (SELECT j.message_id FROM chat_message_join j
                    JOIN chat c ON c.ROWID = j.chat_id WHERE c.guid = ?)
                    """,
                arguments: [date, chat.guid]
            )
            try db.execute(
                sql: "UPDATE chat SET last_read_message_timestamp = ? WHERE guid = ?", arguments: [date, chat.guid]
            )
        }
        feed.add("changed", chat: chat.guid)
    }

    /// We mark a chat as unread: its newest incoming message counts as new again.
    mutating func markUnread(_ reference: String, at now: Timestamp) throws {
        let chat = try requireChat(reference)
        try store.write { db in
            try db.execute(
                sql: """
                    UPDATE message SET is_read = 0, date_read = 0 WHERE ROWID = (
                        SELECT m.ROWID FROM message m JOIN chat_message_join j ON j.message_id = m.ROWID
                        JOIN chat c ON c.ROWID = j.chat_id
                        WHERE c.guid = ? AND m.is_from_me = 0 AND m.item_type = 0
                          AND IFNULL(m.associated_message_type, 0) NOT BETWEEN 1000 AND 4000
                        ORDER BY j.message_date DESC, j.message_id DESC LIMIT 1)
                    """,
                arguments: [chat.guid]
            )
        }
        feed.add("changed", chat: chat.guid)
    }

    /// We start or stop typing.
    mutating func setOwnTyping(_ isOn: Bool, in reference: String) throws {
        let chat = try requireChat(reference)
        guard ownTyping.contains(chat.guid) != isOn else { return }
        if isOn { ownTyping.insert(chat.guid) } else { ownTyping.remove(chat.guid) }
        feed.add("ownTyping", chat: chat.guid, isOn: isOn)
    }
}

extension SimulatorError {
    /// The answer gets lost.
    static let cut = SimulatorError(.cut, "The connection is cut (a fault).", remedy: "Look for the row.")
    /// Nobody writes to a group they left.
    static let hasLeft = SimulatorError(.invalid, "We left this group.", remedy: "Have somebody add us again.")
}
