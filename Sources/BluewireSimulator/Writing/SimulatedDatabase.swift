//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

internal import GRDB

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// The simulated chat.db with its only writing connection.
///
/// Apple's daemons keep one connection open and let SQLite checkpoint by itself; so does this.
struct SimulatedDatabase: Sendable {
    let home: SimulatorHome
    let generation: Generation
    private(set) var queue: DatabaseQueue
    /// The columns of each table, by which row writers drop what an older macOS lacks.
    private(set) var columns: [String: Set<String>] = [:]

    /// Opens the database; creates it with Apple's schema when it is missing.
    init(home: SimulatorHome, generation: Generation) throws {
        self.home = home
        self.generation = generation
        queue = try Self.open(home)
        try queue.write { db in
            guard try !db.tableExists("message") else { return }
            for statement in SchemaDefinition(generation).statements { try db.execute(sql: statement) }
        }
        for table in ["message", "chat", "handle", "attachment"] {
            columns[table] = try queue.read { db in Set(try db.columns(in: table).map(\.name)) }
        }
    }

    private static func open(_ home: SimulatorHome, isExclusive: Bool = false) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.label = "simulator"
        configuration.busyMode = isExclusive ? .immediateError : .timeout(5)
        configuration.journalMode = .wal
        configuration.prepareDatabase { db in
            AppleFunctions.register(on: db, home: home.path)
            if isExclusive { try db.execute(sql: "PRAGMA locking_mode = EXCLUSIVE") }
            try db.execute(sql: "PRAGMA wal_autocheckpoint = 1000")
        }
        return try DatabaseQueue(path: home.databasePath, configuration: configuration)
    }

    /// Writes in one transaction.
    func write<Value>(_ body: (Database) throws -> Value) throws -> Value { try queue.write(body) }

    /// Reads in one transaction.
    func read<Value>(_ body: (Database) throws -> Value) throws -> Value { try queue.read(body) }

    /// Closes the connection.
    func close() throws { try queue.close() }

    /// Closes and opens the connection.
    ///
    /// When nobody else has the database open, SQLite deletes `-wal` and `-shm`, and the next write creates them anew.
    mutating func rotateSidecars() throws {
        try queue.close()
        queue = try Self.open(home)
    }

    /// Locks everybody else out: who opens or reads the database now gets `SQLITE_BUSY`.
    ///
    /// - Returns: false when a reader is attached already; SQLite then gives nobody the exclusive lock.
    mutating func lockOut() throws -> Bool {
        try queue.close()
        do {
            queue = try Self.open(home, isExclusive: true)
            try queue.write { db in try db.execute(sql: "UPDATE chat SET state = state WHERE ROWID = 0") }
            return true
        } catch {
            queue = try Self.open(home)
            return false
        }
    }

    /// Moves all frames into the database file and truncates the log; with a reader in its way it moves what it can.
    func checkpoint() {
        queue.writeWithoutTransaction { db in _ = try? db.checkpoint(.truncate) }
    }

    /// Puts another file in place of chat.db while the connection is closed: a new inode, no sidecars.
    mutating func replace(with path: String) throws {
        try queue.close()
        let files = FileManager.default
        for suffix in ["-wal", "-shm"] where files.fileExists(atPath: home.databasePath + suffix) {
            try files.removeItem(atPath: home.databasePath + suffix)
        }
        try files.removeItem(atPath: home.databasePath)
        try files.moveItem(atPath: path, toPath: home.databasePath)
        queue = try Self.open(home)
    }

    /// Writes a complete copy to `path`, replacing what is there.
    func copy(to path: String) throws {
        if FileManager.default.fileExists(atPath: path) { try FileManager.default.removeItem(atPath: path) }
        try queue.writeWithoutTransaction { db in try db.execute(sql: "VACUUM INTO ?", arguments: [path]) }
    }

    /// Inserts a row, leaving out columns this generation does not have.
    ///
    /// - Returns: its ROWID.
    @discardableResult
    func insert(_ values: RowValues, into table: String, _ db: Database) throws -> Int64 {
        let known = columns[table]
        let used = values.filter { known?.contains($0.key) ?? true }.sorted { $0.key < $1.key }
        let names = used.map(\.key).joined(separator: ", ")
        let marks = used.map { _ in "?" }.joined(separator: ", ")
        try db.execute(
            sql: "INSERT INTO \(table) (\(names)) VALUES (\(marks))", arguments: StatementArguments(used.map(\.value))
        )
        return db.lastInsertedRowID
    }

    /// Changes columns of the message of that guid, leaving out columns this generation does not have.
    func update(message guid: String, _ values: RowValues, _ db: Database) throws {
        let used = values.filter { columns["message"]?.contains($0.key) ?? true }.sorted { $0.key < $1.key }
        guard !used.isEmpty else { return }
        let assignments = used.map { "\($0.key) = ?" }.joined(separator: ", ")
        try db.execute(
            sql: "UPDATE message SET \(assignments) WHERE guid = ?",
            arguments: StatementArguments(used.map(\.value)) + [guid]
        )
    }
}

/// Column names and values of one row.
typealias RowValues = [String: (any DatabaseValueConvertible)?]
