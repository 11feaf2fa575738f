//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// A value of a property list, binary or XML, the UIDs of keyed archives included.
package indirect enum PropertyListValue: Hashable, Sendable {
    /// Nothing.
    case null
    /// A truth value.
    case bool(Bool)
    /// A whole number.
    case integer(Int64)
    /// A whole number above `Int64.max`.
    case unsigned(UInt64)
    /// A floating-point number.
    case real(Double)
    /// Seconds since 2001-01-01T00:00:00Z.
    case date(Double)
    /// Bytes.
    case data([UInt8])
    /// Text.
    case string(String)
    /// A reference inside a keyed archive.
    case uid(UInt64)
    /// Values in order.
    case array([PropertyListValue])
    /// Values without order.
    case set([PropertyListValue])
    /// Values by name.
    case dictionary([String: PropertyListValue])

    /// The value under `key` of a dictionary; nil for anything else.
    package subscript(key: String) -> PropertyListValue? {
        if case .dictionary(let values) = self { values[key] } else { nil }
    }

    /// The text; nil for anything else.
    package var string: String? { if case .string(let text) = self { text } else { nil } }

    /// The whole number, also of a truth value or a whole real.
    package var integer: Int64? {
        switch self {
        case .integer(let number): number
        case .bool(let flag): flag ? 1 : 0
        case .real(let number): Int64(exactly: number)
        default: nil
        }
    }

    /// The number.
    package var real: Double? {
        switch self {
        case .real(let number), .date(let number): number
        case .integer(let number): Double(number)
        case .unsigned(let number): Double(number)
        default: nil
        }
    }

    /// The truth value, also of a number.
    package var bool: Bool? {
        switch self {
        case .bool(let flag): flag
        case .integer(let number): number != 0
        default: nil
        }
    }

    /// The bytes.
    package var data: [UInt8]? { if case .data(let bytes) = self { bytes } else { nil } }

    /// The elements of an array or a set.
    package var array: [PropertyListValue]? {
        switch self {
        case .array(let values), .set(let values): values
        default: nil
        }
    }

    /// The values of a dictionary.
    package var dictionary: [String: PropertyListValue]? {
        if case .dictionary(let values) = self { values } else { nil }
    }
}

/// Why a property list cannot be read, and where.
package struct PropertyListError: Error, Hashable, CustomStringConvertible {
    /// What is wrong.
    package var reason: Reason
    /// The byte at which it was noticed.
    package var offset: Int

    package var description: String { "\(reason.rawValue) at byte \(offset)" }

    /// What can be wrong with a property list.
    package enum Reason: String, Sendable {
        /// Neither a binary nor an XML property list.
        case badHeader
        /// The data ends inside a value.
        case truncated
        /// A value of no known type, or text that is malformed.
        case badValue
        /// A reference to something that does not exist.
        case badReference
        /// Values nested too deep, cycles included.
        case tooDeep
        /// More values than any real list has.
        case tooLarge
    }
}

/// Reads and writes property lists.
package enum PropertyList {
    /// Reads a binary or XML property list.
    ///
    /// - Throws: ``PropertyListError``; cycles, bombs and truncations are errors, never hangs.
    package static func decode(_ bytes: [UInt8]) throws(PropertyListError) -> PropertyListValue {
        guard bytes.starts(with: "bplist".utf8) else { return try XMLPropertyList.decode(bytes) }
        return try LentBytes.lending(bytes) { (lent) throws(PropertyListError) in
            let list = try BinaryPropertyList(lent, 0, lent.count)
            var budget = BinaryPropertyList.maximumCount
            return try list.value(list.root, depth: 0, budget: &budget)
        }
    }

    /// Writes a binary property list; dictionary keys are sorted, so equal values give equal bytes.
    package static func encode(_ value: PropertyListValue) -> [UInt8] {
        BinaryPropertyListWriter.write(value)
    }
}
