//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel
package import BluewireTransport
import GRDB
import Synchronization

// Scoped, because GRDB has a protocol of the same name.
package import struct BluewireModel.Cursor

/// `journal.db`: the append-only log of what happened, with the positions of the sources that filled it.
///
/// One writer, two readers. A commit does not wait for the disk; after a power cut checkpoint, marks and events roll
/// back together, and sequence numbers, reserved in blocks that did wait for the disk, are not issued a second time.
package final class Journal: Sendable {
    /// How the journal keeps and prunes.
    package struct Configuration: Sendable {
        /// How many sequence numbers are reserved at a time.
        package var blockSize: Int64 = 10_000
        /// How many of the newest events are kept in memory for readers at the head.
        package var tailCount = 2048
        /// How long events are kept.
        package var retention: Duration = .seconds(30 * 86_400)
        /// How large the file may grow before the oldest events go.
        package var maximumBytes: Int64 = 1_000_000_000
        /// How far a sink may lag before events it has not read are pruned nevertheless.
        package var sinkGrace: Duration = .seconds(7 * 86_400)
        /// The file refuses to grow beyond so many pages, as on a full disk; nil for no such limit.
        package var maximumPages: Int?

        /// The defaults.
        package init() {}
    }

    /// What readers share with the writer.
    struct State {
        var epoch: String
        /// The newest sequence number that was issued, or skipped at the last start.
        var head: Int64
        /// The newest sequence number that was pruned.
        var pruned: Int64
        /// The end of the reserved block.
        var reserved: Int64
        /// The newest entries; everything after ``tailStart`` is in it.
        var tail: [JournalEntry] = []
        var tailStart: Int64
        var nextReader = 0
        /// What wakes each reader, in the order in which they came.
        var readers: [(id: Int, wake: @Sendable () -> Void)] = []
    }

    let pool: DatabasePool
    let configuration: Configuration
    let clock: any WallClock
    let state: Mutex<State>
    let path: String

    /// Opens or creates the file, brings its schema up to date and reserves the first block of sequence numbers.
    ///
    /// - Throws: ``StateError`` with `notWritable`, `full`, `newer` or `corrupt`.
    package init(
        path: String, clock: any WallClock = SystemWallClock(), configuration: Configuration = Configuration()
    ) throws(StateError) {
        self.path = path
        self.clock = clock
        self.configuration = configuration
        var database = GRDB.Configuration()
        database.label = "bluewire.journal"
        database.maximumReaderCount = 2
        database.busyMode = .timeout(5)
        try Migration.check(JournalMigrations.all, at: path, file: "journal.db")
        do {
            pool = try DatabasePool(path: path, configuration: database)
            StateDirectory.makePrivate(file: path)
        } catch {
            throw StateError(error, file: "journal.db")
        }
        try Migration.run(JournalMigrations.all, on: pool, file: "journal.db")
        do {
            state = Mutex(try Self.open(pool, configuration: configuration))
        } catch {
            throw StateError(error, file: "journal.db")
        }
        for suffix in ["-wal", "-shm"] { StateDirectory.makePrivate(file: path + suffix) }
    }

    /// The life of this journal: eight hexadecimal digits given when the file was created.
    package var epoch: String { state.withLock { $0.epoch } }

    /// The position after the newest event.
    package var head: Cursor { state.withLock { Cursor(epoch: $0.epoch, sequence: $0.head) } }

    /// The position before the oldest event that is still there.
    package var oldest: Cursor { state.withLock { Cursor(epoch: $0.epoch, sequence: $0.pruned) } }

    /// What the source stored last; nil before its first batch.
    package func sourceState(_ name: String) async throws(StateError) -> SourceState? {
        try await read { db in
            guard
                let checkpoint = try [UInt8].fetchBlob(
                    db, sql: "SELECT checkpoint FROM source WHERE name = ?", arguments: [name])
            else { return nil }
            var state = SourceState(checkpoint: checkpoint)
            let marks = try Row.fetchCursor(db, sql: "SELECT key, value FROM mark WHERE source = ?", arguments: [name])
            while let row = try marks.next() { state.marks[row[0]] = [UInt8](blobIn: row, at: 1) }
            let ids = try Row.fetchCursor(db, sql: "SELECT guid, id FROM chatID WHERE source = ?", arguments: [name])
            while let row = try ids.next() { state.chatIDs[ChatGUID(rawValue: row[0])] = ChatID(rawValue: row[1]) }
            return state
        }
    }

    /// Lends a stream that yields once when events were appended since the last wait, and once at the start.
    ///
    /// It carries no events: readers read the journal from their own cursor, so nothing can be dropped.
    package func withWakeUps<Result>(_ body: (AsyncStream<Void>) async throws -> Result) async rethrows -> Result {
        let (feed, signal) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        defer { signal.finish() }
        return try await withListener({ signal.yield() }) { try await body(feed) }
    }

    /// Calls `wake` when events were appended while `body` runs, and once at the start.
    ///
    /// It is called on the writer's queue right after the commit: it may only wake somebody.
    ///
    /// - Parameter isUrgent: whether a person waits, so that it is called before the others.
    package func withListener<Result>(
        isUrgent: Bool = false, _ wake: @escaping @Sendable () -> Void, _ body: () async throws -> Result
    ) async rethrows -> Result {
        let id = state.withLock { state in
            state.nextReader += 1
            if isUrgent {
                state.readers.insert((state.nextReader, wake), at: 0)
            } else {
                state.readers.append((state.nextReader, wake))
            }
            return state.nextReader
        }
        wake()
        defer { state.withLock { $0.readers.removeAll { $0.id == id } } }
        return try await body()
    }

    /// Closes the file; later calls fail.
    package func close() throws { try pool.close() }

    func read<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws(StateError) -> Value
    {
        do {
            return try await pool.read(body)
        } catch {
            throw StateError(error, file: "journal.db")
        }
    }
}

extension [UInt8] {
    /// The blob of the first row's first column; nil without a row.
    static func fetchBlob(_ db: Database, sql: String, arguments: StatementArguments) throws -> [UInt8]? {
        try Row.fetchOne(db, sql: sql, arguments: arguments).map { [UInt8](blobIn: $0, at: 0) }
    }

    /// The bytes of a blob column, copied without a detour over Foundation; empty for NULL.
    init(blobIn row: Row, at index: Int) {
        self = (try? row.withUnsafeData(atIndex: index) { data in data.map { [UInt8]($0) } ?? [] }) ?? []
    }
}
