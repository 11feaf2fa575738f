//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// Which known rows are compared when: the hot tier at every wake-up, the warm tier in slices; pure.
struct FingerprintTiers: Sendable {
    /// How many of the newest rows are hot.
    static let hotSize = 256
    /// How many rows of the warm tier are read at a time.
    static let sliceSize = 2_000

    /// The numbers of all known rows, ascending.
    private var rows: [Int64] = []
    private var unfinished: Set<Int64> = []
    /// The row up to which the pass over the warm tier got; nil when it is complete.
    private var position: Int64?

    mutating func put(row: Int64, isUnfinished: Bool) {
        if rows.last.map({ $0 < row }) ?? true {
            rows.append(row)
        } else {
            let index = rows.insertionIndex(of: row)
            if rows[index] != row { rows.insert(row, at: index) }
        }
        if isUnfinished { unfinished.insert(row) } else { unfinished.remove(row) }
    }

    mutating func remove(row: Int64) {
        unfinished.remove(row)
        let index = rows.insertionIndex(of: row)
        if index < rows.count, rows[index] == row { rows.remove(at: index) }
    }

    /// The newest rows, ascending.
    func newest(_ count: Int) -> [Int64] { Array(rows.suffix(count)) }

    /// The rows to compare at every wake-up: the newest, and as many again whose state is still open.
    var hot: [Int64] {
        let newest = rows.suffix(Self.hotSize)
        guard let first = newest.first else { return [] }
        return unfinished.filter { $0 < first }.sorted().suffix(Self.hotSize) + newest
    }

    /// Starts another pass over the warm tier, from its newest rows down.
    mutating func startPass() {
        position = rows.dropLast(Self.hotSize).last.map { $0 + 1 }
    }

    /// The next rows of the pass; nil when it is complete.
    mutating func nextSlice() -> [Int64]? {
        guard let position else { return nil }
        let end = rows.insertionIndex(of: position)
        let slice = Array(rows[max(0, end - Self.sliceSize)..<end])
        self.position = end > Self.sliceSize ? slice.first : nil
        return slice.isEmpty ? nil : slice
    }
}

extension [Int64] {
    /// Where `value` is, or would be inserted, in the sorted array.
    fileprivate func insertionIndex(of value: Int64) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if self[middle] < value { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
