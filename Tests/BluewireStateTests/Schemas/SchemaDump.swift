//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import BluewireState
import BluewireTesting
import Foundation
import GRDB
import Testing

/// One of our databases as one step of its schema left it, as SQL.
struct SchemaDump: CustomTestStringConvertible, Sendable {
    /// Which database.
    enum Kind: String, CaseIterable, Sendable {
        case state, journal

        var migrations: [Migration] { self == .state ? StateMigrations.all : JournalMigrations.all }
    }

    let kind: Kind
    /// How many steps the schema has.
    let version: Int

    var testDescription: String { fileName }
    var fileName: String { "\(kind.rawValue)-\(version).sql" }

    /// The committed file.
    var url: URL {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(fileName)
    }

    /// The committed file's text.
    var text: String { get throws { String(decoding: try Data(contentsOf: url), as: UTF8.self) } }

    /// Every step of which there must be a dump: the first schema that was handed out, and all later ones.
    static func wanted(_ kind: Kind) -> [SchemaDump] {
        let first = kind == .state ? 5 : 1
        return (first...kind.migrations.count).map { SchemaDump(kind: kind, version: $0) }
    }

    /// Today's schema.
    static func newest(_ kind: Kind) -> SchemaDump { SchemaDump(kind: kind, version: kind.migrations.count) }

    /// Every committed dump.
    static let committed: [SchemaDump] = {
        let folder = newest(.state).url.deletingLastPathComponent().path
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.sorted().compactMap { name in
            let parts = name.split(separator: ".")
            guard parts.count == 2, parts[1] == "sql" else { return nil }
            let pieces = parts[0].split(separator: "-")
            guard pieces.count == 2, let kind = Kind(rawValue: String(pieces[0])), let version = Int(pieces[1]) else {
                return nil
            }
            return SchemaDump(kind: kind, version: version)
        }
    }()

    /// The key that signed the audit trails of the dumps.
    static func writeKey(in folder: TemporaryFolder) throws {
        let path = folder.file("audit.key")
        try Data(0..<32).write(to: URL(fileURLWithPath: path))
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
    }

    /// The database as its own steps make it, with the made-up rows of each step, as SQL.
    func made() throws -> String {
        let folder = try TemporaryFolder()
        try Self.writeKey(in: folder)
        let queue = try DatabaseQueue(path: folder.file("\(kind.rawValue).db"))
        for step in 1...version {
            try Migration.run(Array(kind.migrations.prefix(step)), on: queue, file: fileName)
            try queue.write { db in try SampleRows.insert(kind, step: step, in: db) }
        }
        return try queue.read { db in
            """
            -- \(kind.rawValue).db as step \(version) of its schema left it, with made-up rows.
            -- Made by Scripts/dump-schemas; a dump of an earlier step is never changed.

            """ + (try Migration.schemaDump(db)) + (try Self.rows(db))
        }
    }

    /// The statements that make the schema, without the rows.
    static func schema(of dump: String) -> String {
        dump.split(separator: "\n", omittingEmptySubsequences: false)
            .filter { !$0.hasPrefix("--") && !$0.hasPrefix("INSERT ") && !$0.contains("grdb_migrations") }
            .joined(separator: "\n")
    }

    /// A file that holds what the committed dump says.
    func load(into path: String) throws {
        var configuration = Configuration()
        configuration.foreignKeysEnabled = false
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        try queue.write { try $0.execute(sql: text) }
        try queue.close()
    }

    /// Every row of every table as an insertion, the migrator's own table included.
    private static func rows(_ db: Database) throws -> String {
        let tables = try String.fetchAll(
            db, sql: "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name")
        var lines = ["CREATE TABLE IF NOT EXISTS grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY);"]
        for table in tables {
            let columns = try db.columns(in: table).map(\.name)
            let values = columns.map { "quote(\"\($0)\")" }.joined(separator: " || ', ' || ")
            let rows = try String.fetchAll(db, sql: "SELECT \(values) FROM \"\(table)\" ORDER BY 1")
            for row in rows {
                lines.append("INSERT INTO \(table) (\(columns.joined(separator: ", "))) VALUES (\(row));")
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
