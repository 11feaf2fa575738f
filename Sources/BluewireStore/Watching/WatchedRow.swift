//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel

/// The raw columns of a message row that the watcher decides on; nothing is decoded.
struct WatchedRow: Hashable, Sendable {
    /// The row number.
    var row: Int64
    /// The message's GUID: the identity everything is judged by.
    var guid: String
    /// The GUID of the newest chat the row is joined to; nil while it is joined to none.
    var chat: String?
    /// The row of that chat.
    var chatRow: Int64 = 0
    /// The number of the other party's handle; 0 for none.
    var handle: Int64 = 0
    /// The address of that handle.
    var sender: Handle?
    /// When it was sent; in the future while it is scheduled.
    var date: Timestamp?
    var isFromMe = false
    var isFinished = true
    var isSent = false
    var isDelivered = false
    var isRead = false
    /// Raw Apple times, only compared.
    var dateRead: Int64 = 0
    var dateDelivered: Int64 = 0
    var dateEdited: Int64 = 0
    var dateRetracted: Int64 = 0
    var datePlayed: Int64 = 0
    var dateRecovered: Int64 = 0
    var partCount: Int64 = 0
    var error: Int64 = 0
    /// Lengths in bytes; −1 for NULL.
    ///
    /// A body is never rewritten to the same length without a date changing.
    var bodyLength: Int64 = -1
    var textLength: Int64 = -1
    var summaryLength: Int64 = -1
    var payloadLength: Int64 = -1
    var subjectLength: Int64 = -1
    var balloon: String?
    var itemType: Int64 = 0
    /// How many attachments are joined, and a digest of their transfer states.
    var attachmentCount: Int64 = 0
    var attachmentDigest: Int64 = 0
    /// Whether a joined attachment is still on its way.
    var hasOpenAttachment = false
    /// Whether the row or its text says that there are attachments; only read for rows not emitted yet.
    var expectsAttachment = false
    var associatedType: Int64 = 0
    var associatedGUID: String?
    var associatedEmoji: String?
    var scheduleType: Int64 = 0
    var scheduleState: Int64 = 0
    var cloudState: Int64 = 0
    /// `is_played`, `did_notify_recipient`, `was_downgraded`, `was_delivered_quietly` as bits.
    var marks: Int64 = 0

    /// A row of which only the identity is known.
    init(row: Int64, guid: String) {
        self.row = row
        self.guid = guid
    }

    /// Whether it names a chat or handle that `directory` does not know, or says that the members of a chat changed.
    func isBeyond(_ directory: ChatDirectory) -> Bool {
        itemType != 0 || (chatRow != 0 && directory.chats[chatRow] == nil)
            || (handle != 0 && directory.handle(handle) == nil)
    }

    /// Whether it waits to be sent later; such rows are no news.
    var isScheduled: Bool { scheduleType == 2 && scheduleState != 2 && !isSent }

    /// Whether it is a tapback, a placed sticker, or the removal of one.
    var isTapback: Bool { TapbackType(associatedType) != nil }

    /// Whether there is content to show: text, a body, an attachment, a balloon, or an event of the chat.
    var hasContent: Bool {
        bodyLength > 0 || textLength > 0 || attachmentCount > 0 || balloon != nil || payloadLength > 0 || itemType != 0
            || associatedType != 0 || dateRetracted != 0 || dateEdited != 0
    }

    /// Whether nothing is missing that is known to follow within moments.
    var isComplete: Bool {
        guard hasContent else { return false }
        guard isFinished || isFromMe || error != 0 else { return false }
        return !expectsAttachment || attachmentCount > 0 || balloon != nil || associatedType != 0
    }

    /// Whether its state is expected to change soon.
    var isUnfinished: Bool {
        !isFinished || hasOpenAttachment || (isFromMe && !isSent && error == 0 && itemType == 0)
    }
}
