//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import BluewireTransport
import Foundation
import GRDB
import Synchronization
import Testing

@testable import BluewireStore

@Suite struct ChatDatabaseSourceTests {
    /// Runs a source beside `body`, which gets everything committed as a stream of observations.
    private func watch(
        _ database: LiveDatabase, from state: SourceState? = nil,
        change: (inout ChatDatabaseSource.Configuration) -> Void = { _ in },
        _ body: @Sendable (AsyncStream<SourceBatch>, ChatDatabaseSource) async throws -> Void
    ) async throws {
        var configuration = ChatDatabaseSource.Configuration(
            place: DatabasePlace(path: database.path), line: LineID(rawValue: "test")
        )
        change(&configuration)
        let source = ChatDatabaseSource(configuration)
        let (batches, continuation) = AsyncStream.makeStream(of: SourceBatch.self)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                do {
                    try await source.run(from: state) { batch in continuation.yield(batch) }
                } catch is CancellationError {}
                continuation.finish()
            }
            try await body(batches, source)
            group.cancelAll()
        }
    }

    /// The messages of the next batch that has any.
    private func created(in batches: AsyncStream<SourceBatch>) async -> [String] {
        for await batch in batches where !batch.observations.created.isEmpty { return batch.observations.created }
        return []
    }

    /// Waits for the baseline.
    private func first(of batches: AsyncStream<SourceBatch>) async {
        for await _ in batches { return }
    }

    @Test(arguments: [(true, true), (true, false), (false, true)])
    func seesWhatIsWritten(events: Bool, polling: Bool) async throws {
        let database = try LiveDatabase()
        try await watch(database) { configuration in
            configuration.useFileEvents = events
            configuration.usePolling = polling
            configuration.pollInterval = .milliseconds(20)
        } _: { batches, source in
            await first(of: batches)
            let writer = try database.open()
            let clock = SystemWallClock()
            for round in 0..<20 {
                try writer.edit { db in try db.say("R\(round)", "text \(round)", at: clock.now) }
                let found = await created(in: batches)
                #expect(found == ["R\(round)"])
            }
            #expect(source.status.isWatching)
            #expect(source.status.trouble == nil)
        }
    }

    @Test func aBatchThatCannotBeCommittedEndsTheRunAndComesAgain() async throws {
        struct Refusal: Error {}
        let database = try LiveDatabase()
        let writer = try database.open()
        let stored = Mutex<SourceState?>(nil)
        var configuration = ChatDatabaseSource.Configuration(
            place: DatabasePlace(path: database.path), line: LineID(rawValue: "test")
        )
        configuration.pollInterval = .milliseconds(20)
        let source = ChatDatabaseSource(configuration)
        await #expect(throws: Refusal.self) {
            try await source.run(from: nil) { batch in
                guard batch.observations.isEmpty else { throw Refusal() }
                stored.withLock { state in
                    guard state == nil else { return }
                    state = SourceState(
                        checkpoint: batch.checkpoint, marks: batch.marks.compactMapValues { $0 }, chatIDs: batch.chatIDs
                    )
                }
                try writer.edit { db in try db.say("AGAIN", at: SystemWallClock().now) }
            }
        }
        try await watch(database, from: stored.withLock { $0 }) { batches, _ in
            let found = await created(in: batches)
            #expect(found == ["AGAIN"])
        }
    }

    #if os(Linux)
        @Test func onlySQLiteHoldsDescriptorsAndTheLocksStay() async throws {
            let database = try LiveDatabase()
            let path = database.path
            let inode = try #require(FileIdentity(path: path)).inode
            try await watch(database) { batches, _ in
                await first(of: batches)
                let writer = try database.open()
                for round in 0..<10 {
                    try writer.edit { db in try db.say("R\(round)", at: SystemWallClock().now) }
                    _ = await created(in: batches)
                    // One descriptor for the watcher's connection and one for the writer of this test.
                    #expect(Self.descriptors(of: path).count == 2)
                    #expect(Self.descriptors(of: path + "-shm").count == 1)
                    #expect(Self.hasLock(on: inode))
                }
                try writer.close()
                // SQLite itself keeps the descriptor of a closed connection while another one holds locks.
                #expect(Self.descriptors(of: path).count <= 2)
                #expect(Self.hasLock(on: inode))
            }
            #expect(Self.descriptors(of: path).isEmpty)
        }

        private static func descriptors(of path: String) -> [String] {
            let all = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
            return all.filter {
                (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/" + $0)) == path
            }
        }

        /// Whether the kernel lists a lock on the file.
        ///
        /// The list changes between the pieces it is read in, so that one reading may miss an entry; a lock that is
        /// really gone is missing from all of them.
        private static func hasLock(on inode: UInt64) -> Bool {
            (0..<50).contains { _ in
                guard let handle = FileHandle(forReadingAtPath: "/proc/locks") else { return false }
                var bytes = Data()
                while let piece = try? handle.read(upToCount: 4096), !piece.isEmpty { bytes.append(piece) }
                return String(decoding: bytes, as: UTF8.self).split(separator: "\n").contains {
                    $0.contains(":\(inode) ")
                }
            }
        }
    #endif
}
