//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel

/// Rows that were seen but not emitted yet: without a chat, or without the content that is known to follow; pure.
struct ParkingLot: Sendable {
    /// How long what may wait.
    struct Patience: Sendable {
        /// A row without a chat is parked after this: it no longer counts as on its way.
        var join: Duration = .seconds(5)
        /// A parked row is given up after this; should a chat appear still later, the warm tier finds it.
        var parked: Duration = .seconds(600)
        /// A row without body or attachments is emitted as it is after this.
        var content: Duration = .seconds(2)
        /// A row that may be history put back waits this long for the rest of its burst.
        var settle: Duration = .seconds(1)
        /// A row without a chat holds later rows of the same handle for this long, and nothing else.
        var order: Duration = .milliseconds(250)
    }

    /// One waiting row.
    struct Entry: Sendable {
        var row: WatchedRow
        var firstSeen: WatchTime
        /// When the database was last looked at before the row was seen.
        var lastLook: Timestamp
        /// Whether it is dated long before that look: late, or history.
        var isOld: Bool
    }

    private(set) var entries: [Int64: Entry] = [:]
    private var guids: Set<String> = []
    var patience = Patience()

    var isEmpty: Bool { entries.isEmpty }
    /// The numbers of all waiting rows, ascending.
    var rows: [Int64] { entries.keys.sorted() }

    func contains(guid: String) -> Bool { guids.contains(guid) }

    /// How many rows have waited for a chat for so long that they are parked.
    func parkedCount(at time: WatchTime) -> Int {
        entries.values.count { $0.row.chat == nil && time - $0.firstSeen >= patience.join }
    }

    /// Adds a row, or refreshes what is known about it; the time it was first seen stays.
    mutating func put(_ entry: Entry) {
        if var known = entries[entry.row.row], known.row.guid == entry.row.guid {
            known.row = entry.row
            entries[entry.row.row] = known
        } else {
            remove(row: entry.row.row)
            entries[entry.row.row] = entry
            guids.insert(entry.row.guid)
        }
    }

    /// Refreshes what is known about a waiting row.
    mutating func refresh(_ row: WatchedRow) {
        guard entries[row.row]?.row.guid == row.guid else { return }
        entries[row.row]?.row = row
    }

    /// Forgets a row (it vanished, or the file was replaced).
    @discardableResult
    mutating func remove(row: Int64) -> Entry? {
        guard let entry = entries.removeValue(forKey: row) else { return nil }
        guids.remove(entry.row.guid)
        return entry
    }

    /// Forgets everything.
    mutating func removeAll() {
        entries.removeAll()
        guids.removeAll()
    }

    /// What leaves the lot now: rows to emit in row order, and rows given up.
    mutating func release(at time: WatchTime) -> (ready: [Entry], orphans: [Entry]) {
        guard !entries.isEmpty else { return ([], []) }
        var ready: [Entry] = []
        var orphans: [Entry] = []
        var heldHandles: Set<Int64> = []
        for number in rows {
            guard let entry = entries[number] else { continue }
            let age = time - entry.firstSeen
            if entry.row.isScheduled || entry.row.chat != nil {
                guard !heldHandles.contains(entry.row.handle) || entry.row.isScheduled else { continue }
                guard !entry.isOld || age >= patience.settle else { continue }
                if entry.row.isScheduled || entry.row.isComplete || age >= patience.content { ready.append(entry) }
            } else if age >= patience.parked {
                orphans.append(entry)
            } else if age < patience.order, entry.row.handle != 0 {
                heldHandles.insert(entry.row.handle)
            }
        }
        for entry in ready + orphans { remove(row: entry.row.row) }
        return (ready, orphans)
    }

    /// When something leaves the lot without anything happening in the database; nil when nothing waits.
    func nextDeadline(after time: WatchTime) -> Duration? {
        var holders: [Int64: Duration] = [:]
        var next: Duration?
        func consider(_ due: Duration) {
            guard due > .zero else { return }
            next = min(next ?? due, due)
        }
        for number in rows {
            guard let entry = entries[number] else { continue }
            let age = time - entry.firstSeen
            if entry.row.chat == nil {
                consider(patience.join - age)
                consider(patience.parked - age)
                if age < patience.order, entry.row.handle != 0 {
                    holders[entry.row.handle] = max(holders[entry.row.handle] ?? .zero, patience.order - age)
                }
            } else {
                if let due = holders[entry.row.handle] { consider(due) }
                if entry.isOld { consider(patience.settle - age) }
                if !entry.row.isComplete { consider(patience.content - age) }
            }
        }
        return next
    }
}
