//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel
// JSONEncoder of FoundationEssentials is enough, but GRDB links the whole of Foundation anyway.
private import Foundation
package import GRDB

/// The outbox in `state.db`.
package struct SendRepository: SendStoring {
    private let writer: any DatabaseWriter

    /// The outbox of a database that has the tables of ``OutboxSchema``.
    package init(writer: any DatabaseWriter) {
        self.writer = writer
    }

    package func write<Result: Sendable>(
        _ body: @escaping @Sendable (any SendTransaction) throws -> Result
    ) async throws -> Result {
        try await writer.write { db in try body(SendTables(db: db)) }
    }

    package func read<Result: Sendable>(
        _ body: @escaping @Sendable (any SendTransaction) throws -> Result
    ) async throws -> Result {
        try await writer.read { db in try body(SendTables(db: db)) }
    }

    /// The attempts of a send, in the order they were made.
    package func attempts(of send: SendID) async throws -> [SendAttempt] {
        try await read { try $0.attempts(of: send) }
    }
}

/// The tables of the outbox inside one transaction.
private struct SendTables: SendTransaction {
    let db: Database

    func record(_ id: SendID) throws -> SendRecord? {
        try Row.fetchOne(
            db, sql: "SELECT sequence, revision, record FROM outboxSend WHERE id = ?", arguments: [id.rawValue]
        ).map(decode)
    }

