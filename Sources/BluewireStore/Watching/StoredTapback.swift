//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel

/// A tapback as the watcher remembers it: enough to say what was taken off when its row is gone.
struct StoredTapback: Hashable, Sendable, StandingTapback {
    /// The GUID of the row that carries it.
    var guid: String
    var target: String
    var part: Int
    /// What the adding row expresses, also for removals.
    var kind: Tapback.Kind
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
            kind: kind, emoji: emoji, sender: isFromMe ? nil : sender, isFromMe: isFromMe,
            date: date
        )
    }

    /// The tapback of a row, or what its removal names; nil when the row is no tapback.
    init?(_ row: WatchedRow) {
        guard let type = TapbackType(row.associatedType), let reference = row.associatedGUID.map(TapbackReference.init),
            !reference.target.isEmpty
        else { return nil }
        guid = row.guid
        target = reference.target
        part = reference.part
        kind = type.kind
        emoji = row.associatedEmoji.flatMap { type.kind != .emoji || $0.isEmpty ? nil : $0 }
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
        self.kind = Tapback.Kind(rawValue: Int(kind))
        self.emoji = flags & 2 == 0 ? nil : emoji
        sender = flags & 4 == 0 ? nil : Handle(address: address, channel: Channel(rawValue: channel))
        isFromMe = flags & 1 != 0
        self.date = date
    }

    func write(to writer: inout CompactWriter) {
        writer.byte((isFromMe ? 1 : 0) | (emoji == nil ? 0 : 2) | (sender == nil ? 0 : 4))
        writer.guid(target)
        writer.signed(Int64(part))
        writer.signed(Int64(kind.rawValue))
        writer.text(emoji ?? "")
        writer.text(sender?.address ?? "")
        writer.text(sender?.channel.rawValue ?? "")
    }
}
