//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel
import Foundation  // Row lends blobs as Data.
package import GRDB

extension MessageHydrator {
    /// Reads the attachments of a page and puts them in body order.
    ///
    /// - Parameter areJoined: whether the join table may name some.
    func attach(to messages: inout [Message], rows: [MessageRow], areJoined: Bool = true, in db: Database) throws {
        var joined: [Int64: [AttachmentRow]] = [:]
        var byGUID: [String: AttachmentRow] = [:]
        if areJoined {
            let cursor = try Row.fetchCursor(
                db.cachedStatement(sql: queries.attachmentsByMessage), arguments: [RowList.json(rows.map(\.row))]
            )
            while let row = try cursor.next() {
                let attachment = AttachmentRow(row)
                joined[row[0] as Int64? ?? 0, default: []].append(attachment)
                remember(attachment, in: &byGUID)
            }
        }
        let wanted = messages.flatMap(\.body.attachmentGUIDs).filter { byGUID[$0] == nil }
        if !wanted.isEmpty {
            // The body may name attachments the join table does not have (macOS 15.7 group images).
            let cursor = try Row.fetchCursor(
                db.cachedStatement(sql: queries.attachmentsByGUID), arguments: [RowList.json(wanted)]
            )
            while let row = try cursor.next() { remember(AttachmentRow(row), in: &byGUID) }
        }
        for index in messages.indices {
            messages[index].attachments = Self.ordered(
                body: messages[index].body.attachmentGUIDs, joined: joined[rows[index].row] ?? [], byGUID: byGUID
            )
        }
    }

    private func remember(_ row: AttachmentRow, in byGUID: inout [String: AttachmentRow]) {
        byGUID[row.attachment.guid] = row
        if let original = row.originalGUID, byGUID[original] == nil { byGUID[original] = row }
    }

    /// Body order first; then what is joined but not named by the body (hidden payloads).
    private static func ordered(
        body: [String], joined: [AttachmentRow], byGUID: [String: AttachmentRow]
    ) -> [Attachment] {
        guard !body.isEmpty else { return joined.map(\.attachment) }
        var used: Set<Int64> = []
        for guid in body { if let row = byGUID[guid] { used.insert(row.row) } }
        var rest = joined.filter { !used.contains($0.row) }
        var found: [Attachment] = []
        for guid in body {
            if let row = byGUID[guid] {
                found.append(row.attachment)
            } else if let position = rest.firstIndex(where: { !$0.attachment.isHidden }) {
                found.append(rest.remove(at: position).attachment)
            } else {
                found.append(Attachment(guid: guid, state: .waiting))
            }
        }
        return found + rest.map(\.attachment)
    }

    /// Reads the tapback rows that point at a page and folds them.
    func react(to messages: inout [Message], directory: ChatDirectory, in db: Database) throws {
        var spellings: [String] = []
        for message in messages where message.kind != .tapback {
            let count = (message.body.parts.last?.index ?? 0) + 1
            spellings += TapbackReference.spellings(of: message.id.rawValue, partCount: min(count, 256))
        }
        guard !spellings.isEmpty else { return }
        let fold = try tapbacks(spellings: spellings, directory: directory, in: db)
        for index in messages.indices where messages[index].kind != .tapback {
            messages[index].tapbacks = fold.tapbacks(on: messages[index].id.rawValue)
        }
    }

    private func tapbacks(spellings: [String], directory: ChatDirectory, in db: Database) throws -> TapbackFold {
        var found: [(tapback: Tapback, isRemoval: Bool, date: Int64, row: Int64)] = []
        let cursor = try Row.fetchCursor(
            db.cachedStatement(sql: queries.tapbacksByTarget), arguments: [RowList.json(spellings)]
        )
        var decoder = ContentDecoder()
        while let row = try cursor.next() {
            guard let type = TapbackType(row[3] as Int64? ?? 0) else { continue }
            let date = row[5] as Int64? ?? 0
            let tapback = tapback(row, kind: type.kind, directory: directory, decoder: &decoder)
            found.append((tapback, type.isRemoval, date, row[0] as Int64? ?? 0))
        }
        found.sort { ($0.date, $0.row) < ($1.date, $1.row) }
        var fold = TapbackFold()
        for item in found { fold.apply(item.tapback, isRemoval: item.isRemoval) }
        return fold
    }

    private func tapback(
        _ row: Row, kind: Tapback.Kind, directory: ChatDirectory, decoder: inout ContentDecoder
    ) -> Tapback {
        let isFromMe = (row[7] as Int64? ?? 0) != 0
        let bytes: [UInt8]? = try? row.withUnsafeData(atIndex: 9) { $0.map { [UInt8]($0) } }
        return decoder.tapback(
            id: row[1] as String? ?? "", reference: row[2] as String? ?? "", kind: kind, emoji: row[4],
            sentence: row[8], attributedSentence: bytes,
            sender: isFromMe ? nil : directory.handle(row[6] as Int64? ?? 0), isFromMe: isFromMe,
            date: row[5] as Int64? ?? 0
        )
    }

    /// The tapback a row carries; nil when the row is not one.
    ///
    /// For a removal, ``Tapback/kind`` names the kind that was taken off and `isRemoval` is true.
    package func tapback(
        of row: MessageRow, in db: Database
    ) throws -> (tapback: Tapback, isRemoval: Bool)? {
        guard let type = TapbackType(row.associatedType), let reference = row.associatedGUID else { return nil }
        let directory = try directory.current(in: db)
        var decoder = ContentDecoder()
        let tapback = decoder.tapback(
            id: row.guid, reference: reference, kind: type.kind, emoji: row.associatedEmoji,
            sentence: row.text, attributedSentence: row.attributedBody,
            sender: row.isFromMe ? nil : directory.handle(row.handle), isFromMe: row.isFromMe, date: row.date
        )
        return (tapback, type.isRemoval)
    }

    /// The raw rows of those numbers, in ascending order; for callers that classify before they hydrate.
    package func rows(_ rows: [RowID], in db: Database) throws -> [MessageRow] {
        var found: [MessageRow] = []
        let cursor = try Row.fetchCursor(
            db.cachedStatement(sql: queries.messagesByRow + " ORDER BY m.ROWID"),
            arguments: [RowList.json(rows.map(\.rawValue))]
        )
        while let row = try cursor.next() { found.append(MessageRow(row)) }
        return found
    }
}
