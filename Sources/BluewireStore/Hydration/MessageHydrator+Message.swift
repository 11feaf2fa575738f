//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireCodec
import BluewireModel

extension MessageHydrator {
    /// The message of a row without its attachments and tapbacks.
    func message(
        _ row: MessageRow, place: Place?, directory: ChatDirectory, decoder: inout ContentDecoder
    ) -> Message {
        let summary = decoder.summary(row.summary)
        var message = Message(
            id: MessageID(rawValue: row.guid), row: RowID(rawValue: row.row), line: line, isFromMe: row.isFromMe,
            sentAt: AppleTime.timestamp(row.date) ?? Timestamp(nanoseconds: 0)
        )
        message.body = decoder.body(attributedBody: row.attributedBody, text: row.text, summary: summary)
        if let place {
            message.chat = directory.conversation(ofChat: place.chat)?.id
            message.chatGUID = directory.chats[place.chat]?.guid
        }
        message.subject = row.subject.flatMap { $0.isEmpty ? nil : $0 }
        message.sender = row.isFromMe ? nil : directory.handle(row.handle)
        message.channel = channel(row, directory: directory, place: place)
        message.deliveredAt = AppleTime.timestamp(row.dateDelivered)
        message.readAt = AppleTime.timestamp(row.dateRead)
        message.editedAt = AppleTime.timestamp(row.dateEdited)
        message.errorCode = Int(truncatingIfNeeded: row.error)
        message.isRead = row.isRead
        message.edits = summary.edits
        message.unsentParts = summary.unsentParts
        message.effect = row.effect
        message.ownAddress = row.ownAddress.map(DirectoryCache.withoutAccountPrefix)
        message.balloon = balloon(row, text: message.body.plainText)
        message.kind = kind(row, body: message.body, summary: summary)
        message.status = row.isFromMe && row.itemType == 0 ? status(row) : nil
        message.flags = flags(row, place: place)
        if message.kind == .scheduled { message.scheduledFor = message.sentAt }
        if let originator = row.threadOriginator, !originator.isEmpty {
            message.replyThread = ReplyThread(
                originator: MessageID(rawValue: originator), part: Self.threadPart(row.threadPart)
            )
        }
        if row.itemType != 0 {
            message.event = GroupEvent(
                kind: GroupEvent.Kind(
                    itemType: Int(truncatingIfNeeded: row.itemType),
                    actionType: Int(truncatingIfNeeded: row.groupAction),
                    shareStatus: Int(truncatingIfNeeded: row.shareStatus)
                ),
                subject: directory.handle(row.otherHandle),
                title: row.groupTitle.flatMap { $0.isEmpty ? nil : $0 }
            )
        }
        return message
    }

    /// What a row is; the first rule that fits wins.
    private func kind(_ row: MessageRow, body: MessageBody, summary: MessageSummary) -> Message.Kind {
        if row.isScheduled { return .scheduled }
        if row.isTapback { return .tapback }
        if row.associatedType == 4000 { return .pollVote }
        // A tapback of a kind to come is no text that anybody could answer.
        if (1000...3999).contains(row.associatedType) { return .notice }
        if row.associatedType == 2, row.balloonBundle != nil { return .sessionUpdate }
        if row.itemType != 0 { return .event }
        if isFullyUnsent(row, body: body, summary: summary) { return .unsent }
        if row.balloonBundle != nil { return .balloon }
        if row.isNotice { return .notice }
        return .text
    }

    private func isFullyUnsent(_ row: MessageRow, body: MessageBody, summary: MessageSummary) -> Bool {
        if row.dateRetracted != 0 { return true }
        guard !summary.unsentParts.isEmpty else { return false }
        return body.parts.allSatisfy { part in
            if case .unsent = part.content { true } else { false }
        }
    }

    private func status(_ row: MessageRow) -> Message.Status {
        if row.error != 0 { return .failed }
        if AppleTime.timestamp(row.dateRead) != nil { return .read }
        if row.isDelivered || row.dateDelivered != 0 { return .delivered }
        if row.isPendingSatellite { return .pending }
        return row.isSent ? .sent : .pending
    }

    private func flags(_ row: MessageRow, place: Place?) -> [Message.Flag] {
        var flags: [Message.Flag] = []
        if row.isAudioMessage { flags.append(.voice) }
        if row.isSpam { flags.append(.spam) }
        if row.wasDowngraded { flags.append(.downgraded) }
        if row.wasQuiet { flags.append(.quiet) }
        if row.isSatellite { flags.append(.satellite) }
        if row.isAutoReply { flags.append(.autoReply) }
        if place?.isRecentlyDeleted == true { flags.append(.recentlyDeleted) }
        return flags
    }

    private func channel(_ row: MessageRow, directory: ChatDirectory, place: Place?) -> Channel {
        if let place, directory.chats[place.chat]?.identifier.hasPrefix("urn:biz:") == true { return .business }
        return Channel(service: row.service)
    }

    private func balloon(_ row: MessageRow, text: String) -> Balloon? {
        if row.balloonBundle != nil {
            return BalloonDecoder.decode(bundleID: row.balloonBundle, payload: row.payload, text: text)
        }
        guard row.payload != nil, row.associatedType == 0, text.hasPrefix("http"), !text.contains(where: \.isWhitespace)
        else { return nil }
        // Seen on some systems: the preview of a link without the bundle id of its balloon.
        return BalloonDecoder.decode(
            bundleID: "com.apple.messages.URLBalloonProvider", payload: row.payload, text: text)
    }

    /// The part of `part:location:length`; −1 is stored as an unsigned number that wraps.
    static func threadPart(_ text: String?) -> Int {
        guard let first = text?.split(separator: ":").first else { return 0 }
        if let part = Int(first) { return part }
        return UInt64(first).map { Int(truncatingIfNeeded: Int64(bitPattern: $0)) } ?? 0
    }
}
