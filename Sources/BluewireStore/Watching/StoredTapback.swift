//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel

/// A tapback as the watcher remembers it: enough to say what was taken off when its row is gone.
struct StoredTapback: Hashable, Sendable {
    /// The GUID of the row that carries it.
    var guid: String
    var target: String
    var part: Int
    /// Apple's number of the adding row (2000…2007, 1000), also for removals.
    var kind: Int
    var emoji: String?
    /// The other party; nil when it was us or unknown.
    var sender: Handle?
    var isFromMe: Bool
    var date: Timestamp

    /// Whose tapback on which part: what a newer one replaces.
    struct Place: Hashable, Sendable {
        var target: String
        var part: Int
        var sender: String
    }

    var place: Place {
        Place(target: target, part: part, sender: isFromMe ? "" : sender.map { $0.key.rawValue } ?? "?")
    }

    /// The value of the model.
    var tapback: Tapback {
        Tapback(
            id: MessageID(rawValue: guid), target: MessageID(rawValue: target), part: part,
            kind: Tapback.Kind(rawValue: kind), emoji: emoji, sender: isFromMe ? nil : sender, isFromMe: isFromMe,
            date: date
        )
    }

    /// The tapback of a row, or what its removal names; nil when the row is no tapback.
    init?(_ row: WatchedRow) {
        guard row.isTapback, let target = row.associatedGUID.flatMap(TapbackTarget.init) else { return nil }
        guid = row.guid
        self.target = target.guid
        part = target.part
        kind = Int(row.associatedType >= 3000 ? row.associatedType - 1000 : row.associatedType)
        emoji = row.associatedEmoji
        sender = row.sender
        isFromMe = row.isFromMe
        date = row.date ?? Timestamp(nanoseconds: 0)
    }

    init?(reading reader: inout CompactReader, guid: String, date: Timestamp) {
        guard
            let flags = reader.byte(), let target = reader.guid(), let part = reader.signed(),
            let kind = reader.signed(), let emoji = reader.text(), let address = reader.text(),
            let channel = reader.text()
        else { return nil }
        self.guid = guid
        self.target = target
        self.part = Int(part)
        self.kind = Int(kind)
        self.emoji = flags & 2 == 0 ? nil : emoji
        sender = flags & 4 == 0 ? nil : Handle(address: address, channel: Channel(rawValue: channel))
        isFromMe = flags & 1 != 0
        self.date = date
    }

    func write(to writer: inout CompactWriter) {
        writer.byte((isFromMe ? 1 : 0) | (emoji == nil ? 0 : 2) | (sender == nil ? 0 : 4))
        writer.guid(target)
        writer.signed(Int64(part))
        writer.signed(Int64(kind))
        writer.text(emoji ?? "")
        writer.text(sender?.address ?? "")
        writer.text(sender?.channel.rawValue ?? "")
    }
}

/// What `associated_message_guid` points at: `p:<part>/<guid>`, `bp:<guid>` or the bare GUID.
struct TapbackTarget: Hashable, Sendable {
    var guid: String
    var part: Int

    init?(_ text: String) {
        var rest = text[...]
        part = 0
        if rest.hasPrefix("p:"), let slash = rest.firstIndex(of: "/") {
            guard let number = Int(rest[rest.index(rest.startIndex, offsetBy: 2)..<slash]) else { return nil }
            part = number
            rest = rest[rest.index(after: slash)...]
        } else if rest.hasPrefix("bp:") {
            rest = rest.dropFirst(3)
        }
        guard !rest.isEmpty else { return nil }
        guid = String(rest)
    }
}
