//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import GRDB

/// What looking at the whole trail came to.
package struct AuditVerification: Hashable, Sendable {
    /// The first entry that is not as it was written.
    package struct Break: Hashable, Sendable {
        /// Its place in the chain.
        package var sequence: Int64
        /// What is wrong with it, in one phrase.
        package var reason: String
    }

    /// How many entries were looked at.
    package var entries = 0
    /// The first kept entry.
    package var first: Int64 = 1
    /// The last entry.
    package var last: Int64 = 0
    /// How many signed checkpoints were found good.
    package var checkpoints = 0
    /// The first broken entry; nil when the trail is whole.
    package var broken: Break?

    /// The action of the entry that is written when the end of the chain was found changed.
    static let alarmAction = "audit.alarm"
}

extension AuditVerification {
    /// Looks at every entry, checkpoint and signature within one transaction.
    init(of db: Database, chain: AuditChain) throws {
        if let head = try AuditChain.head(in: db) {
            (first, last) = (head.first, head.last)
            broken = try walk(to: head, in: db, chain: chain)
        } else {
            broken = Break(sequence: 0, reason: "the signed end is missing")
        }
    }

    private mutating func walk(to head: AuditChain.Head, in db: Database, chain: AuditChain) throws -> Break? {
        var checkpoints = try Self.checkpoints(in: db)
        var previous = AuditEntry.origin
        if first > 1 {
            guard let start = checkpoints.removeValue(forKey: first - 1), chain.hasSigned(start) else {
                return Break(sequence: first, reason: "the checkpoint before the kept part is missing or changed")
            }
            previous = start.hash
            self.checkpoints += 1
        }
        var expected = first
        let rows = try Row.fetchCursor(db, sql: "SELECT \(AuditEntry.columns) FROM audit ORDER BY sequence")
        while let row = try rows.next() {
            if let found = check(row, expected: expected, previous: &previous, &checkpoints, chain) { return found }
            expected += 1
        }
        return checkEnd(head, reached: expected - 1, hash: previous, checkpoints, chain)
    }

    private mutating func check(
        _ row: Row, expected: Int64, previous: inout [UInt8], _ checkpoints: inout [Int64: AuditChain.Checkpoint],
        _ chain: AuditChain
    ) -> Break? {
        let sequence: Int64 = row[0]
        if sequence > expected { return Break(sequence: expected, reason: "the entry is missing") }
        if sequence < expected { return Break(sequence: sequence, reason: "the entry does not belong here") }
        if sequence > last { return Break(sequence: sequence, reason: "the entry comes after the signed end") }
        guard let entry = AuditEntry(row), entry.previous == previous, entry.hash == entry.computedHash else {
            return Break(sequence: sequence, reason: "the entry was changed, or the one before it was")
        }
        entries += 1
        previous = entry.hash
        if entry.record.action == Self.alarmAction {
            return Break(sequence: sequence, reason: "an earlier look found the end of the trail changed")
        }
        if let checkpoint = checkpoints.removeValue(forKey: sequence) {
            guard checkpoint.hash == entry.hash, chain.hasSigned(checkpoint) else {
                return Break(sequence: sequence, reason: "the entry is not the one its checkpoint signed")
            }
            self.checkpoints += 1
        } else if sequence % AuditChain.checkpointInterval == 0 {
            return Break(sequence: sequence, reason: "the checkpoint of the entry is missing")
        }
        return nil
    }

    private func checkEnd(
        _ head: AuditChain.Head, reached: Int64, hash: [UInt8], _ checkpoints: [Int64: AuditChain.Checkpoint],
        _ chain: AuditChain
    ) -> Break? {
        if reached < head.last { return Break(sequence: reached + 1, reason: "the entry is missing") }
        guard chain.hasSigned(head), head.hash == hash else {
            return Break(sequence: head.last, reason: "the end is not the one that was signed")
        }
        return checkpoints.keys.min().map { Break(sequence: $0, reason: "the checkpoint does not belong here") }
    }

    private static func checkpoints(in db: Database) throws -> [Int64: AuditChain.Checkpoint] {
        var found: [Int64: AuditChain.Checkpoint] = [:]
        for row in try Row.fetchAll(db, sql: "SELECT sequence, at, hash, signature FROM auditCheckpoint") {
            found[row[0]] = AuditChain.Checkpoint(
                sequence: row[0], at: row[1], hash: [UInt8](blobIn: row, at: 2), signature: [UInt8](blobIn: row, at: 3))
        }
        return found
    }
}
