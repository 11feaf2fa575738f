//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// Whether this database is what the reader takes it for: counts and forms only, no text, name or address.
package struct DatabaseCheckup: Hashable, Sendable {
    /// The version of SQLite that reads.
    package var sqliteVersion = ""
    /// SQLite's journal mode; `wal` on every real Mac.
    package var journalMode = ""
    /// Whether the connection refuses to write.
    package var isQueryOnly = false
    /// What `PRAGMA data_version` answers; the fallback poll lives on it.
    package var dataVersion: Int64?
    /// Rows of the message table.
    package var messages = 0
    /// Messages in no chat.
    package var unjoined = 0
    /// Dates of messages by unit: `nanoseconds`, `seconds`, `none`.
    package var dates: [String: Int] = [:]
    /// Rows of the message table that were looked at closely, the newest ones.
    package var sampled = 0
    /// Their bodies.
    package var bodies = Rate()
    /// Their edit histories.
    package var summaries = Rate()
    /// Their app payloads.
    package var payloads = Rate()
    /// How many of them became messages.
    package var hydrated = 0
    /// How many of them are of a kind this version has no name for.
    package var unknownItems = 0
    /// How many of them are reactions of a type this version has no name for.
    package var unknownReactions = 0
    /// Rows of the chat table.
    package var chatRows = 0
    /// Chats after those of one conversation were merged.
    package var conversations = 0
    /// Chats that lost or gained members in merging; 0 unless merging is broken.
    package var misplacedChats = 0
    /// Chat GUIDs by form: `iMessage;-`, `any;+`, …, or `other`.
    package var guidForms: [String: Int] = [:]
    /// Own addresses that the database or the address book proves.
    package var ownAddresses = 0
    /// Handles.
    package var handles = 0
    /// Handles that belong to a card of the address book.
    package var namedHandles = 0
    /// Stored attachment paths by form: `home`, `absolute`, `none`, `other`.
    package var attachmentPaths: [String: Int] = [:]

    /// How many values of a column could be read.
    package struct Rate: Hashable, Sendable {
        /// Values that are not NULL.
        package var present = 0
        /// Values read without damage.
        package var readable = 0

        /// No values.
        package init() {}

        /// `n of m` for a report.
        package var description: String { "\(readable) of \(present)" }

        mutating func count(_ isReadable: Bool) {
            present += 1
            if isReadable { readable += 1 }
        }
    }
}
