//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// One page of a list, newest first, with the cursors of its neighbours.
public struct Page<Element: Sendable>: Sendable {
    /// The elements.
    public var elements: [Element]
    /// Where the next (older) page starts; nil at the end.
    public var next: PageCursor?
    /// Where the previous (newer) page ends; nil at the start.
    public var previous: PageCursor?

    /// A page from its parts.
    public init(elements: [Element], next: PageCursor? = nil, previous: PageCursor? = nil) {
        self.elements = elements
        self.next = next
        self.previous = previous
    }
}

/// A position in a list by keyset: date, row and the generation of the database it refers to.
///
/// Printed opaquely; a cursor of another generation is refused, because row numbers mean something else there.
public struct PageCursor: Hashable, Sendable, CustomStringConvertible {
    /// The sort date as stored (Apple's raw value).
    public var date: Int64
    /// The row that breaks ties.
    public var row: Int64
    /// Which life of the database file it refers to.
    public var generation: UInt32

    /// A cursor from its parts.
    public init(date: Int64, row: Int64, generation: UInt32) {
        self.date = date
        self.row = row
        self.generation = generation
    }

    /// Reads the printed form; nil when `text` is not a cursor.
    public init?(_ text: String) {
        let pieces = text.split(separator: ".", omittingEmptySubsequences: false)
        guard
            pieces.count == 3, let date = Int64(pieces[0], radix: 36), let row = Int64(pieces[1], radix: 36),
            let generation = UInt32(pieces[2], radix: 36)
        else { return nil }
        self.init(date: date, row: row, generation: generation)
    }

    public var description: String {
        [String(date, radix: 36), String(row, radix: 36), String(generation, radix: 36)].joined(separator: ".")
    }
}
