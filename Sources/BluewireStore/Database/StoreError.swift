//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// Why the Messages database could not be read, and what to do about it.
public struct StoreError: Error, Hashable, Sendable {
    /// What kind of failure.
    public var code: Code
    /// What happened, without content of any message.
    public var message: String
    /// What the person at the machine can do.
    public var remedy: String

    /// An error from its fields.
    public init(_ code: Code, message: String, remedy: String) {
        self.code = code
        self.message = message
        self.remedy = remedy
    }

    /// What kind of failure; the raw value is stable.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private let rawValue: String
        private init(_ rawValue: String) { self.rawValue = rawValue }

        /// There is no file at the path.
        public static let missing = Code("database_missing")
        /// The file or its folder may not be read.
        public static let denied = Code("database_denied")
        /// The file is not an SQLite database, or is damaged.
        public static let notADatabase = Code("not_a_database")
        /// The schema is older than macOS 10.13.
        public static let tooOld = Code("schema_too_old")
        /// It is an SQLite database, but not one of Messages.
        public static let noMessages = Code("no_message_table")
        /// The folder is read-only and the sidecar files of a live database cannot be mapped.
        public static let readOnlyFolder = Code("read_only_folder")
        /// Somebody else held a lock for too long; worth trying again.
        public static let locked = Code("database_locked")
        /// The file was replaced or its schema changed; the reader has to be opened again.
        public static let replaced = Code("database_replaced")
        /// A cursor that belongs to another life of the database.
        public static let staleCursor = Code("cursor_expired")
        /// An attachment file is absent, or may not be given out.
        public static let noFile = Code("attachment_unavailable")
        /// SQLite reported something else.
        public static let failed = Code("database_failed")

        public var description: String { rawValue }
    }
}

extension StoreError: CustomStringConvertible {
    public var description: String { "\(code): \(message) \(remedy)" }
}
