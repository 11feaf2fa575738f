//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// What a Messages database holds, in numbers: a bug report without content.
///
/// Printed with the key names of the database generator's manifest, so that the two can be compared line by line.
/// Times are nanoseconds since 2001-01-01 UTC.
public struct DatabaseStatistics: Codable, Hashable, Sendable {
    /// Rows of the message table.
    public var messages = 0
    /// Rows of the chat table.
    public var chats = 0
    /// Rows of the handle table.
    public var handles = 0
    /// Rows of the attachment table.
    public var attachments = 0
    /// Rows that put messages into chats.
    public var chatMessageJoins = 0
    /// Different messages in those rows.
    public var messagesJoinedDistinct = 0
    /// The least message date.
    public var firstDate: Int64?
    /// The greatest message date, scheduled messages included.
    public var lastDate: Int64?
    /// The date of the row with the greatest number.
    public var dateOfLastRow: Int64?
    /// Messages by what the row is; every row has one kind.
    public var byKind: [String: Int] = [:]
    /// Messages that were edited.
    public var edited = 0
    /// Messages that were fully taken back.
    public var unsent = 0
    /// Rows that meet Apple's predicate for unread; tapbacks are counted here.
    public var unreadIncoming = 0
    /// Tapback rows by type.
    public var tapbacks = Tapbacks()
    /// Messages by service.
    public var services: [String: Int] = [:]
    /// Where the text is: `column`, `body`, `both` or `none`.
    public var textStorage: [String: Int] = [:]
    /// Attachment rows by MIME type; `None` for those without.
    public var attachmentsByMIME: [String: Int] = [:]
    /// What cuts across kinds.
    public var features: [String: Int] = [:]
    /// Rows a careless reader stumbles over.
    public var traps: [String: Int] = [:]
    /// SHA-256 over `guid TAB text LF` of all rows by number; the text without attachment placeholders.
    public var sha256 = ""
    /// The same over the texts with their placeholders.
    public var sha256Body = ""
    /// Messages whose archive was damaged; their text was salvaged or came from the column.
    public var degradedBodies = 0
    /// What is known of each chat, by GUID; only on request, because GUIDs hold addresses.
    public var perChat: [String: ChatCounts]?
    /// Incoming messages by address; only on request.
    public var perHandle: [String: Int]?
    /// The tables and columns.
    public var schema = Schema()

    /// Tapback rows by type.
    public struct Tapbacks: Codable, Hashable, Sendable {
        /// Additions by type, 2000…2007.
        public var add: [String: Int] = [:]
        /// Removals by type, 3000…3007.
        public var remove: [String: Int] = [:]
        /// Additions of type 2006 by emoji.
        public var emoji: [String: Int] = [:]
    }

    /// What is known of one chat.
    public struct ChatCounts: Codable, Hashable, Sendable {
        /// Join rows.
        public var messages: Int
        /// The greatest join date.
        public var lastDate: Int64?
        /// Participants.
        public var participants: Int

        private enum CodingKeys: String, CodingKey {
            case messages
            case lastDate = "last_date_ns"
            case participants
        }
    }

    /// The tables and columns, as far as a report needs them.
    public struct Schema: Codable, Hashable, Sendable {
        /// The newest macOS release whose columns are present.
        public var generation = ""
        /// Apple's own schema number.
        public var clientVersion: String?
        /// How many columns the message table has.
        public var messageColumns = 0
        /// Columns some release has that are absent.
        public var absentColumns: [String] = []
        /// Columns this version does not know.
        public var unknownColumns: [String] = []
        /// What can be read here.
        public var capabilities: [String: Bool] = [:]
        /// Explicit indexes.
        public var indexes = 0
        /// Triggers.
        public var triggers = 0

        private enum CodingKeys: String, CodingKey {
            case generation, capabilities, indexes, triggers
            case clientVersion = "client_version"
            case messageColumns = "message_column_count"
            case absentColumns = "absent_columns"
            case unknownColumns = "unknown_columns"
        }
    }

    private enum CodingKeys: String, CodingKey {
        case messages, chats, handles, attachments, edited, unsent, tapbacks, services, features, traps, sha256, schema
        case chatMessageJoins = "chat_message_joins"
        case messagesJoinedDistinct = "messages_joined_distinct"
        case firstDate = "first_date_ns"
        case lastDate = "last_date_ns"
        case dateOfLastRow = "date_of_rowid_max_ns"
        case byKind = "by_kind"
        case unreadIncoming = "unread_incoming"
        case textStorage = "text_storage"
        case attachmentsByMIME = "attachments_by_mime"
        case sha256Body = "sha256_body"
        case degradedBodies = "degraded_bodies"
        case perChat = "per_chat"
        case perHandle = "per_handle"
    }
}
