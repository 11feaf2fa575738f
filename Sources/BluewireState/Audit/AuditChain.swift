//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import GRDB

/// Writes the chain: each entry carries the hash of the one before, and the key signs where it begins and ends.
///
/// Call it inside the transaction of a writer: SQLite lets in one at a time, so the chain has one end.
struct AuditChain: Sendable {
    /// How many entries lie between two signed checkpoints.
    static let checkpointInterval: Int64 = 1000

    let key: AuditKey

    /// Where the kept part of the chain begins and ends.
    struct Head: Hashable {
        var first: Int64
        var last: Int64
        /// The hash of the last entry, or of the one before the first when none is kept.
        var hash: [UInt8]
        var signature: [UInt8]

        var signedContent: [UInt8] { Array("\(first)\n\(last)\n".utf8) + hash }
    }

    /// A signed entry in the middle, or the one before the kept part.
    struct Checkpoint: Hashable {
        var sequence: Int64
        var at: Int64
        var hash: [UInt8]
        var signature: [UInt8]

        var signedContent: [UInt8] { Array("\(sequence)\n\(at)\n".utf8) + hash }
    }

    /// Signs an empty chain.
    func begin(in db: Database) throws { try store(first: 1, last: 0, hash: AuditEntry.origin, in: db) }

    /// Appends records.
    ///
    /// When the end is not what was signed, that is written down first: what was tampered with stays told.
    func append(_ records: [AuditRecord], in db: Database) throws {
        guard let newest = records.last else { return }
        let insert = try db.cachedStatement(
            sql: """
                INSERT INTO audit (sequence, at, actor, action, object, outcome, reason, prev, hash)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                """)
        var (first, last, hash, isSound) = try end(in: db)
        let alarm = AuditRecord(
            at: newest.at, actor: "system", action: AuditVerification.alarmAction, outcome: "failed",
            reason: "the end was not the signed one")
        for record in (isSound ? [] : [alarm]) + records {
            let entry = AuditEntry(record.clipped, sequence: last + 1, previous: hash)
            try insert.execute(arguments: [
                entry.sequence, entry.record.at.nanoseconds, entry.record.actor, entry.record.action,
                entry.record.object, entry.record.outcome, entry.record.reason, Blob(hash), Blob(entry.hash),
            ])
            (last, hash) = (entry.sequence, entry.hash)
            if last % Self.checkpointInterval == 0 {
                try mark(sequence: last, at: entry.record.at.nanoseconds, hash: hash, in: db)
            }
        }
        first = min(first, last)
        try store(first: first, last: last, hash: hash, in: db)
    }

    /// Drops the entries up to `sequence`; a signed checkpoint begins what is kept.
    ///
    /// - Returns: how many were dropped.
    func prune(through sequence: Int64, at now: Timestamp, in db: Database) throws -> Int {
        let (first, last, hash, isSound) = try end(in: db)
        // A broken chain is evidence; it is kept as it is.
        guard isSound, sequence >= first, sequence <= last else { return 0 }
        guard
            let row = try Row.fetchOne(db, sql: "SELECT hash FROM audit WHERE sequence = ?", arguments: [sequence])
        else { return 0 }
        try mark(sequence: sequence, at: now.nanoseconds, hash: [UInt8](blobIn: row, at: 0), in: db)
        try db.execute(sql: "DELETE FROM auditCheckpoint WHERE sequence < ?", arguments: [sequence])
        try db.execute(sql: "DELETE FROM audit WHERE sequence <= ?", arguments: [sequence])
        let count = db.changesCount
        try store(first: sequence + 1, last: last, hash: hash, in: db)
        return count
    }

    /// Where the signed chain ends; nil when nothing says so.
    static func head(in db: Database) throws -> Head? {
        try Row.fetchOne(db, sql: "SELECT first, last, hash, signature FROM auditHead WHERE id = 1").map { row in
            Head(
                first: row[0], last: row[1], hash: [UInt8](blobIn: row, at: 2), signature: [UInt8](blobIn: row, at: 3))
        }
    }

    /// Whether the key signed the head.
    func hasSigned(_ head: Head) -> Bool { key.isSignature(head.signature, of: head.signedContent, kind: "head") }

    /// Whether the key signed the checkpoint.
    func hasSigned(_ checkpoint: Checkpoint) -> Bool {
        key.isSignature(checkpoint.signature, of: checkpoint.signedContent, kind: "checkpoint")
    }

    /// Where the next entry goes, and whether that is where the signed chain ends.
    private func end(in db: Database) throws -> (first: Int64, last: Int64, hash: [UInt8], isSound: Bool) {
        let head = try Self.head(in: db)
        let tip = try Row.fetchOne(db, sql: "SELECT sequence, hash FROM audit ORDER BY sequence DESC LIMIT 1")
            .map { row in (sequence: row[0] as Int64, hash: [UInt8](blobIn: row, at: 1)) }
        guard let head else {
            let first = try Int64.fetchOne(db, sql: "SELECT coalesce(min(sequence), 1) FROM audit") ?? 1
            return (first, tip?.sequence ?? 0, tip?.hash ?? AuditEntry.origin, false)
        }
        let isTip = tip.map { $0.sequence == head.last && $0.hash == head.hash } ?? (head.last == head.first - 1)
        guard isTip, hasSigned(head) else {
            return (head.first, max(tip?.sequence ?? 0, head.last), tip?.hash ?? head.hash, false)
        }
        return (head.first, head.last, head.hash, true)
    }

    private func store(first: Int64, last: Int64, hash: [UInt8], in db: Database) throws {
        var head = Head(first: first, last: last, hash: hash, signature: [])
        head.signature = key.signature(of: head.signedContent, kind: "head")
        try db.cachedStatement(
            sql: "INSERT OR REPLACE INTO auditHead (id, first, last, hash, signature) VALUES (1, ?, ?, ?, ?)"
        ).execute(arguments: [first, last, Blob(hash), Blob(head.signature)])
    }

    private func mark(sequence: Int64, at: Int64, hash: [UInt8], in db: Database) throws {
        var checkpoint = Checkpoint(sequence: sequence, at: at, hash: hash, signature: [])
        checkpoint.signature = key.signature(of: checkpoint.signedContent, kind: "checkpoint")
        try db.execute(
            sql: "INSERT OR REPLACE INTO auditCheckpoint (sequence, at, hash, signature) VALUES (?, ?, ?, ?)",
            arguments: [sequence, at, Blob(hash), Blob(checkpoint.signature)])
    }
}
