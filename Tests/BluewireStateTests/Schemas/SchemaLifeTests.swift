//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import BluewireState
import BluewireTesting
import BluewireTransport
import Foundation
import GRDB
import Testing

@Suite struct SchemaLifeTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try SchemaDump.writeKey(in: folder)
    }

    /// A step without a dump, or a released step that was edited, fails here; `Scripts/dump-schemas` writes the dump.
    @Test(arguments: SchemaDump.Kind.allCases)
    func todaysSchemaHasItsDump(_ kind: SchemaDump.Kind) throws {
        let newest = SchemaDump.newest(kind)
        let made = try newest.made()
        if ProcessInfo.processInfo.environment["UPDATE_SCHEMAS"] == "1" {
            for dump in SchemaDump.wanted(kind)
            where dump.version == newest.version || !FileManager.default.fileExists(atPath: dump.url.path) {
                try Data(try dump.made().utf8).write(to: dump.url)
            }
        }
        #expect(SchemaDump.schema(of: try newest.text) == SchemaDump.schema(of: made))
    }

    @Test(arguments: SchemaDump.Kind.allCases)
    func noDumpIsMissing(_ kind: SchemaDump.Kind) {
        let committed = SchemaDump.committed.filter { $0.kind == kind }.map(\.version).sorted()
        #expect(committed == SchemaDump.wanted(kind).map(\.version))
    }

    @Test(arguments: SchemaDump.committed)
    func everyDumpBecomesTodaysSchemaAndKeepsItsRows(_ dump: SchemaDump) async throws {
        let path = folder.file("\(dump.kind.rawValue).db")
        try dump.load(into: path)
        let before = try rows(of: path)
        #expect(before.count > 5)
        try open(dump.kind, path)
        let queue = try DatabaseQueue(path: path)
        let schema = try await queue.read { try Migration.schemaDump($0) }
        let fresh = folder.file("fresh.db")
        try open(dump.kind, fresh)
        #expect(try await DatabaseQueue(path: fresh).read { try Migration.schemaDump($0) } == schema)
        for (table, rows) in before {
            let columns = rows.columns.joined(separator: ", ")
            let after = try queue.read { db in
                try Row.fetchAll(db, sql: "SELECT \(columns) FROM \(table)")
            }
            // A journal reserves numbers when it is opened; nothing else changes.
            for row in rows.rows where !(table == "meta" && row["key"] == "reserved") {
                #expect(after.contains(row), "\(table) lost \(row)")
            }
        }
    }

    @Test(arguments: SchemaDump.committed.filter { $0.kind == .state })
    func everyStateDumpCanBeUsed(_ dump: SchemaDump) async throws {
        let path = folder.file("state.db")
        try dump.load(into: path)
        let state = try StateDatabase(path: path)
        #expect(try await state.tokens().list().map(\.id) == ["tok_sample"])
        #expect(try await state.webhooks().list().map(\.filter.kinds) == [[.messageCreated]])
        #expect(try await state.deliveries.unfinished(webhook: "wh_sample").map(\.status) == [500])
        #expect(try await state.tasks().list(chat: nil).map(\.zone) == ["Europe/Berlin"])
        #expect(try await state.agents().drafts().map(\.id) == ["drf_sample"])
        #expect(try await state.agents().turns(about: MessageID(rawValue: "A")).map(\.steps.count) == [1])
        let sends = try await state.sends.read { tx in try tx.openRecords() }
        #expect(sends.map(\.id.rawValue) == ["snd_sample"])
        #expect(try await state.sends.read { tx in try tx.outboundStop() }?.reason == "holiday")
        let verification = try await state.audit.verify()
        #expect(verification.broken == nil)
        #expect(verification.entries >= 3)
        #expect(try await state.audit.entries(after: 0, since: nil, limit: 3).map(\.record.reason) == [nil, "why", ""])
    }

    @Test(arguments: SchemaDump.committed.filter { $0.kind == .journal })
    func everyJournalDumpCanBeRead(_ dump: SchemaDump) async throws {
        let path = folder.file("journal.db")
        try dump.load(into: path)
        let journal = try Journal(path: path)
        #expect(journal.epoch == "0a1b2c3d")
        let event = try #require(try await journal.events(after: journal.oldest, limit: 10).first)
        guard case .message(let message, _, .new) = event.snapshot else {
            Issue.record("not a message: \(event.snapshot)")
            return
        }
        #expect(message.id.rawValue == "A")
        #expect(try await journal.sourceState("test")?.chatIDs.count == 1)
    }

    /// With and without a log that was never moved into the file, as after a crash.
    @Test(arguments: SchemaDump.Kind.allCases, [false, true])
    func newerDatabaseIsRefusedAndLeftAsItWas(_ kind: SchemaDump.Kind, hasLog: Bool) async throws {
        let path = folder.file("\(kind.rawValue).db")
        try open(kind, path)
        let copy = folder.file("copy/\(kind.rawValue).db")
        try FileManager.default.createDirectory(atPath: folder.file("copy"), withIntermediateDirectories: true)
        let writer = try DatabaseQueue(path: path)
        try await writer.write { try $0.execute(sql: "INSERT INTO grdb_migrations (identifier) VALUES ('99-later')") }
        if !hasLog { try writer.close() }
        for suffix in ["", "-wal"] where FileManager.default.fileExists(atPath: path + suffix) {
            try FileManager.default.copyItem(atPath: path + suffix, toPath: copy + suffix)
        }
        let before = try contents(of: folder.file("copy"))
        #expect(before.keys.contains { $0.hasSuffix("-wal") } == hasLog)
        let error = #expect(throws: StateError.self) { try open(kind, copy) }
        #expect(error?.code == .newer)
        #expect(error?.message.contains("newer version") == true)
        #expect(error?.remedy.contains("nothing was changed") == true)
        #expect(try contents(of: folder.file("copy")) == before)
    }

    private func open(_ kind: SchemaDump.Kind, _ path: String) throws {
        switch kind {
        case .state: try StateDatabase(path: path).writer.close()
        case .journal: try Journal(path: path).close()
        }
    }

    private func contents(of folder: String) throws -> [String: Data] {
        var files: [String: Data] = [:]
        for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
            files[name] = try Data(contentsOf: URL(fileURLWithPath: folder + "/" + name))
        }
        return files
    }

    private func rows(of path: String) throws -> [String: (columns: [String], rows: [Row])] {
        let queue = try DatabaseQueue(path: path)
        defer { try? queue.close() }
        return try queue.read { db in
            let tables = try String.fetchAll(
                db, sql: "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
            var found: [String: (columns: [String], rows: [Row])] = [:]
            for table in tables {
                found[table] = (
                    try db.columns(in: table).map(\.name), try Row.fetchAll(db, sql: "SELECT * FROM \(table)")
                )
            }
            return found
        }
    }
}
