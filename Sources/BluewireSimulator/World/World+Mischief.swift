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

/// One-shot faults: some strike at once, the others are armed for the next message.
package enum Mischief: String, Sendable, CaseIterable {
    case lateJoin, lateBody, noBody, lateFile, failBefore, failAfterAccept, loseAfterAccept, error22, ghost
    case slowDelivery, tapbackDeleteOnly
    case backfill, lateMessage, duplicateSelf, orphan, rotateSidecars, checkpoint, busy
    case snapshot, replaceCopy, replaceOlder, replaceRenumbered
}

/// How a one-shot fault strikes; every field has a sensible default.
package struct MischiefOptions: Sendable, Codable, Hashable {
    /// Milliseconds, for faults that delay.
    package var ms: Int?
    /// How many, for faults that repeat.
    package var count: Int?
    /// Where, for faults of a chat.
    package var chat: String?

    /// The defaults.
    package init(ms: Int? = nil, count: Int? = nil, chat: String? = nil) {
        self.ms = ms
        self.count = count
        self.chat = chat
    }

    /// The names a request may use.
    package enum CodingKeys: String, CodingKey, CaseIterable { case ms, count, chat }
}

extension World {
    /// Does one piece of mischief.
    ///
    /// - Returns: one sentence about what happened or will happen.
    mutating func mischief(_ kind: Mischief, _ options: MischiefOptions, at now: Timestamp) throws -> String {
        lastNow = now
        if let change = armable(kind, options) {
            armed = change
            return "The next message is affected."
        }
        switch kind {
        case .backfill:
            let count = min(max(options.count ?? 30, 1), 500)
            let chat = try options.chat.map { try requireChat($0) }
            try backfill(count: count, in: chat, at: now)
            return "\(count) old messages came back, some genuine late ones among them."
        case .lateMessage:
            let chat = try options.chat.map { try requireChat($0) } ?? directChat(with: Cast.ana.address)
            let age = Duration.milliseconds(options.ms ?? 40 * 60 * 1_000)
            let who = try sender(chat.participants.first, in: chat)
            try say(
                in: chat.guid, as: who, MessageContent(text: "Sent this from the tunnel"), at: now, sentAt: now - age)
            return "A message arrived late."
        case .duplicateSelf:
            try duplicateNewest(in: options.chat, at: now)
            return "The newest message was written again."
        case .orphan:
            for _ in 0..<min(max(options.count ?? 1, 1), 100) { try orphan(at: now) }
            return "A row without a chat was written."
        case .rotateSidecars:
            try store.rotateSidecars()
            return "The connection was closed and opened."
        case .checkpoint:
            for _ in 0..<min(max(options.count ?? 20, 1), 500) { store.checkpoint() }
            return "The log was checkpointed and truncated."
        case .busy:
            let isLocked = try lockOut(for: .milliseconds(min(max(options.ms ?? 1_000, 1), 10_000)), at: now)
            return isLocked ? "The database is locked." : "A reader holds the database; SQLite locks nobody out."
        case .snapshot:
            try store.copy(to: home.snapshotPath)
            return "A snapshot was kept."
        case .replaceCopy, .replaceOlder, .replaceRenumbered:
            try replaceDatabase(kind)
            return "The database file was replaced."
        case .lateJoin, .lateBody, .noBody, .lateFile, .failBefore, .failAfterAccept, .loseAfterAccept, .error22,
            .ghost,
            .slowDelivery, .tapbackDeleteOnly:
            return ""
        }
    }

    private func armable(_ kind: Mischief, _ options: MischiefOptions) -> FaultChange? {
        var change = armed ?? FaultChange()
        switch kind {
        case .lateJoin: change.lateJoinMs = options.ms ?? 3_000
        case .lateBody: change.lateBodyMs = options.ms ?? 1_500
        case .noBody: change.noBody = true
        case .lateFile: change.lateFileMs = options.ms ?? 3_000
        case .failBefore: change.failBefore = true
        case .failAfterAccept: change.failAfterAccept = true
        case .loseAfterAccept: change.loseAfterAccept = true
        case .error22: change.error22AfterMs = options.ms ?? 4_000
        case .ghost: change.ghost = true
        case .slowDelivery: change.slowDeliveryMs = options.ms ?? 10_000
        case .tapbackDeleteOnly: change.tapbackDeleteOnly = true
        default: return nil
        }
        return change
    }

