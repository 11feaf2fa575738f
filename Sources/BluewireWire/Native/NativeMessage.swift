//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel

/// A message as the native surface shows it.
package struct NativeMessage: Hashable, Sendable, Decodable {
    /// Apple's GUID.
    package var id: String
    /// The chat it belongs to.
    package var chat: String?
    /// The GUID of the member chat that holds it today.
    package var chatGuid: String?
    /// The line it belongs to.
    package var line: String
    /// What it is: `text`, `balloon`, `event` and so on.
    package var kind: String
    /// The visible text without placeholders.
    package var text: String
    /// The parts, by stable index.
    package var parts: [NativePart]
    /// The subject line.
    package var subject: String?
    /// Who sent it; nil when it was us or unknown.
    package var sender: NativeHandle?
    /// Whether we sent it.
    package var isFromMe: Bool
    /// What carried it.
    package var channel: String
    /// When it was sent.
    package var sentAt: NativeTime
    /// When it was delivered.
    package var deliveredAt: NativeTime?
    /// When it was read.
    package var readAt: NativeTime?
    /// When it was last edited.
    package var editedAt: NativeTime?
    /// The state of an outgoing message.
    package var status: String?
    /// Apple's error, if any.
    package var error: NativeMessageError?
    /// Whether an incoming message was read.
    package var isRead: Bool
    /// Everything attached that Messages shows.
    package var attachments: [NativeAttachment]
    /// The tapbacks that stand on it.
    package var tapbacks: [NativeTapback]
    /// The message it answers inline.
    package var replyTo: NativeReply?
    /// The app payload.
    package var balloon: NativeBalloon?
    /// What happened to the chat, for events.
    package var event: NativeGroupEvent?
    /// The history of edited parts.
    package var edits: [NativeEdit]
    /// The parts that were taken back.
    package var unsentParts: [Int]
    /// Apple's send effect.
    package var effect: String?
    /// When a scheduled message will go out.
    package var scheduledFor: NativeTime?
    /// Marks that cut across kinds.
    package var flags: [String]

    /// The message, with names where `names` knows them.
    package init(_ message: Message, names: NameLookup? = nil) {
        id = message.id.rawValue
        chat = message.chat?.rawValue
        chatGuid = message.chatGUID?.rawValue
        line = message.line.rawValue
        kind = message.kind.rawValue
        text = message.body.plainText
        parts = message.body.parts.map(NativePart.init)
        subject = message.subject
        sender = message.sender.map { NativeHandle($0, name: names?($0)) }
        isFromMe = message.isFromMe
        channel = message.channel.rawValue
        sentAt = NativeTime(message.sentAt)
        deliveredAt = NativeTime(message.deliveredAt)
        readAt = NativeTime(message.readAt)
        editedAt = NativeTime(message.editedAt)
        status = message.status?.rawValue
        error = NativeMessageError(code: message.errorCode)
        isRead = message.isRead
        attachments = message.attachments.filter { !$0.isHidden }.map(NativeAttachment.init)
        tapbacks = message.tapbacks.map { NativeTapback($0, names: names) }
        replyTo = message.replyThread.map(NativeReply.init)
        balloon = message.balloon.map(NativeBalloon.init)
        event = message.event.map { NativeGroupEvent($0, names: names) }
        edits = message.edits.map(NativeEdit.init)
        unsentParts = message.unsentParts
        effect = message.effect
        scheduledFor = NativeTime(message.scheduledFor)
        flags = message.flags.map(\.rawValue)
    }
}

extension NativeMessage: JSONWritable {
    package func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("id", id)
            writer.member("chat", chat)
            writer.member("chatGuid", chatGuid)
            writer.member("line", line)
            writer.member("kind", kind)
            writer.member("text", text)
            writer.member("parts", parts)
            writer.member("subject", subject)
            writer.member("sender", sender)
            writer.member("isFromMe", isFromMe)
            writer.member("channel", channel)
            writer.member("sentAt", sentAt)
            writer.member("deliveredAt", deliveredAt)
            writer.member("readAt", readAt)
            writer.member("editedAt", editedAt)
            writer.member("status", status)
            writer.member("error", error)
            writer.member("isRead", isRead)
            writer.member("attachments", attachments)
            writer.member("tapbacks", tapbacks)
            writer.member("replyTo", replyTo)
            writer.member("balloon", balloon)
            writer.member("event", event)
            writer.member("edits", edits)
            writer.key("unsentParts")
            writer.array { writer in for part in unsentParts { writer.integer(part) } }
            writer.member("effect", effect)
            writer.member("scheduledFor", scheduledFor)
            writer.member("flags", flags)
        }
    }
}
