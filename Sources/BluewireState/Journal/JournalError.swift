//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel

/// Why the journal could not be read.
package enum JournalError: Error, Sendable {
    /// The cursor is of another epoch, from the future, or pruned; reading can go on from `oldest` after a gap.
    case expired(oldest: Cursor, head: Cursor)
    /// The text is not a cursor.
    case malformed
    /// The database failed.
    case unavailable(StateError)

    /// Where reading can go on when the cursor expired; nil for other failures.
    package var resumePoint: Cursor? {
        if case .expired(let oldest, _) = self { oldest } else { nil }
    }
}

extension JournalError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .expired:
            "cursor_expired: Events after this cursor are gone. List the chats again and go on from the head."
        case .malformed: "invalid_cursor: This is not a cursor. Use one that an event or a list carried."
        case .unavailable(let error): error.description
        }
    }
}
