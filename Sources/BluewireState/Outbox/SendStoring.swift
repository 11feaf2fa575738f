//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel

/// Where sends are kept: `state.db`, or memory in tests.
///
/// Every write is one transaction, committed durably before it returns, and exclusive across processes.
package protocol SendStoring: Sendable {
    /// Reads and changes in one transaction; nothing is stored when `body` throws.
    func write<Result: Sendable>(
        _ body: @escaping @Sendable (any SendTransaction) throws -> Result
    ) async throws -> Result

    /// Reads one consistent state.
    func read<Result: Sendable>(
        _ body: @escaping @Sendable (any SendTransaction) throws -> Result
    ) async throws -> Result
}

/// What can be done with the outbox's tables inside one transaction.
package protocol SendTransaction {
    /// The send of that name.
    func record(_ id: SendID) throws -> SendRecord?
    /// Sends, newest first; of one state, or of any.
    func records(in state: Send.State?, limit: Int) throws -> [SendRecord]
    /// Sends addressed to one of `chats`, newest first; of one state, or of any.
    func records(in state: Send.State?, to chats: Set<ChatID>, limit: Int) throws -> [SendRecord]
    /// The sends still queued, dispatched, or unknown and looked for, in outbox order.
    func openRecords() throws -> [SendRecord]
    /// The sends to proven self-chats handed over in a span of time, in outbox order.
    func selfRecords(dispatchedFrom start: Timestamp, to end: Timestamp) throws -> [SendRecord]
    /// The newest send to a chat or an address.
    func newestRecord(chat: ChatID?, address: HandleKey?) throws -> SendRecord?
    /// Stores a new send and gives it its sequence.
    func insert(_ record: SendRecord) throws -> SendRecord
    /// Stores a changed send under its next revision.
    func update(_ record: SendRecord) throws -> SendRecord

    /// When the newest sends of `origin` up to `now` were accepted, the `count`th of them; nil when there are fewer.
    ///
    /// With `onlyFirstContacts`, only first messages count.
    func acceptance(_ count: Int, newestOf origin: String, upTo now: Timestamp, onlyFirstContacts: Bool) throws
        -> Timestamp?

    /// Stores an attempt; one of the same send, number and transport is replaced.
    func putAttempt(_ attempt: SendAttempt, of send: SendID) throws
    /// The attempts of a send, in the order they were made.
    func attempts(of send: SendID) throws -> [SendAttempt]

    /// The first use of an idempotency key.
    func key(_ key: String, origin: String) throws -> SendKey?
    /// Stores or replaces the use of an idempotency key.
    func putKey(_ key: SendKey) throws
    /// Forgets keys used before `time`.
    func removeKeys(before time: Timestamp) throws

    /// Which send a row belongs to.
    func claim(of message: MessageID) throws -> SendClaim?
    /// The rows of a send.
    func claims(of send: SendID) throws -> [SendClaim]
    /// Claims a row; the row must be unclaimed.
    func putClaim(_ claim: SendClaim) throws

    /// Where the landing sink stands in the journal.
    func landingCursor() throws -> Cursor?
    /// Moves the landing sink.
    func putLandingCursor(_ cursor: Cursor, at now: Timestamp) throws

    /// Changes not yet in the journal, oldest first.
    func publications(limit: Int) throws -> [SendPublication]
    /// Notes a change for the journal.
    func putPublication(_ send: Send, chat: ChatID?, revision: Int64) throws
    /// Forgets changes up to and including `sequence`: the journal has them.
    func removePublications(through sequence: Int64) throws

    /// Whether sending is switched off, and why.
    func outboundStop() throws -> OutboundStop?
    /// Switches sending off (a stop) or on again (nil).
    func putOutboundStop(_ stop: OutboundStop?) throws
}

/// The first use of an idempotency key.
package struct SendKey: Hashable, Sendable {
    /// Who used it; keys of different origins never meet.
    package var origin: String
    /// The key.
    package var key: String
    /// A digest of the request it was used with.
    package var digest: [UInt8]
    /// The send it led to.
    package var send: SendID
    /// When.
    package var usedAt: Timestamp

    /// A use from its fields.
    package init(origin: String, key: String, digest: [UInt8], send: SendID, usedAt: Timestamp) {
        self.origin = origin
        self.key = key
        self.digest = digest
        self.send = send
        self.usedAt = usedAt
    }
}

/// An entry of the echo ledger: this row is that send's.
package struct SendClaim: Hashable, Sendable {
    /// The row.
    package var message: MessageID
    /// The send.
    package var send: SendID
    /// The attempt of the send it belongs to.
    package var attempt: Int
    /// Which of the two rows of a note-to-self it is; elsewhere always ``Direction/outgoing``.
    package var direction: Direction
    /// The pieces it carries.
    package var pieces: [Int]

    /// The direction of a row.
    package enum Direction: String, Sendable, Codable {
        /// Our own row.
        case outgoing
        /// The mirrored row of a note-to-self.
        case incoming
    }

    /// A claim from its fields.
    package init(message: MessageID, send: SendID, attempt: Int, direction: Direction, pieces: [Int]) {
        self.message = message
        self.send = send
        self.attempt = attempt
        self.direction = direction
        self.pieces = pieces
    }
}

/// A change of a send that the journal has yet to take.
package struct SendPublication: Hashable, Sendable {
    /// Its place in the order of changes.
    package var sequence: Int64
    /// The send as it was then.
    package var send: Send
    /// The chat it was known to go to then.
    package var chat: ChatID?
    /// The revision of the send; with the send's name it makes the event unique.
    package var revision: Int64

    /// A change from its fields.
    package init(sequence: Int64, send: Send, chat: ChatID?, revision: Int64) {
        self.sequence = sequence
        self.send = send
        self.chat = chat
        self.revision = revision
    }
}

/// Sending is switched off: nothing is accepted and nothing that waits goes out.
package struct OutboundStop: Hashable, Sendable {
    /// Why, for whoever is refused.
    package var reason: String
    /// Since when.
    package var since: Timestamp

    /// A stop from its fields.
    package init(reason: String, since: Timestamp) {
        self.reason = reason
        self.since = since
    }
}
