//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

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
                throw StateError(
                    .newer, message: "\(name) was written by a newer version of Bluewire.",
                    remedy: "Use that version or a newer one; nothing was changed.")
            }
            if try writer.read({ try !migrator.hasCompletedMigrations($0) }) { try migrator.migrate(writer) }
        } catch {
            throw StateError(error, file: name)
        }
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
