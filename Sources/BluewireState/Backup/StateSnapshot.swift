//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import GRDB

/// Copies of our databases while others write to them.
package enum StateSnapshot {
    /// Copies the database at `path` as it is at one instant into a new, private file.
    ///
    /// One read transaction: writers of this and other processes go on meanwhile.
    ///
    /// - Throws: ``StateError``.
    package static func copy(_ path: String, to target: String, file name: String) async throws(StateError) {
        do {
            let queue = try open(path)
            try await queue.writeWithoutTransaction { db in
                try db.execute(sql: "VACUUM INTO ?", arguments: [target])
            }
            try queue.close()
        } catch {
            throw StateError(error, file: name)
        }
        StateDirectory.makePrivate(file: target)
    }

    /// Looks whether the file is a whole database.
    ///
    /// - Throws: ``StateError`` with `corrupt`.
    package static func check(_ path: String, file name: String) async throws(StateError) {
        let answer: String?
        do {
            let queue = try open(path)
            answer = try await queue.read { db in try String.fetchOne(db, sql: "PRAGMA quick_check(1)") }
            try queue.close()
        } catch {
            throw StateError(error, file: name)
        }
        guard answer == "ok" else {
            throw StateError(.corrupt, message: "\(name) is damaged.", remedy: "Use another copy of it.")
        }
    }

    /// Moves the log of a closed database into its file, so that the file alone is the database.
    static func settle(_ path: String) async throws {
        let queue = try open(path)
        let mode = try await queue.writeWithoutTransaction { db in
            _ = try db.checkpoint(.truncate)
            return try String.fetchOne(db, sql: "PRAGMA journal_mode = DELETE")
        }
        try queue.close()
        guard mode == "delete" else { throw StateError(.busy, message: "\(path) is in use.", remedy: "Try again.") }
    }

    static func open(_ path: String) throws -> DatabaseQueue {
        var configuration = GRDB.Configuration()
        configuration.label = "bluewire.snapshot"
        configuration.busyMode = .timeout(10)
        return try DatabaseQueue(path: path, configuration: configuration)
    }
}
