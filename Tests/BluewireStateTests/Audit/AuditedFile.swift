//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import BluewireState
import BluewireTesting
import GRDB
import Testing

/// A trail in a file, and a second connection that changes it behind its back.
final class AuditedFile: Sendable {
    let folder: TemporaryFolder
    let path: String
    let state: StateDatabase
    private let intruder: DatabaseQueue

    init() throws {
        folder = try TemporaryFolder()
        path = folder.file("state.db")
        state = try StateDatabase(path: path)
        var configuration = Configuration()
        configuration.busyMode = .timeout(5)
        configuration.prepareDatabase { try $0.execute(sql: "PRAGMA synchronous = OFF") }
        intruder = try DatabaseQueue(path: path, configuration: configuration)
    }

    /// Appends entries that differ in every field.
    func append(_ count: Int) async throws {
        var records: [AuditRecord] = []
        for index in 0..<count {
            var record = AuditRecord(
                at: Timestamp(seconds: Int64(index)), actor: "tok_\(index)", action: "action.\(index % 7)")
            if index % 3 != 0 { record.object = "object \(index)" }
            if index % 2 != 0 { record.outcome = "denied" }
            if index % 4 != 0 { record.reason = "reason" }
            records.append(record)
        }
        try await state.audit.append(records)
    }

    func execute(_ sql: String) async throws { try await intruder.write { try $0.execute(sql: sql) } }

    /// Looks at the trail after a change that is then undone.
    func withChange(_ sql: String, _ judge: (AuditVerification) throws -> Void) async throws {
        try await execute("CREATE TABLE kept AS SELECT * FROM audit; CREATE TABLE keptHead AS SELECT * FROM auditHead")
        try await execute("CREATE TABLE keptMark AS SELECT * FROM auditCheckpoint")
        try await execute(sql)
        try judge(try await state.audit.verify())
        try await execute(
            """
            DELETE FROM audit; INSERT INTO audit SELECT * FROM kept; DROP TABLE kept;
            DELETE FROM auditHead; INSERT INTO auditHead SELECT * FROM keptHead; DROP TABLE keptHead;
            DELETE FROM auditCheckpoint; INSERT INTO auditCheckpoint SELECT * FROM keptMark; DROP TABLE keptMark
            """)
        #expect(try await state.audit.verify().broken == nil)
    }

    func insertion(of entry: AuditEntry) -> String {
        func text(_ value: String?) -> String { value.map { "'\($0)'" } ?? "NULL" }
        let record = entry.record
        return """
            INSERT INTO audit (sequence, at, actor, action, object, outcome, reason, prev, hash) VALUES
            (\(entry.sequence), \(record.at.nanoseconds), \(text(record.actor)), \(text(record.action)),
            \(text(record.object)), \(text(record.outcome)), \(text(record.reason)),
            x'\(entry.previous.hexadecimal)', x'\(entry.hash.hexadecimal)')
            """
    }

    /// Everything that is stored of the trail, cell by cell.
    func cells() async throws -> [Cell] {
        try await intruder.read { db in
            var cells: [Cell] = []
            for table in ["audit", "auditCheckpoint", "auditHead"] {
                let key = table == "auditHead" ? "id" : "sequence"
                for column in try db.columns(in: table).map(\.name) where column != "id" {
                    let rows = try Row.fetchAll(
                        db, sql: "SELECT \(key), typeof(\(column)), quote(\(column)), hex(\(column)) FROM \(table)")
                    for row in rows {
                        cells.append(
                            Cell(
                                table: table, key: key, row: row[0], column: column, type: row[1], quoted: row[2],
                                hexadecimal: row[3]))
                    }
                }
            }
            return cells
        }
    }

    /// One stored value.
    struct Cell: Sendable {
        var table: String
        var key: String
        var row: Int64
        var column: String
        var type: String
        var quoted: String
        var hexadecimal: String

        /// SQL that changes one byte (or bit) of the value, and SQL that puts it back.
        func mutation(_ random: inout Numbers) -> (change: String, undo: String) {
            let changed: String
            switch type {
            case "null": changed = "''"
            case "integer":
                let value = Int64(quoted) ?? 0
                changed = "\(value ^ (1 << Int64.random(in: 0..<40, using: &random)))"
            default:
                var bytes = stride(from: 0, to: hexadecimal.count, by: 2).map { offset in
                    let start = hexadecimal.index(hexadecimal.startIndex, offsetBy: offset)
                    return UInt8(hexadecimal[start..<hexadecimal.index(start, offsetBy: 2)], radix: 16) ?? 0
                }
                bytes[Int.random(in: bytes.indices, using: &random)] ^= UInt8.random(in: 1...255, using: &random)
                let blob = "x'\(bytes.hexadecimal)'"
                changed = type == "text" ? "CAST(\(blob) AS TEXT)" : blob
            }
            guard column == key else {
                return (
                    "UPDATE \(table) SET \(column) = \(changed) WHERE \(key) = \(row)",
                    "UPDATE \(table) SET \(column) = \(quoted) WHERE \(key) = \(row)"
                )
            }
            // Another key may be taken by another row; a new one is not.
            let moved = row + (1 << 50)
            return (
                "UPDATE \(table) SET \(key) = \(moved) WHERE \(key) = \(row)",
                "UPDATE \(table) SET \(key) = \(row) WHERE \(key) = \(moved)"
            )
        }
    }
}

/// Random numbers that a seed repeats.
struct Numbers: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
