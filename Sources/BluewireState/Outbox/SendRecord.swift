//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel

/// A send as `state.db` keeps it: what was asked, how far it got, and what is needed to recognise its rows.
package struct SendRecord: Hashable, Sendable, Codable {
    /// Its name.
    package var id: SendID
    /// Its place in the outbox; sends of one chat go out in this order.
    ///
    /// Zero until stored.
    package var sequence: Int64
    /// Counts the stored changes, so that a stale copy is never written over a newer one.
    package var revision: Int64
    /// Who asked.
    package var origin: String
    /// Whom it is for, as asked.
    package var recipient: Recipient
    /// The line it goes out on.
    package var line: LineID
    /// What is sent.
    package var action: Send.Action
    /// The chat, once one is known.
    package var chat: ChatID?
    /// The comparable address of a direct chat or a first message; for a group yet to be made, a name made of its
    /// people, so that sends to them keep their order; nil for groups that exist.
    package var address: HandleKey?
    /// Whether the chat is a proven note-to-self; only then may an incoming row be its mirror.
    package var isSelf: Bool
    /// Whether no chat existed when it was accepted: a first message to somebody.
    package var isFirstContact: Bool?
    /// When it was accepted.
    package var createdAt: Timestamp
    /// When it last changed state.
    package var updatedAt: Timestamp
    /// How far it got; only the state machine changes it.
    package var progress: SendProgress
    /// The process that is handing it over right now.
    package var lease: SendLease?

    /// A send that was just admitted.
    package init(
        id: SendID, origin: String, recipient: Recipient, line: LineID, action: Send.Action, createdAt: Timestamp
    ) {
        self.id = id
        sequence = 0
        revision = 0
        self.origin = origin
        self.recipient = recipient
        self.line = line
        self.action = action
        chat = nil
        address = nil
        isSelf = false
        isFirstContact = nil
        self.createdAt = createdAt
        updatedAt = createdAt
        progress = SendProgress(pieces: SendPiece.pieces(of: action), now: createdAt)
        lease = nil
    }

    /// The send as every surface shows it.
    package var send: Send {
        var send = Send(id: id, recipient: recipient, line: line, action: action, createdAt: createdAt)
        send.chat = chat ?? send.chat
        send.state = progress.state
        send.message = progress.message
        send.failure = progress.failure
        send.attempts = progress.attempts
        send.scheduledAt = progress.scheduledAt
        send.updatedAt = updatedAt
        return send
    }

    /// The sends in the order in which those of one chat go out: by their place in the outbox, scheduled ones by the time
    /// they are due.
    package static func inOrder(_ records: [SendRecord]) -> [SendRecord] {
        guard records.contains(where: { $0.progress.scheduledAt != nil }) else { return records }
        // The running maximum keeps the order of the outbox even where the clock went back between two sends.
        var latest = Timestamp(nanoseconds: .min)
        let keyed = records.sorted { $0.sequence < $1.sequence }.map { record -> (Timestamp, SendRecord) in
            if let scheduledAt = record.progress.scheduledAt { return (scheduledAt, record) }
            latest = max(latest, record.createdAt)
            return (latest, record)
        }
        return keyed.sorted { ($0.0, $0.1.sequence) < ($1.0, $1.1.sequence) }.map(\.1)
    }

    /// Whether both go to the same chat, as far as is known, so that their order matters.
    package func sharesOrder(with other: SendRecord) -> Bool {
        guard line == other.line else { return false }
        if let chat, chat == other.chat { return true }
        if let address, address == other.address { return true }
        return false
    }
}

/// The process that is handing a send over, and until when it may be believed to.
package struct SendLease: Hashable, Sendable, Codable {
    /// The process; see ``LeaseOwner``.
    package var owner: LeaseOwner
    /// After this time the owner is taken for dead.
    package var until: Timestamp

    /// A lease from its parts.
    package init(owner: LeaseOwner, until: Timestamp) {
        self.owner = owner
        self.until = until
    }
}

/// Something one row of the store has to carry for a send to have landed.
///
/// Messages sends a text and each file as rows of their own when it is scripted; other transports put all in one row.
package enum SendPiece: Hashable, Sendable, Codable {
    /// A row with this text, normalised.
    case text(String)
    /// A row with a file of this name.
    case file(name: String)
    /// A tapback row.
    case tapback
    /// The changed target of an edit or unsend.
    case change
    /// The row that tells of a change of a group.
    case groupEvent

    /// The pieces of an action, in the order they go out.
    package static func pieces(of action: Send.Action) -> [SendPiece] {
        switch action {
        case .message(let draft):
            let text = NormalisedText(draft.text).rawValue
            let files = draft.files.map { path in
                SendPiece.file(name: String(path.split(separator: "/").last ?? ""))
            }
            return (text.isEmpty ? [] : [.text(text)]) + files
        case .tapback: return [.tapback]
        case .edit, .unsend: return [.change]
        case .chat: return [.groupEvent]
        }
    }
}

/// A row of the store that belongs to a send.
package struct SendRow: Hashable, Sendable, Codable {
    /// The row's GUID.
    package var message: MessageID
    /// Indexes of the pieces it carries.
    package var pieces: [Int]
    /// How far the row got.
    package var status: Message.Status?
    /// Apple's error number of the row; 0 for none.
    package var errorCode: Int

    /// A row from its fields.
    package init(message: MessageID, pieces: [Int], status: Message.Status?, errorCode: Int) {
        self.message = message
        self.pieces = pieces
        self.status = status
        self.errorCode = errorCode
    }
}

/// The state of a send and the times that decide what happens next.
package struct SendProgress: Hashable, Sendable, Codable {
    /// How far it got.
    package var state: Send.State = .queued
    /// How often a transport was asked; also names the current attempt.
    package var attempts = 0
    /// Attempts since the caller last asked; decides the pause before the next automatic one.
    package var refusals = 0
    /// Why it failed or is unknown.
    package var failure: Send.Failure?
    /// The first row seen in the store, or the GUID a remote confirmed.
    package var message: MessageID?
    /// When the caller asked for it, or for it again.
    package var queuedAt: Timestamp
    /// When the caller wants it to go out; nil for at once.
    package var scheduledAt: Timestamp?
    /// Not before this time after a refusal.
    package var notBefore: Timestamp?
    /// When it was last handed to a transport.
    package var dispatchedAt: Timestamp?
    /// When a transport said it took it.
    package var acceptedAt: Timestamp?
    /// Since when nobody can say whether it went out.
    package var unknownAt: Timestamp?
    /// The newest row of the store just before the hand-over; older rows are never taken for this send.
    package var floor: RowID?
    /// Whether its channel reports neither delivery nor reading (SMS, RCS without receipts, groups).
    package var endsAtSent = false
    /// What its rows have to carry.
    package var pieces: [SendPiece]
    /// The rows seen so far in this attempt.
    package var rows: [SendRow] = []
    /// Whether its rows are still looked for.
    package var isOpen = true

    /// The progress of a send that was just accepted.
    package init(pieces: [SendPiece], now: Timestamp) {
        self.pieces = pieces
        queuedAt = now
    }
}
