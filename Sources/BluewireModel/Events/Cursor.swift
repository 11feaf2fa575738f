//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// A reader's position in the journal, printed as `<epoch>-<sequence>`.
///
/// The epoch names one life of the journal. A cursor of another epoch, or one that was pruned, is expired.
public struct Cursor: Hashable, Comparable, Sendable {
    /// The life of the journal: eight hexadecimal digits.
    public var epoch: String
    /// The position; everything after it is unread.
    public var sequence: Int64

    /// A cursor from its parts.
    public init(epoch: String, sequence: Int64) {
        self.epoch = epoch
        self.sequence = sequence
    }

    /// Reads the printed form; nil when `text` is not a cursor.
    public init?(_ text: String) {
        let pieces = text.split(separator: "-", omittingEmptySubsequences: false)
        guard
            pieces.count == 2, !pieces[0].isEmpty, pieces[0].count <= 32, pieces[0].allSatisfy(\.isHexDigit),
            let sequence = Int64(pieces[1]), sequence >= 0
        else { return nil }
        self.init(epoch: String(pieces[0]), sequence: sequence)
    }

    /// Orders cursors of one epoch; across epochs the order only serves sorting.
    public static func < (left: Cursor, right: Cursor) -> Bool {
        (left.epoch, left.sequence) < (right.epoch, right.sequence)
    }
}

extension Cursor: CustomStringConvertible, Codable {
    public var description: String { "\(epoch)-\(sequence)" }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let cursor = Cursor(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a cursor")
        }
        self = cursor
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
