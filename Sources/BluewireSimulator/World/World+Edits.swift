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

/// A change of a part of a message.
struct EditOrder: Sendable {
    var target: String
    var part: Int
    /// Whether we do it; else the person who wrote it.
    var isFromMe: Bool
}

/// What an edit starts from.
private struct Original {
    var chat: String
    var body: MessageBody
    var date: Timestamp
    var summary: MessageSummary
}

extension World {
    /// Replaces the text of a part and keeps its history.
    mutating func edit(_ order: EditOrder, text: String, at now: Timestamp) throws -> Receipt {
        guard !text.isEmpty else {
            throw SimulatorError(.invalid, "The new text is empty.", remedy: "Unsend the message instead.")
        }
        lastNow = now
        var original = try original(order)
        let index = try partIndex(order, in: original.body)
        guard case .text(let runs) = original.body.parts[index].content else {
            throw SimulatorError(.invalid, "This part is not text.", remedy: "Name a text part.")
        }
        SummaryWriter.noteRanges(of: original.body, in: &original.summary)
        let before = runs.map(\.text).joined()
        SummaryWriter.noteEdit(
            part: order.part, from: before, sentAt: original.date, to: text, at: now, in: &original.summary
        )
        let body = Self.rebuilt(original.body) { part in part.index == order.part ? [Self.run(text)] : nil }
        try rewrite(order.target, body: body, summary: original.summary, at: now)
        return Receipt(message: order.target, chat: original.chat)
    }

    /// Takes back a part.
    mutating func unsend(_ order: EditOrder, at now: Timestamp) throws -> Receipt {
        lastNow = now
        var original = try original(order)
        let index = try partIndex(order, in: original.body)
        SummaryWriter.noteRanges(of: original.body, in: &original.summary)
        SummaryWriter.noteUnsend(part: order.part, in: &original.summary)
        var body = original.body
        if case .attachment(let transfer) = body.parts[index].content {
            // The join's deletion deletes the attachment row, and that its file.
            try store.write { db in
                try db.execute(
                    sql: """
                        DELETE FROM message_attachment_join
                        WHERE attachment_id IN (SELECT ROWID FROM attachment WHERE guid = ?)
                        """,
                    arguments: [transfer]
                )
            }
        }
        body.parts.remove(at: index)
        try rewrite(order.target, body: Self.rebuilt(body) { _ in nil }, summary: original.summary, at: now)
        return Receipt(message: order.target, chat: original.chat)
    }

    private mutating func rewrite(
        _ guid: String, body: MessageBody, summary: MessageSummary, at now: Timestamp
    ) throws {
        let values: RowValues = [
            "text": nil, "attributedBody": body.parts.isEmpty ? nil : Data(BodyEncoder.encode(body)),
            "message_summary_info": Data(summary.encode()), "date_edited": AppleTime.rawNanoseconds(now),
            "part_count": body.parts.count,
        ]
        try store.write { db in try store.update(message: guid, values, db) }
        feed.add("changed", message: guid)
        try settle(faults, at: now)
    }

    private func original(_ order: EditOrder) throws -> Original {
        let target = try target(order.target)
        guard target.isFromMe == order.isFromMe else {
            throw SimulatorError(
                .invalid, "Only the sender can change a message.", remedy: "Name a message of the same sender."
            )
        }
        let found = try store.read { db in
            try Row.fetchOne(
                db, sql: "SELECT attributedBody, date, message_summary_info FROM message WHERE guid = ?",
                arguments: [order.target]
            ).map { row -> (Data?, Int64, Data?) in (row[0], row[1], row[2]) }
        }
        guard let (bytes, date, summary) = found, let bytes, let body = try? BodyDecoder.strict(Array(bytes)) else {
            throw SimulatorError(.invalid, "The message has no body any more.", remedy: "Name another message.")
        }
        return Original(
            chat: target.chat, body: body, date: AppleTime.timestamp(date) ?? lastNow,
            summary: SummaryWriter.read(summary.map(Array.init))
        )
    }

    private func partIndex(_ order: EditOrder, in body: MessageBody) throws -> Int {
        guard let index = body.parts.firstIndex(where: { $0.index == order.part }) else {
            throw SimulatorError(.notFound, "The message has no such part.", remedy: "Count parts from 0.")
        }
        return index
    }

    private static func run(_ text: String) -> TextRun {
        TextRun(text: text, range: UTF16Range(0, text.utf16.count))
    }

    /// The body with some text parts replaced; string and ranges follow, part indexes stay.
    private static func rebuilt(_ body: MessageBody, replacing: (Part) -> [TextRun]?) -> MessageBody {
        var result = MessageBody(string: "", parts: [])
        for part in body.parts {
            var part = part
            switch part.content {
            case .text(let old):
                var runs = replacing(part) ?? old
                for index in runs.indices {
                    runs[index].range = UTF16Range(result.string.utf16.count, runs[index].text.utf16.count)
                    result.string += runs[index].text
                }
                part.content = .text(runs)
            case .attachment: result.string += "\u{FFFC}"
            case .balloon: result.string += "\u{FFFD}"
            case .unsent: continue
            }
            result.parts.append(part)
        }
        return result
    }
}
