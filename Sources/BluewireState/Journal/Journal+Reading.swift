//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel
import GRDB
import Synchronization

// Scoped, because GRDB has a protocol of the same name.
package import struct BluewireModel.Cursor

extension Journal {
    /// Reads a cursor as a client sent it.
    ///
    /// - Throws: ``JournalError`` `.malformed`, or `.expired` when events after it are gone.
    package func cursor(from text: String) throws(JournalError) -> Cursor {
        guard let cursor = Cursor(text) else { throw .malformed }
        try check(cursor)
        return cursor
    }

    /// The next events after `cursor`, at most `limit` of them, oldest first.
    ///
    /// With a filter prefer ``page(after:limit:filter:)``, which tells how far it looked.
    package func events(
        after cursor: Cursor, limit: Int, filter: EventFilter? = nil
    ) async throws(JournalError) -> [GatewayEvent] {
        try await page(after: cursor, limit: limit, filter: filter).entries.map(\.event)
    }

    /// The next stretch after `cursor`: looks at journal entries until `limit` of them passed the filter, or the head.
    ///
    /// A cursor in a gap of the sequence means everything after it. Readers at the head are served from memory.
    package func page(
        after cursor: Cursor, limit: Int, filter: EventFilter? = nil
    ) async throws(JournalError) -> JournalPage {
        try check(cursor)
        if let page = pageFromTail(after: cursor, limit: limit, filter: filter) { return page }
        let page: JournalPage
        do throws(StateError) {
            page = try await pageFromDisk(after: cursor, limit: limit, filter: filter)
        } catch {
            throw .unavailable(error)
        }
        // Pruning may have overtaken the read.
        try check(cursor)
        return page
    }

    /// Everything still known about a message, oldest first: the message's own events and the tapbacks on it.
    package func events(about message: MessageID) async throws(StateError) -> [GatewayEvent] {
        let epoch = epoch
        return try await read { db in
            try Row.fetchAll(
                db, sql: "SELECT \(Self.columns) FROM event WHERE subject = ? ORDER BY sequence",
                arguments: [message.rawValue]
            ).map { Self.event($0, epoch: epoch) }
        }
    }

    private func check(_ cursor: Cursor) throws(JournalError) {
        let (epoch, pruned, head) = state.withLock { ($0.epoch, $0.pruned, $0.head) }
        // A cursor beyond the head was issued by a journal that was since put back from a backup.
        guard cursor.epoch == epoch, cursor.sequence >= pruned, cursor.sequence <= head else {
            throw .expired(oldest: Cursor(epoch: epoch, sequence: pruned), head: Cursor(epoch: epoch, sequence: head))
        }
    }

    /// As ``page(after:limit:filter:)``, from memory and at once; nil when the newest entries do not reach back so far.
    package func newestPage(after cursor: Cursor, limit: Int) -> JournalPage? {
        guard (try? check(cursor)) != nil else { return nil }
        return pageFromTail(after: cursor, limit: limit, filter: nil)
    }

    private func pageFromTail(after cursor: Cursor, limit: Int, filter: EventFilter?) -> JournalPage? {
        state.withLock { state in
            guard cursor.sequence >= state.tailStart else { return nil }
            var low = 0
            var high = state.tail.count
            while low < high {
                let middle = (low + high) / 2
                if state.tail[middle].event.cursor.sequence <= cursor.sequence {
                    low = middle + 1
                } else {
                    high = middle
                }
            }
            var entries: [JournalEntry] = []
            while low < state.tail.count, entries.count < limit {
                let entry = state.tail[low]
                if filter?.accepts(entry.event) ?? true { entries.append(entry) }
                low += 1
            }
            let isAtHead = low == state.tail.count
            let next = isAtHead ? state.head : state.tail[low - 1].event.cursor.sequence
            return JournalPage(
                entries: entries, next: Cursor(epoch: state.epoch, sequence: max(next, cursor.sequence)),
                isAtHead: isAtHead)
        }
    }

    private func pageFromDisk(
        after cursor: Cursor, limit: Int, filter: EventFilter?
    ) async throws(StateError) -> JournalPage {
        let head = head.sequence
        return try await read { db in
            var entries: [JournalEntry] = []
            var next = cursor.sequence
            var isAtHead = true
            let rows = try Row.fetchCursor(
                db, sql: "SELECT \(Self.columns) FROM event WHERE sequence > ? AND sequence <= ? ORDER BY sequence",
                arguments: [cursor.sequence, head])
            while let row = try rows.next() {
                if entries.count == limit {
                    isAtHead = false
                    break
                }
                next = row[0]
                if let filter {
                    let chat = (row[5] as String?).map { ChatID(rawValue: $0) }
                    let kind = GatewayEvent.Kind(rawValue: row[2])
                    guard filter.accepts(kind: kind, chat: chat, line: LineID(rawValue: row[4])) else { continue }
                }
                entries.append(JournalEntry(Self.event(row, epoch: cursor.epoch)))
            }
            if isAtHead { next = max(next, head) }
            return JournalPage(entries: entries, next: Cursor(epoch: cursor.epoch, sequence: next), isAtHead: isAtHead)
        }
    }

    static let columns = "sequence, id, kind, time, line, chat, version, snapshot"

    static func event(_ row: Row, epoch: String) -> GatewayEvent {
        let version: Int = row[6]
        return GatewayEvent(
            id: row[1], cursor: Cursor(epoch: epoch, sequence: row[0]), kind: GatewayEvent.Kind(rawValue: row[2]),
            time: Timestamp(nanoseconds: row[3]), line: LineID(rawValue: row[4]),
            chat: (row[5] as String?).map { ChatID(rawValue: $0) }, schemaVersion: version,
            snapshot: SnapshotCoding.decode([UInt8](blobIn: row, at: 7), version: version))
    }
}
