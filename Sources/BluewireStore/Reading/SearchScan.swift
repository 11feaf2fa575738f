//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import Foundation  // Row lends blobs as Data.
import GRDB

/// Where a search stands: the rows before a position, newest first, of one chat or of all.
struct SearchScan: Sendable {
    /// A message that has every word.
    struct Hit: Sendable {
        var date: Int64
        var row: Int64
    }

    /// What one short read found, and what is left to read.
    struct Slice: Sendable {
        var hits: [Hit]
        var rest: SearchScan
    }

    private static let size = 2000

    private let words: [[UInt8]]
    private var folder = TextFolder()
    private let chat: Int64?
    private var position = Hit(date: .max, row: .max)

    /// How many rows were looked at.
    private(set) var rowCount = 0
    /// Whether nothing is left.
    private(set) var isFinished = false

    /// A scan for folded words.
    init(words: [String], chat: Int64?) {
        self.words = words.map { Array($0.utf8) }
        self.chat = chat
    }

    /// Reads the next rows.
    func next(_ db: Database) throws -> Slice {
        var rest = self
        var hits: [Hit] = []
        var count = 0
        var decoder = ContentDecoder()
        let rows = try cursor(db)
        while let row = try rows.next() {
            count += 1
            rest.position = Hit(date: row[0] as Int64? ?? 0, row: row[1] as Int64? ?? 0)
            guard (row[4] as Int64? ?? 0) != 0 else { continue }
            let text: String = try row.withUnsafeData(atIndex: 2) { body in
                decoder.plainText(attributedBody: body.map { [UInt8]($0) }, text: row[3])
            }
            let folded = rest.folder.bytes(of: text)
            if words.allSatisfy({ folded.contains(word: $0) }) { hits.append(rest.position) }
        }
        rest.rowCount += count
        rest.isFinished = count < Self.size
        return Slice(hits: hits, rest: rest)
    }

    private func cursor(_ db: Database) throws -> RowCursor {
        let filter = "IFNULL(m.associated_message_type, 0) NOT BETWEEN 1000 AND 4000 AND IFNULL(m.item_type, 0) = 0"
        if let chat {
            let sql = """
                SELECT j.message_date, m.ROWID, m.attributedBody, m.text, \(filter)
                FROM chat_message_join j JOIN message m ON m.ROWID = j.message_id
                WHERE j.chat_id = ?1 AND (j.message_date, j.message_id) < (?2, ?3)
                ORDER BY j.message_date DESC, j.message_id DESC LIMIT ?4
                """
            return try Row.fetchCursor(
                db.cachedStatement(sql: sql), arguments: [chat, position.date, position.row, Self.size]
            )
        }
        let sql = """
            SELECT m.date, m.ROWID, m.attributedBody, m.text, \(filter)
              AND EXISTS (SELECT 1 FROM chat_message_join j WHERE j.message_id = m.ROWID)
            FROM message m WHERE (m.date, m.ROWID) < (?1, ?2)
            ORDER BY m.date DESC, m.ROWID DESC LIMIT ?3
            """
        return try Row.fetchCursor(
            db.cachedStatement(sql: sql), arguments: [position.date, position.row, Self.size]
        )
    }
}
