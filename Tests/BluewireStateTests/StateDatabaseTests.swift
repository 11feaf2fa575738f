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

@Suite struct StateDatabaseTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func writesWaitForTheDisk() async throws {
        let state = try StateDatabase(path: folder.file("state.db"))
        let modes = try await state.writer.write { db in
            (try Int.fetchOne(db, sql: "PRAGMA synchronous"), try String.fetchOne(db, sql: "PRAGMA journal_mode"))
        }
        #expect(modes.0 == 2)
        #expect(modes.1 == "wal")
    }

    @Test(arguments: ["state", "journal"])
    func fileThatIsNoDatabaseIsRefused(_ name: String) throws {
        let path = folder.file("\(name).db")
        try Data(repeating: 0x41, count: 10_000).write(to: URL(fileURLWithPath: path))
        let error = #expect(throws: StateError.self) {
            if name == "state" { _ = try StateDatabase(path: path) } else { _ = try Journal(path: path) }
        }
        #expect(error?.code == .corrupt)
        #expect(error?.remedy.isEmpty == false)
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)).count == 10_000)
    }

    @Test func missingFolderIsNotWritable() {
        let error = #expect(throws: StateError.self) { try StateDatabase(path: folder.file("none/state.db")) }
        #expect(error?.code == .notWritable)
    }

    @Test func fullDiskIsToldAndNothingIsStored() async throws {
        let path = folder.file("state.db")
        let pages = try await StateDatabase(path: path).read { try Int.fetchOne($0, sql: "PRAGMA page_count") ?? 0 }
        let state = try StateDatabase(path: path, maximumPages: pages + 2)
        let tasks = state.tasks()
        let error = await #expect(throws: StateError.self) {
            _ = try await tasks.create(
                agent: "a", chat: Samples.chat, text: String(repeating: "x", count: 100_000), dueAt: nil, zone: "UTC")
        }
        #expect(error?.code == .full)
        #expect(try await tasks.list(chat: nil).isEmpty)
    }

    @Test func twoProcessesMayWrite() async throws {
        let path = folder.file("state.db")
        let (first, second) = (try StateDatabase(path: path), try StateDatabase(path: path))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for state in [first, second] {
                group.addTask {
                    for index in 0..<20 {
                        try await state.audit.append(
                            AuditRecord(at: Timestamp(seconds: Int64(index)), actor: "test", action: "write"))
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try await first.audit.list(limit: 100).count == 40)
    }
}
