//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel
package import BluewireTransport
private import Crypto

/// An event that is about to be journalled: everything but its place, and what makes it unique.
package struct EventDraft: Hashable, Sendable {
    /// What happened.
    package var kind: GatewayEvent.Kind
    /// The line it belongs to.
    package var line: LineID
    /// The chat it belongs to.
    package var chat: ChatID?
    /// What it is about and is found again by: a message GUID, a chat id, a send id; nil for lines and gaps.
    package var subject: String?
    /// The name that goes into the event's id: ``subject``, or the row of a tapback.
    var name: String
    /// What tells it from other events of the same kind about the same thing.
    package var identity: Identity
    /// The thing it happened to.
    package var snapshot: Snapshot

    /// An event from its parts.
    package init(
        kind: GatewayEvent.Kind, line: LineID, chat: ChatID?, subject: String?, identity: Identity, snapshot: Snapshot
    ) {
        self.kind = kind
        self.line = line
        self.chat = chat
        self.subject = subject
        name = subject ?? ""
        self.identity = identity
        self.snapshot = snapshot
    }

    /// What tells events of one kind about one thing apart.
    package enum Identity: Hashable, Sendable {
        /// Happens once.
        case once
        /// Happens once for each of these texts.
        case text(String)
        /// Happens whenever the fingerprint differs from that of the thing's newest event of this kind.
        case fingerprint(UInt64)
        /// Happens unless the newest event about the thing is of the same kind already.
        case unlessLatest
        /// Happens each time.
        case always
    }
}

extension EventDraft {
    /// A send that moved to another state; unique by its time of change.
    package init(send: Send, chat: ChatID?) {
        self.init(
            kind: .sendUpdated, line: send.line, chat: chat, subject: send.id.rawValue,
            identity: .text("\(send.state.rawValue)/\(send.attempts)/\(send.updatedAt.nanoseconds)"),
            snapshot: .send(send))
    }

    /// A line that came up, went down or lost something; nothing happens when it is in that state already.
    package init(line: LineID, state: String, reason: String?) {
        self.init(
            kind: .lineUpdated, line: line, chat: nil, subject: "line:" + line.rawValue,
            identity: .fingerprint(Self.fingerprint("\(state)\u{0}\(reason ?? "")")),
            snapshot: .line(state: state, reason: reason))
    }

    /// What `observation` becomes; nil for what is live only.
    package init?(_ observation: Observation, line: LineID) {
        switch observation {
        case .created(let message, let arrival):
            self.init(
                kind: .messageCreated, line: line, chat: message.chat, subject: message.id.rawValue, identity: .once,
                snapshot: .message(message, changed: [], arrival: arrival))
        case .updated(let message, let changed, let discriminator):
            let identity: Identity =
                switch discriminator {
                case .date(let date): .text("\(date.nanoseconds)/\(changed.sorted().joined(separator: ","))")
                case .fingerprint(let value): .fingerprint(value)
                }
            // How the message arrived is in the journal, which puts it in.
            self.init(
                kind: .messageUpdated, line: line, chat: message.chat, subject: message.id.rawValue,
                identity: identity, snapshot: .message(message, changed: changed, arrival: .backfill))
        case .deleted(let id, let chat):
            self.init(
                kind: .messageDeleted, line: line, chat: chat, subject: id.rawValue, identity: .unlessLatest,
                snapshot: .deletedMessage(id))
        case .tapbackAdded(let tapback, let chat, let arrival):
            self.init(kind: .tapbackAdded, line: line, chat: chat, tapback: tapback, arrival: arrival)
        case .tapbackRemoved(let tapback, let chat):
            self.init(kind: .tapbackRemoved, line: line, chat: chat, tapback: tapback, arrival: nil)
        case .chatCreated(let chat):
            self.init(
                kind: .chatCreated, line: line, chat: chat.id, subject: chat.id.rawValue, identity: .once,
                snapshot: .chat(chat))
        case .chatUpdated(let chat, let discriminator):
            let identity: Identity =
                switch discriminator {
                case .date(let date): .text("\(date.nanoseconds)")
                case .fingerprint(let value): .fingerprint(value)
                }
            self.init(
                kind: .chatUpdated, line: line, chat: chat.id, subject: chat.id.rawValue, identity: identity,
                snapshot: .chat(chat))
        case .line(let state, let reason):
            self.init(line: line, state: state, reason: reason)
        case .gap(let reason):
            self.init(
                kind: .gatewayGap, line: line, chat: nil, subject: nil, identity: .always,
                snapshot: .gap(reason: reason))
        case .typing:
            return nil
        }
    }

    private init(kind: GatewayEvent.Kind, line: LineID, chat: ChatID?, tapback: Tapback, arrival: Arrival?) {
        // Found by the message it stands on; unique by its own row.
        self.init(
            kind: kind, line: line, chat: chat, subject: tapback.target.rawValue,
            identity: .text("\(tapback.part)/\(tapback.kind.rawValue)/\(tapback.emoji ?? "")"),
            snapshot: .tapback(tapback, arrival: arrival))
        name = tapback.id.rawValue
    }

    /// FNV-1a; stable across launches, unlike `Hasher`.
    private static func fingerprint(_ text: String) -> UInt64 {
        text.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }

    /// The event's id: the first 130 bits of SHA-256 over line, name, kind and `discriminator` in lower-case base 32.
    func id(_ discriminator: String) -> String {
        var input: [UInt8] = []
        for piece in [line.rawValue, name, kind.rawValue, discriminator] {
            input.append(contentsOf: piece.utf8)
            input.append(0)
        }
        let alphabet = Array("abcdefghijklmnopqrstuvwxyz234567".utf8)
        var id = Array("evt_".utf8)
        id.reserveCapacity(30)
        var buffer: UInt32 = 0
        var bits: UInt32 = 0
        for byte in SHA256.hash(data: input) {
            buffer = buffer << 8 | UInt32(byte)
            bits += 8
            while bits >= 5, id.count < 30 {
                bits -= 5
                id.append(alphabet[Int(buffer >> bits & 31)])
            }
            if id.count == 30 { break }
        }
        return String(decoding: id, as: UTF8.self)
    }
}