    func records(in state: Send.State?, limit: Int) throws -> [SendRecord] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT sequence, revision, record FROM outboxSend
                WHERE ?1 IS NULL OR state = ?1 ORDER BY sequence DESC LIMIT ?2
                """,
            arguments: [state?.rawValue, limit]
        ).map(decode)
    }

    func records(in state: Send.State?, to chats: Set<ChatID>, limit: Int) throws -> [SendRecord] {
        // Whom a send is addressed to stands in its record only; newer sends of others are read over, up to a bound.
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT sequence, revision, record FROM outboxSend
                WHERE ?1 IS NULL OR state = ?1 ORDER BY sequence DESC LIMIT 10000
                """,
            arguments: [state?.rawValue]
        )
        var found: [SendRecord] = []
        while found.count < limit, let row = try rows.next() {
            let record = try decode(row)
            if case .chat(let chat) = record.recipient, chats.contains(chat) { found.append(record) }
        }
        return found
    }

    func openRecords() throws -> [SendRecord] {
        try Row.fetchAll(
            db, sql: "SELECT sequence, revision, record FROM outboxSend WHERE isOpen = 1 ORDER BY sequence"
        ).map(decode)
    }

    func selfRecords(dispatchedFrom start: Timestamp, to end: Timestamp) throws -> [SendRecord] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT sequence, revision, record FROM outboxSend
                WHERE isSelf = 1 AND dispatchedAt BETWEEN ? AND ? ORDER BY sequence
                """,
            arguments: [start.nanoseconds, end.nanoseconds]
        ).map(decode)
    }

    func newestRecord(chat: ChatID?, address: HandleKey?) throws -> SendRecord? {
        try Row.fetchOne(
            db,
            sql: """
                SELECT sequence, revision, record FROM outboxSend WHERE chat = ? OR address = ?
                ORDER BY sequence DESC LIMIT 1
                """,
            arguments: [chat?.rawValue, address?.rawValue]
        ).map(decode)
    }

    func insert(_ record: SendRecord) throws -> SendRecord {
        var record = record
        record.revision = 1
        try db.execute(
            sql: """
                INSERT INTO outboxSend
                    (id, revision, origin, createdAt, isFirstContact, state, isOpen, line, chat, address, isSelf,
                     dispatchedAt, record)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                record.id.rawValue, record.revision, record.origin, record.createdAt.nanoseconds,
                record.isFirstContact ?? false,
            ] + (try columns(of: record))
        )
        record.sequence = db.lastInsertedRowID
        return record
    }

    func update(_ record: SendRecord) throws -> SendRecord {
        var record = record
        record.revision += 1
        try db.execute(
            sql: """
                UPDATE outboxSend SET revision = ?, state = ?, isOpen = ?, line = ?, chat = ?, address = ?,
                    isSelf = ?, dispatchedAt = ?, record = ?
                WHERE sequence = ? AND revision = ?
                """,
            arguments: [record.revision] + (try columns(of: record)) + [record.sequence, record.revision - 1]
        )
        guard db.changesCount == 1 else { throw StaleSendRecord() }
        return record
    }

    func acceptance(
        _ count: Int, newestOf origin: String, upTo now: Timestamp, onlyFirstContacts: Bool
    ) throws -> Timestamp? {
        try Int64.fetchOne(
            db,
            sql: """
                SELECT createdAt FROM outboxSend
                WHERE origin = ? AND createdAt <= ?\(onlyFirstContacts ? " AND isFirstContact = 1" : "")
                ORDER BY createdAt DESC LIMIT 1 OFFSET ?
                """,
            arguments: [origin, now.nanoseconds, count - 1]
        ).map(Timestamp.init(nanoseconds:))
    }

    func putAttempt(_ attempt: SendAttempt, of send: SendID) throws {
        try db.execute(
            sql: """
                INSERT INTO outboxAttempt (send, number, transport, startedAt, endedAt, outcome, reason)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (send, number, transport) DO UPDATE SET startedAt = excluded.startedAt,
                    endedAt = excluded.endedAt, outcome = excluded.outcome, reason = excluded.reason
                """,
            arguments: [
                send.rawValue, attempt.number, attempt.transport, attempt.startedAt.nanoseconds,
                attempt.endedAt?.nanoseconds, attempt.outcome.rawValue, attempt.reason,
            ])
    }

    func attempts(of send: SendID) throws -> [SendAttempt] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT number, transport, startedAt, endedAt, outcome, reason FROM outboxAttempt
                WHERE send = ? ORDER BY number, sequence
                """,
            arguments: [send.rawValue]
        ).map { row in
            var attempt = SendAttempt(
                number: row[0], transport: row[1], startedAt: Timestamp(nanoseconds: row[2]))
            attempt.endedAt = (row[3] as Int64?).map(Timestamp.init(nanoseconds:))
            attempt.outcome = SendAttempt.Outcome(rawValue: row[4])
            attempt.reason = row[5]
            return attempt
        }
    }

    func key(_ key: String, origin: String) throws -> SendKey? {
        try Row.fetchOne(
            db, sql: "SELECT digest, send, usedAt FROM outboxKey WHERE origin = ? AND key = ?",
            arguments: [origin, key]
        ).map { row in
            let digest: Data = row[0]
            return SendKey(
                origin: origin, key: key, digest: [UInt8](digest), send: SendID(rawValue: row[1]),
                usedAt: Timestamp(nanoseconds: row[2])
            )
        }
    }

    func putKey(_ key: SendKey) throws {
        try db.execute(
            sql: "INSERT OR REPLACE INTO outboxKey (origin, key, digest, send, usedAt) VALUES (?, ?, ?, ?, ?)",
            arguments: [key.origin, key.key, Data(key.digest), key.send.rawValue, key.usedAt.nanoseconds]
        )
    }

    func removeKeys(before time: Timestamp) throws {
        try db.execute(sql: "DELETE FROM outboxKey WHERE usedAt < ?", arguments: [time.nanoseconds])
    }

    func claim(of message: MessageID) throws -> SendClaim? {
        try Row.fetchOne(
            db, sql: "SELECT message, send, attempt, direction, pieces FROM outboxClaim WHERE message = ?",
            arguments: [message.rawValue]
        ).map(Self.claim)
    }

    func claims(of send: SendID) throws -> [SendClaim] {
        try Row.fetchAll(
            db,
            sql: "SELECT message, send, attempt, direction, pieces FROM outboxClaim WHERE send = ? ORDER BY message",
            arguments: [send.rawValue]
        ).map(Self.claim)
    }

    func putClaim(_ claim: SendClaim) throws {
        try db.execute(
            sql: "INSERT INTO outboxClaim (message, send, attempt, direction, pieces) VALUES (?, ?, ?, ?, ?)",
            arguments: [
                claim.message.rawValue, claim.send.rawValue, claim.attempt, claim.direction.rawValue,
                claim.pieces.map(String.init).joined(separator: ","),
            ]
        )
    }

    func landingCursor() throws -> BluewireModel.Cursor? {
        try String.fetchOne(db, sql: "SELECT cursor FROM sinkCursor WHERE name = ?", arguments: [outboxSinkName])
            .flatMap { BluewireModel.Cursor($0) }
    }

    func putLandingCursor(_ cursor: BluewireModel.Cursor, at now: Timestamp) throws {
        try SinkCursorRepository.save(cursor, of: outboxSinkName, at: now, in: db)
    }

    func publications(limit: Int) throws -> [SendPublication] {
        try Row.fetchAll(
            db, sql: "SELECT sequence, revision, chat, send FROM outboxPublication ORDER BY sequence LIMIT ?",
            arguments: [limit]
        ).map { row in
            let chat: String? = row[2]
            let send: Data = row[3]
            return SendPublication(
                sequence: row[0], send: try JSONDecoder().decode(Send.self, from: send),
                chat: chat.map(ChatID.init(rawValue:)), revision: row[1]
            )
        }
    }

    func putPublication(_ send: Send, chat: ChatID?, revision: Int64) throws {
        try db.execute(
            sql: "INSERT INTO outboxPublication (revision, chat, send) VALUES (?, ?, ?)",
            arguments: [revision, chat?.rawValue, try JSONEncoder().encode(send)]
        )
    }

    func removePublications(through sequence: Int64) throws {
        try db.execute(sql: "DELETE FROM outboxPublication WHERE sequence <= ?", arguments: [sequence])
    }

    func outboundStop() throws -> OutboundStop? {
        guard let text = try setting("stop") else { return nil }
        let parts = text.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
        let since = parts.first.flatMap { Int64($0) } ?? 0
        return OutboundStop(reason: String(parts.last ?? ""), since: Timestamp(nanoseconds: since))
    }

    func putOutboundStop(_ stop: OutboundStop?) throws {
        guard let stop else {
            return try db.execute(sql: "DELETE FROM outboxSetting WHERE name = 'stop'")
        }
        try putSetting("stop", "\(stop.since.nanoseconds) \(stop.reason)")
    }

    private func setting(_ name: String) throws -> String? {
        try String.fetchOne(db, sql: "SELECT value FROM outboxSetting WHERE name = ?", arguments: [name])
    }

    private func putSetting(_ name: String, _ value: String) throws {
        try db.execute(
            sql: "INSERT OR REPLACE INTO outboxSetting (name, value) VALUES (?, ?)", arguments: [name, value])
    }

    private func columns(of record: SendRecord) throws -> StatementArguments {
        [
            record.progress.state.rawValue, record.progress.isOpen, record.line.rawValue, record.chat?.rawValue,
            record.address?.rawValue, record.isSelf, record.progress.dispatchedAt?.nanoseconds,
            try JSONEncoder().encode(record),
        ]
    }

    /// The columns win over the copy inside the record: a new row's sequence is not known when it is encoded.
    private func decode(_ row: Row) throws -> SendRecord {
        let blob: Data = row[2]
        var record = try JSONDecoder().decode(SendRecord.self, from: blob)
        record.sequence = row[0]
        record.revision = row[1]
        return record
    }

    private static func claim(_ row: Row) -> SendClaim {
        let pieces: String = row[4]
        return SendClaim(
            message: MessageID(rawValue: row[0]), send: SendID(rawValue: row[1]), attempt: row[2],
            direction: SendClaim.Direction(rawValue: row[3]) ?? .outgoing,
            pieces: pieces.split(separator: ",").compactMap { Int($0) }
        )
    }
}

/// The name of the outbox among the sinks of the journal.
package let outboxSinkName = "outbox"

/// A record was changed by somebody else since it was read; impossible inside one transaction.
package struct StaleSendRecord: Error {
    /// The error.
    package init() {}
}