    /// Old messages come back with new guids, ages mixed from 80 minutes to years; every tenth row is genuine and late.
    mutating func backfill(count: Int, in chat: SimulatedChat?, at now: Timestamp) throws {
        let places = chat.map { [$0] } ?? chats.filter { !$0.isSelf }
        guard !places.isEmpty else {
            throw SimulatorError(.invalid, "There is no chat to fill.", remedy: "Add a person first.")
        }
        for index in 0..<count {
            let place = places[Int(random.next() % UInt64(places.count))]
            if index % 10 == 7 {
                try lateArrival(index, in: place, at: now)
            } else {
                try restored(index, in: place, at: now)
            }
        }
    }

    private mutating func restored(_ index: Int, in chat: SimulatedChat, at now: Timestamp) throws {
        let minutes: ClosedRange<Int64> =
            switch index % 4 {
            case 0: 80...600
            case 1: 600...20_000
            case 2: 20_000...200_000
            default: 200_000...1_500_000
            }
        let date = now - .seconds(Int64.random(in: minutes, using: &random) * 60)
        let isFromMe = random.next() % 3 == 0
        let who = chat.participants[Int(random.next() % UInt64(chat.participants.count))]
        let text = Cast.memories[Int(random.next() % UInt64(Cast.memories.count))]
        let outline = Outline(
            guid: random.uuid(), chat: chat, address: isFromMe && chat.isGroup ? nil : who, isFromMe: isFromMe,
            date: Timestamp(milliseconds: date.milliseconds), content: MessageContent(text: "\(text) (\(index + 1))"),
            label: .backfill, kind: "backfill"
        )
        let seen = AppleTime.rawNanoseconds(date + .seconds(40))
        let state: RowValues = [
            "is_finished": 1, "is_delivered": 1, "is_sent": isFromMe, "is_read": 1, "date_read": seen,
            "date_delivered": isFromMe ? seen : 0, "was_data_detected": 1, "ck_sync_state": 1,
            "ck_record_id": random.uuid(),
        ]
        _ = try write(outline, state: state, faults: Faults())
    }

    private mutating func lateArrival(_ index: Int, in chat: SimulatedChat, at now: Timestamp) throws {
        let age = Int64.random(in: 12...600, using: &random)
        let date = now - .seconds(age * 60)
        let who = chat.participants[Int(random.next() % UInt64(chat.participants.count))]
        let outline = Outline(
            guid: random.uuid(), chat: chat, address: who, isFromMe: false,
            date: Timestamp(milliseconds: date.milliseconds),
            content: MessageContent(text: "My phone was off, did you see this? (\(index + 1))"), label: .late,
            kind: "late"
        )
        let state: RowValues = ["is_finished": 1, "is_delivered": 1, "is_sent": 0, "is_read": 0]
        _ = try write(outline, state: state, faults: Faults())
    }

    private mutating func duplicateNewest(in reference: String?, at now: Timestamp) throws {
        let chat = try reference.map { try requireChat($0) } ?? directChat(with: owner.number)
        let newest = try store.read { db in
            try Row.fetchOne(
                db,
                sql: """
                    SELECT m.text, m.date, m.is_from_me, h.id FROM message m
                    JOIN chat_message_join j ON j.message_id = m.ROWID JOIN chat c ON c.ROWID = j.chat_id
                    LEFT JOIN handle h ON h.ROWID = m.handle_id
                    WHERE c.guid = ? AND m.item_type = 0 AND IFNULL(m.associated_message_type, 0) = 0
                    AND IFNULL(m.text, '') != ''
                    ORDER BY j.message_date DESC, m.ROWID DESC LIMIT 1
                    """,
                arguments: [chat.guid]
            ).map { row -> (String, Int64, Bool, String?) in (row[0], row[1], row[2], row[3]) }
        }
        guard let (text, date, isFromMe, address) = newest else {
            throw SimulatorError(.invalid, "The chat has no message to repeat.", remedy: "Say something first.")
        }
        let plain = text.filter { $0 != "\u{FFFC}" }
        let outline = Outline(
            guid: "", chat: chat, address: address, isFromMe: isFromMe, date: AppleTime.timestamp(date) ?? now,
            content: MessageContent(text: plain), kind: "duplicate"
        )
        try duplicate(outline)
    }
}
