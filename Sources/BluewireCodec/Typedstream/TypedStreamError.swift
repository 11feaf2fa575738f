//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// Why an archive cannot be read, and where.
package struct TypedStreamError: Error, Hashable, CustomStringConvertible {
    /// What is wrong.
    package var reason: Reason
    /// The byte at which it was noticed.
    package var offset: Int

    /// An error from its fields.
    package init(_ reason: Reason, at offset: Int) {
        self.reason = reason
        self.offset = offset
    }

    package var description: String { "\(reason.rawValue) at byte \(offset)" }

    /// What can be wrong with an archive.
    package enum Reason: String, Sendable {
        /// The data ends inside a value.
        case truncated
        /// The first bytes are not those of an archive.
        case badHeader
        /// An archive of another era.
        case unsupportedVersion
        /// A head byte Apple reserves.
        case reservedHead
        /// A head byte that cannot stand here.
        case unexpectedHead
        /// A reference to something that was not written yet, or is of another kind.
        case badReference
        /// A type encoding that cannot be parsed.
        case badEncoding
        /// Text that is not UTF-8.
        case invalidText
        /// Values nested more than 256 deep.
        case tooDeep
        /// More objects or values than any real archive has.
        case tooLarge
        /// A Foundation class with other contents than Apple writes.
        case badObject
        /// An archive whose root is not an attributed string.
        case notAnAttributedString
        /// Attribute runs that do not cover the text.
        case inconsistentRuns
    }
}
