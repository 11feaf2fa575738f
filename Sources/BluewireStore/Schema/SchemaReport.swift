//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import GRDB

/// Which tables and columns a Messages database has; read once per connection pool, by name.
///
/// Machines on one build of macOS differ in columns and their order, so nothing is derived from a version.
public struct SchemaReport: Hashable, Sendable {
    /// Lower-case column names by table, of the tables the reader knows.
    public var columns: [String: Set<String>]
    /// Every table of the database.
    public var tables: Set<String>
    /// The newest macOS release whose columns are present, for example `macOS 15`.
    public var generation: String
    /// Columns of Apple's tables this version has never heard of; they are ignored, and the reader goes on.
    public var unknownColumns: [String]
    /// Columns some release has that are absent here.
    public var absentColumns: [String]
    /// Apple's own schema number (`_ClientVersion`), if stored.
    public var clientVersion: String?
    /// SQLite's schema cookie at the time of the report.
    package var cookie: Int64

    /// Reads the report of an open database.
    package init(_ db: Database) throws {
        let names = try String.fetchAll(db, sql: "SELECT name FROM sqlite_master WHERE type = 'table'")
        tables = Set(names)
        columns = [:]
        for table in KnownColumns.tables where tables.contains(table) {
            let found = try String.fetchAll(db, sql: "SELECT lower(name) FROM pragma_table_info(?)", arguments: [table])
            columns[table] = Set(found)
        }
        cookie = try Int64.fetchOne(db, sql: "PRAGMA schema_version") ?? 0
        let message = columns["message"] ?? []
        generation = KnownColumns.generation(of: message, tables: tables)
        unknownColumns = []
        absentColumns = []
        for table in KnownColumns.tables {
            guard let found = columns[table], let known = KnownColumns.all[table] else { continue }
            unknownColumns += found.subtracting(known).sorted().map { "\(table).\($0)" }
            absentColumns += known.subtracting(found).subtracting(KnownColumns.optional).sorted().map {
                "\(table).\($0)"
            }
        }
        clientVersion = nil
        if tables.contains("_SqliteDatabaseProperties") {
            clientVersion = try String.fetchOne(
                db, sql: "SELECT CAST(value AS TEXT) FROM _SqliteDatabaseProperties WHERE key = '_ClientVersion'"
            )
        }
    }

    /// Whether `table` has `column`.
    public func has(_ table: String, _ column: String) -> Bool {
        columns[table]?.contains(column) ?? false
    }

    /// Whether the database has `table`.
    public func has(_ table: String) -> Bool { tables.contains(table) }

    /// What a person should know about this schema.
    public var warnings: [String] {
        guard !unknownColumns.isEmpty else { return [] }
        return ["The database has columns this version does not know: \(unknownColumns.joined(separator: ", "))."]
    }

    /// What can be read here, by name.
    public var capabilities: [String: Bool] {
        [
            "replies": has("message", "thread_originator_guid"),
            "edits": has("message", "date_edited"),
            "unsend": has("message", "date_edited") && has("message", "message_summary_info"),
            "recoverable": has("chat_recoverable_message_join"),
            "emojiTapbacks": has("message", "associated_message_emoji"),
            "scheduled": has("message", "schedule_type"),
            "filterActions": has("message", "filter_action") && has("message", "filter_sub_action"),
            "chatLookup": has("chat_lookup"),
            "unread": has("message", "is_read"),
            "satellite": has("message", "is_stewie") || has("message", "is_pending_satellite_send"),
        ]
    }

    /// The SQL of `column` of `table` under the alias `alias`: the column, or NULL where it is absent.
    package func column(_ table: String, _ column: String, alias: String) -> String {
        has(table, column) ? "\(alias).\(column)" : "NULL"
    }
}
