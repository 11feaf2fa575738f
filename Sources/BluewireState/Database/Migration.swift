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
    package static func run(_ list: [Migration], on writer: any DatabaseWriter, file name: String) throws(StateError) {
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

    /// Refuses a file that ``run(_:on:file:)`` would refuse, without changing it; opening it for writing would.
    ///
    /// - Throws: ``StateError`` with `newer`, `corrupt` or `notWritable`.
    static func check(_ list: [Migration], at path: String, file name: String) throws(StateError) {
        func size(_ path: String) -> UInt64 {
            (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? UInt64) ?? 0
        }
        guard size(path) > 0 else { return }
        // With a log, or with somebody who has it open, the reader has to take part in it, which needs the index of the
        // log; that holds nothing of its own. Reading without locks, beside another connection of this process, would
        // take that one's locks away.
        let hadIndex = FileManager.default.fileExists(atPath: path + "-shm")
        let hasLog = hadIndex || size(path + "-wal") > 0
        var configuration = GRDB.Configuration()
        configuration.readonly = true
        configuration.label = "bluewire.check"
        configuration.busyMode = .timeout(5)
        do {
            var allowed = CharacterSet.urlPathAllowed
            allowed.remove(charactersIn: "?#%")
            let encoded = path.addingPercentEncoding(withAllowedCharacters: allowed) ?? path
            let mode = hasLog ? "mode=ro" : "mode=ro&immutable=1"
            let queue = try DatabaseQueue(path: "file:\(encoded)?\(mode)", configuration: configuration)
            var migrator = DatabaseMigrator()
            for migration in list { migrator.registerMigration(migration.name, migrate: migration.apply) }
            let isNewer = try queue.read { try migrator.hasBeenSuperseded($0) }
            try queue.close()
            guard isNewer else { return }
            if hasLog, !hadIndex { try? FileManager.default.removeItem(atPath: path + "-shm") }
            throw newer(name)
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
