//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel
package import BluewireState
private import Synchronization

/// The outbox's tables in memory: what a process leaves behind when it dies, without a disk.
package final class MemorySendStore: SendStoring {
    private let tables = Mutex(Tables())

    /// An empty outbox.
    package init() {}

    package func write<Result: Sendable>(
        _ body: @escaping @Sendable (any SendTransaction) throws -> Result
    ) async throws -> Result {
        try tables.withLock { tables in
            let transaction = MemorySendTransaction(tables)
            let result = try body(transaction)
            tables = transaction.tables
            return result
        }
    }

    package func read<Result: Sendable>(
        _ body: @escaping @Sendable (any SendTransaction) throws -> Result
    ) async throws -> Result {
        try tables.withLock { try body(MemorySendTransaction($0)) }
    }

    /// Everything stored, in outbox order.
    package var records: [SendRecord] { tables.withLock { $0.records } }

    /// Every row that belongs to a send.
    package var claims: [MessageID: SendClaim] { tables.withLock { $0.claims } }

    /// Changes the journal does not have yet.
    package var publicationCount: Int { tables.withLock { $0.publications.count } }
}

/// What the tables hold.
private struct Tables: Sendable {
    var records: [SendRecord] = []
    var attempts: [SendID: [SendAttempt]] = [:]
    var keys: [[String]: SendKey] = [:]
    var claims: [MessageID: SendClaim] = [:]
    var publications: [SendPublication] = []
    var lastPublication: Int64 = 0
    var cursor: Cursor?
    var stop: OutboundStop?
}

private final class MemorySendTransaction: SendTransaction {
    var tables: Tables

    init(_ tables: Tables) { self.tables = tables }

    func record(_ id: SendID) -> SendRecord? { tables.records.first { $0.id == id } }

    func records(in state: Send.State?, limit: Int) -> [SendRecord] {
        Array(tables.records.reversed().filter { state == nil || $0.progress.state == state }.prefix(limit))
    }

    func records(in state: Send.State?, to chats: Set<ChatID>, limit: Int) -> [SendRecord] {
        let found = records(in: state, limit: .max).filter { record in
            if case .chat(let chat) = record.recipient { chats.contains(chat) } else { false }
        }
        return Array(found.prefix(limit))
    }

    func openRecords() -> [SendRecord] { tables.records.filter(\.progress.isOpen) }

    func selfRecords(dispatchedFrom start: Timestamp, to end: Timestamp) -> [SendRecord] {
        tables.records.filter { record in
            guard record.isSelf, let at = record.progress.dispatchedAt else { return false }
            return start <= at && at <= end
        }
    }

    func newestRecord(chat: ChatID?, address: HandleKey?) -> SendRecord? {
        tables.records.last { ($0.chat != nil && $0.chat == chat) || ($0.address != nil && $0.address == address) }
    }

    func insert(_ record: SendRecord) -> SendRecord {
        var record = record
        record.sequence = Int64(tables.records.count + 1)
        record.revision = 1
        tables.records.append(record)
        return record
    }

    func update(_ record: SendRecord) throws -> SendRecord {
        let index = Int(record.sequence) - 1
        guard tables.records.indices.contains(index), tables.records[index].revision == record.revision else {
            throw StaleSendRecord()
        }
        var record = record
        record.revision += 1
        tables.records[index] = record
        return record
    }

    func acceptance(
        _ count: Int, newestOf origin: String, upTo now: Timestamp, onlyFirstContacts: Bool
    ) -> Timestamp? {
        tables.records.filter {
            $0.origin == origin && $0.createdAt <= now && (!onlyFirstContacts || $0.isFirstContact == true)
        }.map(\.createdAt).sorted(by: >).dropFirst(count - 1).first
    }

    func putAttempt(_ attempt: SendAttempt, of send: SendID) {
        var attempts = tables.attempts[send] ?? []
        if let index = attempts.firstIndex(where: {
            $0.number == attempt.number && $0.transport == attempt.transport
        }) {
            attempts[index] = attempt
        } else {
            attempts.append(attempt)
        }
        tables.attempts[send] = attempts
    }

    func attempts(of send: SendID) -> [SendAttempt] { tables.attempts[send] ?? [] }

    func key(_ key: String, origin: String) -> SendKey? { tables.keys[[origin, key]] }

    func putKey(_ key: SendKey) { tables.keys[[key.origin, key.key]] = key }

    func removeKeys(before time: Timestamp) { tables.keys = tables.keys.filter { $0.value.usedAt >= time } }

    func claim(of message: MessageID) -> SendClaim? { tables.claims[message] }

    func claims(of send: SendID) -> [SendClaim] { tables.claims.values.filter { $0.send == send } }

    func putClaim(_ claim: SendClaim) throws {
        guard tables.claims[claim.message] == nil else { throw StaleSendRecord() }
        tables.claims[claim.message] = claim
    }

    func landingCursor() -> Cursor? { tables.cursor }

    func putLandingCursor(_ cursor: Cursor, at now: Timestamp) { tables.cursor = cursor }

    func publications(limit: Int) -> [SendPublication] { Array(tables.publications.prefix(limit)) }

    func putPublication(_ send: Send, chat: ChatID?, revision: Int64) {
        tables.lastPublication += 1
        tables.publications.append(
            SendPublication(sequence: tables.lastPublication, send: send, chat: chat, revision: revision))
    }

    func removePublications(through sequence: Int64) { tables.publications.removeAll { $0.sequence <= sequence } }

    func outboundStop() -> OutboundStop? { tables.stop }

    func putOutboundStop(_ stop: OutboundStop?) { tables.stop = stop }
}
