//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

// Foundation: file sizes and percent encoding.
import Foundation
package import GRDB

/// One step of a database's schema.
///
/// Released steps are never edited; a change is a new step at the end of its list.
package struct Migration: Sendable {
    /// Its unique name.
    package var name: String
    /// What it does.
    package var apply: @Sendable (Database) throws -> Void

    /// A step from its parts.
    package init(_ name: String, _ apply: @escaping @Sendable (Database) throws -> Void) {
        self.name = name
        self.apply = apply
    }

    /// A step that is plain SQL.
    package init(_ name: String, sql: String) {
        self.init(name) { try $0.execute(sql: sql) }
    }
}

extension Migration {
    /// Brings `writer` to the end of `list`.
    ///
    /// - Throws: ``StateError`` with `newer` when the file holds steps this build does not know.
    static func run(_ list: [Migration], on writer: any DatabaseWriter, file name: String) throws(StateError) {
        var migrator = DatabaseMigrator()
        for migration in list { migrator.registerMigration(migration.name, migrate: migration.apply) }
        do {
            if try writer.read({ try migrator.hasBeenSuperseded($0) }) {
                throw newer(name)
            }
            if try writer.read({ try !migrator.hasCompletedMigrations($0) }) { try migrator.migrate(writer) }
        } catch {
            throw StateError(error, file: name)
        }
    }

    /// Refuses a file that ``run(_:on:file:)`` would refuse, without writing a byte; opening it for writing would.
    ///
    /// A file with a write-ahead log is left to the opening: it cannot be read without taking part in the log.
    ///
    /// - Throws: ``StateError`` with `newer`, `corrupt` or `notWritable`.
    static func check(_ list: [Migration], at path: String, file name: String) throws(StateError) {
        func size(_ path: String) -> UInt64 {
            (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? UInt64) ?? 0
        }
        guard size(path) > 0, size(path + "-wal") == 0 else { return }
        var configuration = GRDB.Configuration()
        configuration.readonly = true
        configuration.label = "bluewire.check"
        do {
            var allowed = CharacterSet.urlPathAllowed
            allowed.remove(charactersIn: "?#%")
            let encoded = path.addingPercentEncoding(withAllowedCharacters: allowed) ?? path
            let queue = try DatabaseQueue(path: "file:\(encoded)?mode=ro&immutable=1", configuration: configuration)
            var migrator = DatabaseMigrator()
            for migration in list { migrator.registerMigration(migration.name, migrate: migration.apply) }
            if try queue.read({ try migrator.hasBeenSuperseded($0) }) { throw newer(name) }
        } catch {
            throw StateError(error, file: name)
        }
    }

    private static func newer(_ name: String) -> StateError {
        StateError(
            .newer, message: "\(name) was written by a newer version of Bluewire.",
            remedy: "Use that version or a newer one; nothing was changed.")
    }

    /// The schema of `db` as SQL, in the order of its names; what the schema files of the tests hold.
    package static func schemaDump(_ db: Database) throws -> String {
        try String.fetchAll(
            db,
            sql: """
                SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'
                AND name <> 'grdb_migrations' ORDER BY type DESC, name
                """
        ).map { $0 + ";\n" }.joined()
    }
}
