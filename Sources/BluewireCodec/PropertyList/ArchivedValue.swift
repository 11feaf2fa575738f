//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// A value of a keyed archive with its references resolved and Foundation's classes unwrapped.
package indirect enum ArchivedValue: Hashable, Sendable {
    /// Nothing, or something damaged.
    case null
    /// A truth value.
    case bool(Bool)
    /// A whole number.
    case integer(Int64)
    /// A floating-point number.
    case real(Double)
    /// Text, also of an attributed string.
    case string(String)
    /// Bytes.
    case data([UInt8])
    /// Seconds since 2001.
    case date(Double)
    /// A URL and its base.
    case url(String, base: String?)
    /// A UUID in upper case.
    case uuid(String)
    /// A range.
    case range(location: Int64, length: Int64)
    /// Values in order, also those of a set.
    case array([ArchivedValue])
    /// Values by name; keys that are not text are printed.
    case dictionary([String: ArchivedValue])
    /// An object of another class: its name and its fields.
    case object(class: String, fields: [String: ArchivedValue])

    /// The value under `key` of a dictionary or object; nil when there is none.
    package subscript(key: String) -> ArchivedValue? {
        switch self {
        case .dictionary(let values): values[key]
        case .object(_, let fields): fields[key]
        default: nil
        }
    }

    /// The text of a string, URL or UUID.
    package var text: String? {
        switch self {
        case .string(let text), .uuid(let text): text
        case .url(let relative, let base): Self.join(relative, base)
        default: nil
        }
    }

    /// The whole number, also of a truth value.
    package var integer: Int64? {
        switch self {
        case .integer(let number): number
        case .bool(let flag): flag ? 1 : 0
        case .real(let number): Int64(exactly: number)
        default: nil
        }
    }

    /// The truth value, also of a number.
    package var bool: Bool? { integer.map { $0 != 0 } }

    /// The elements of an array or set.
    package var array: [ArchivedValue]? { if case .array(let values) = self { values } else { nil } }

    /// The name of the class, for objects of other classes.
    package var className: String? { if case .object(let name, _) = self { name } else { nil } }

    /// Whether there is no value.
    package var isNull: Bool { self == .null }

    private static func join(_ relative: String, _ base: String?) -> String {
        guard let base, !relative.contains(":"), let slash = base.lastIndex(of: "/") else { return relative }
        return base[...slash] + relative
    }
}
