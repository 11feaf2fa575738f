//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

public import BluewireModel
import Foundation  // Row lends blobs as Data.
import GRDB

extension MessageStore: MessageSearching {
    /// The most rows one search looks at; older messages are not found by it.
    private static let rowLimit = 400_000
    private static let batchSize = 2000

    public func search(_ text: String, in chat: ChatID?, limit: Int) async throws -> [Message] {
        let words = TextFolding.folded(text).split(whereSeparator: \.isWhitespace).map(String.init)
        guard !words.isEmpty, limit > 0 else { return [] }
        var found: [RowID] = []
        var position: (date: Int64, row: Int64) = (.max, .max)
        var remaining = Self.rowLimit
        while remaining > 0, found.count < limit {
            try Task.checkCancellation()
            let start = position
            let batch = try await read { database, db in
                try SearchBatch(database: database, words: words, chat: chat, start: start, size: Self.batchSize).read(db)
            }
            found += batch.hits
            guard let end = batch.end else { break }
            position = end
            remaining -= Self.batchSize
        }
        return try await messages(rows: Array(found.prefix(limit)))
    }
}

/// One short read of a search: the rows before a position, newest first.
private struct SearchBatch {
    struct Found: Sendable {
        var hits: [RowID]
        /// The last row looked at; nil at the end of the table.
        var end: (date: Int64, row: Int64)?
    }

    let database: ChatDatabase
    let words: [String]
    let chat: ChatID?
    let start: (date: Int64, row: Int64)
    let size: Int

    func read(_ db: Database) throws -> Found {
        let decoder = database.hydrator.decoder
        let rows = try cursor(db)
        var found = Found(hits: [], end: nil)
        var count = 0
        while let row = try rows.next() {
            count += 1
            let position = (row[0] as Int64? ?? 0, row[1] as Int64? ?? 0)
            found.end = position
            guard (row[4] as Int64? ?? 0) != 0 else { continue }
            let text: String = try row.withUnsafeData(atIndex: 2) { body in
                decoder.plainText(attributedBody: body.map { [UInt8]($0) }, text: row[3])
            }
            let folded = TextFolding.folded(text)
            if words.allSatisfy({ folded.contains($0) }) { found.hits.append(RowID(rawValue: position.1)) }
        }
        if count < size { found.end = nil }
        return found
    }

    private func cursor(_ db: Database) throws -> RowCursor {
        let filter = "IFNULL(m.associated_message_type, 0) NOT BETWEEN 1000 AND 4000 AND IFNULL(m.item_type, 0) = 0"
        if let chat {
            let members = try database.hydrator.directory.current(in: db).conversation(chat)?.members ?? []
            return try Row.fetchCursor(
                db.cachedStatement(
                    sql: """
                        SELECT j.message_date, m.ROWID, m.attributedBody, m.text, \(filter)
                        FROM chat_message_join j JOIN message m ON m.ROWID = j.message_id
                        WHERE j.chat_id IN (SELECT value FROM json_each(?1))
                          AND (j.message_date, j.message_id) < (?2, ?3)
                        ORDER BY j.message_date DESC, j.message_id DESC LIMIT ?4
                        """
                ),
                arguments: [RowList.json(members), start.date, start.row, size]
            )
        }
        return try Row.fetchCursor(
            db.cachedStatement(
                sql: """
                    SELECT m.date, m.ROWID, m.attributedBody, m.text, \(filter)
                      AND EXISTS (SELECT 1 FROM chat_message_join j WHERE j.message_id = m.ROWID)
                    FROM message m WHERE (m.date, m.ROWID) < (?1, ?2)
                    ORDER BY m.date DESC, m.ROWID DESC LIMIT ?3
                    """
            ),
            arguments: [start.date, start.row, size]
        )
    }
}
