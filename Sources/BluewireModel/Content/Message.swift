//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// One message, named by its GUID: text, attachments, a balloon, or an event of the chat.
///
/// Tapbacks are not messages of their own here; a message carries the tapbacks it received.
public struct Message: Hashable, Sendable, Codable {
    /// Apple's GUID.
    public var id: MessageID
    /// The row it was read from; meaningless in another database.
    public var row: RowID
    /// The line it belongs to.
    public var line: LineID
    /// The chat it belongs to; nil for an orphan.
    public var chat: ChatID?
    /// The GUID of the member chat that holds the row today.
    public var chatGUID: ChatGUID?
    /// What the row is.
    public var kind: Kind
    /// The decoded content.
    public var body: MessageBody
    /// The subject line, shown bold above the text.
    public var subject: String?
    /// Who sent it; nil when it was us or unknown.
    public var sender: Handle?
    /// Whether we sent it, from whatever device.
    public var isFromMe: Bool
    /// What carried it.
    public var channel: Channel
    /// When it was sent.
    public var sentAt: Timestamp
    /// When it reached the other side (outgoing) or this machine (incoming).
    public var deliveredAt: Timestamp?
    /// When it was read: by the recipient (outgoing), or by us (incoming).
    public var readAt: Timestamp?
    /// When it was last edited or partly unsent.
    public var editedAt: Timestamp?
    /// The state of an outgoing message; nil for incoming ones.
    public var status: Status?
    /// Apple's error number (chat-db error table); 0 for none.
    public var errorCode: Int
    /// Whether an incoming message was read.
    public var isRead: Bool
    /// Everything attached, hidden plug-in payloads included, in body order.
    public var attachments: [Attachment]
    /// The tapbacks that stand on it.
    public var tapbacks: [Tapback]
    /// The first message of the reply thread it belongs to.
    public var replyThread: ReplyThread?
    /// The app payload.
    public var balloon: Balloon?
    /// What happened to the chat, for ``Kind/event``.
    public var event: GroupEvent?
    /// The history of edited parts.
    public var edits: [MessageEdit]
    /// The indexes of parts that were taken back.
    public var unsentParts: [Int]
    /// Apple's send effect, for example `com.apple.messages.effect.CKConfettiEffect`.
    public var effect: String?
    /// When a scheduled message will go out.
    public var scheduledFor: Timestamp?
    /// The own address it was sent from or to.
    public var ownAddress: String?
    /// Marks that cut across kinds, for example `voice`, `spam`, `downgraded`, `quiet`, `satellite`.
    public var flags: [Flag]

    /// A message with the fields that have no sensible default; set the others afterwards.
    public init(id: MessageID, row: RowID, line: LineID, isFromMe: Bool, sentAt: Timestamp) {
        self.id = id
        self.row = row
        self.line = line
        chat = nil
        chatGUID = nil
        kind = .text
        body = MessageBody()
        subject = nil
        sender = nil
        self.isFromMe = isFromMe
        channel = .unknown
        self.sentAt = sentAt
        deliveredAt = nil
        readAt = nil
        editedAt = nil
        status = nil
        errorCode = 0
        isRead = false
        attachments = []
        tapbacks = []
        replyThread = nil
        balloon = nil
        event = nil
        edits = []
        unsentParts = []
        effect = nil
        scheduledFor = nil
        ownAddress = nil
        flags = []
    }

    /// What a row is.
    public struct Kind: OpenValue {
        public let rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }

        /// Text, attachments, or both.
        public static let text = Kind(rawValue: "text")
        /// An app balloon.
        public static let balloon = Kind(rawValue: "balloon")
        /// An event of the chat.
        public static let event = Kind(rawValue: "event")
        /// A reaction row; it appears as a message only where rows are listed raw.
        public static let tapback = Kind(rawValue: "tapback")
        /// A vote on a poll.
        public static let pollVote = Kind(rawValue: "pollVote")
        /// An added option of a poll, or another app-session update.
        public static let sessionUpdate = Kind(rawValue: "sessionUpdate")
        /// Waiting to be sent later.
        public static let scheduled = Kind(rawValue: "scheduled")
        /// A notice of the system or the service.
        public static let notice = Kind(rawValue: "notice")
        /// Fully taken back.
        public static let unsent = Kind(rawValue: "unsent")
    }

    /// How far an outgoing message got.
    public struct Status: OpenValue {
        public let rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }

        /// Not handed over yet.
        public static let pending = Status(rawValue: "pending")
        /// Handed over to Apple or the carrier.
        public static let sent = Status(rawValue: "sent")
        /// Reached a device of the recipient.
        public static let delivered = Status(rawValue: "delivered")
        /// Read.
        public static let read = Status(rawValue: "read")
        /// Failed; ``Message/errorCode`` says why.
        public static let failed = Status(rawValue: "failed")
    }

    /// A mark that cuts across kinds.
    public struct Flag: OpenValue {
        public let rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }

        /// A voice note.
        public static let voice = Flag(rawValue: "voice")
        /// Reported as junk.
        public static let spam = Flag(rawValue: "spam")
        /// An iMessage re-sent as SMS.
        public static let downgraded = Flag(rawValue: "downgraded")
        /// Delivered while the recipient had a Focus on.
        public static let quiet = Flag(rawValue: "quiet")
        /// Sent or received off the grid.
        public static let satellite = Flag(rawValue: "satellite")
        /// In Recently Deleted.
        public static let recentlyDeleted = Flag(rawValue: "recentlyDeleted")
        /// An automatic reply (driving, Focus).
        public static let autoReply = Flag(rawValue: "autoReply")
    }
}

/// Replies anchored at an originator message and part.
public struct ReplyThread: Hashable, Sendable, Codable {
    /// The first message of the thread.
    public var originator: MessageID
    /// The part of the originator; −1 for the whole message.
    public var part: Int

    /// A thread from its fields.
    public init(originator: MessageID, part: Int) {
        self.originator = originator
        self.part = part
    }
}
