//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

extension NativeMessage: SchemaDescribed {
    package static let schemaDescription = SchemaDescription(
        "Message", "A message as the native surface shows it.",
        [
            .init("id", "Apple's GUID.", "29F309EF-4A2E-4B13-9A55-0C8D8B7B1A01"),
            .init("chat", "The chat it belongs to.", "ch_7mcmixolqbllaxwc"),
            .init("chatGuid", "The GUID of the member chat that holds it today.", "iMessage;-;+15551234567"),
            .init("line", "The line it belongs to.", "mac"),
            .init("kind", "What it is: `text`, `balloon`, `event` and so on.", "text"),
            .init("text", "The visible text without placeholders.", "See you at nine"),
            .init("parts", "The parts, by stable index."),
            .init("subject", "The subject line.", .null),
            .init("sender", "Who sent it; null when it was us or unknown."),
            .init("isFromMe", "Whether we sent it.", false),
            .init("channel", "What carried it.", "iMessage"),
            .init("sentAt", "When it was sent.", "2026-11-29T08:30:00.000Z"),
            .init("deliveredAt", "When it was delivered.", "2026-11-29T08:30:00.000Z"),
            .init("readAt", "When it was read.", "2026-11-29T08:30:00.000Z"),
            .init("editedAt", "When it was last edited.", .null),
            .init("status", "The state of an outgoing message.", "delivered"),
            .init("error", "Apple's error, if any.", .null),
            .init("isRead", "Whether an incoming message was read.", true),
            .init("attachments", "Everything attached that Messages shows.", []),
            .init("tapbacks", "The tapbacks that stand on it.", []),
            .init("replyTo", "The message it answers inline."),
            .init("balloon", "The app payload.", .null),
            .init("event", "What happened to the chat, for events.", .null),
            .init("edits", "The history of edited parts.", []),
            .init("unsentParts", "The parts that were taken back.", []),
            .init("effect", "Apple's send effect.", .null),
            .init("scheduledFor", "When a scheduled message will go out.", .null),
            .init("flags", "Marks that cut across kinds.", []),
        ])
}

extension NativeReply: SchemaDescribed {
    package static let schemaDescription = SchemaDescription(
        "Reply", "The message an inline reply answers.",
        [
            .init("message", "The first message of the thread."),
            .init("part", "The part of it; −1 for the whole message.", 0),
        ])
}

extension NativeBalloon: SchemaDescribed {
    package static let schemaDescription = SchemaDescription(
        "Balloon", "An app payload.",
        [
            .init("bundleId", "The bundle identifier of the app.", "com.apple.messages.URLBalloonProvider"),
            .init("summary", "The best one-line description.", "A page"),
            .init("url", "The URL it carries.", "https://example.com/bluewire"),
            .init("title", "The title of a link preview, or the caption of a template.", "Not found"),
            .init("subtitle", "The subtitle.", .null),
            .init("pollOptions", "The options of a poll."),
        ])
}

extension NativePollOption: SchemaDescribed {
    package static let schemaDescription = SchemaDescription(
        "PollOption", "One option of a poll.",
        [
            .init("id", "Apple's identifier.", "A1"),
            .init("text", "The text.", "See you at nine"),
        ])
}

extension NativeGroupEvent: SchemaDescribed {
    package static let schemaDescription = SchemaDescription(
        "GroupEvent", "What happened to a chat.",
        [
            .init("kind", "`participantAdded`, `renamed` and so on.", "renamed"),
            .init("subject", "Whom it happened to."),
            .init("title", "The new name, for renames.", "Not found"),
        ])
}

extension NativeEdit: SchemaDescribed {
    package static let schemaDescription = SchemaDescription(
        "Edit", "The history of an edited part.",
        [
            .init("part", "The part.", 0),
            .init("versions", "Every version, oldest first."),
        ])
}

extension NativeEdit.Version: SchemaDescribed {
    package static let schemaDescription = SchemaDescription(
        "EditVersion", "One version of a part.",
        [
            .init("text", "The text as it was.", "See you at nine"),
            .init("at", "When it was written.", "2026-11-29T08:30:00.000Z"),
        ])
}

extension NativeMessageError: SchemaDescribed {
    package static let schemaDescription = SchemaDescription(
        "MessageError", "Apple's error of a message, in words.",
        [
            .init("code", "Apple's number.", 22),
            .init("meaning", "What it means.", "not delivered"),
        ])
}

extension NativePart: SchemaDescribed {
    package static let schemaDescription = SchemaDescription(
        "Part", "A part of a message: what a tapback, a reply or an edit points at.",
        [
            .init("index", "The stable index.", 0),
            .init("type", "`text`, `attachment`, `balloon` or `unsent`.", "text"),
            .init("text", "The text of a text part.", "See you at nine"),
            .init("attachment", "The transfer GUID of an attachment part.", .null),
            .init("runs", "The runs of a text part of which something is known; null for plain text.", .null),
        ])
}

extension NativeRun: SchemaDescribed {
    package static let schemaDescription = SchemaDescription(
        "Run", "Consecutive text with the same attributes.",
        [
            .init("text", "The text.", "See you at nine"),
            .init("attributes", "What is known about it."),
        ])
}

extension NativeAttribute: SchemaDescribed {
    package static let schemaDescription = SchemaDescription(
        "Attribute", "Something known about a run of text.",
        [
            .init("type", "`bold`, `link`, `mention`, `detected` and so on.", "link"),
            .init("value", "The link target, mentioned address, matched text, code or transcription.", .null),
            .init(
                "detail",
                "The detector's type for `detected`, the name of an attribute this version does not interpret.",
                "There is no such chat."),
        ])
}

extension NativeTapback: SchemaDescribed {
    package static let schemaDescription = SchemaDescription(
        "Tapback", "A tapback that stands on a message, or that an event reports.",
        [
            .init("id", "The row that carries it.", "8C0A2E51-9A55-4B13-A4D2-5B7B1A0129F3"),
            .init("target", "The message reacted to.", "29F309EF-4A2E-4B13-9A55-0C8D8B7B1A01"),
            .init("part", "The part reacted to; −1 means the whole message.", 0),
            .init(
                "kind", "`love`, `like`, `dislike`, `laugh`, `emphasize`, `question`, `emoji`, `sticker` and so on.",
                "love"),
            .init("emoji", "The emoji of kind `emoji`.", .null),
            .init("sender", "Who reacted; null when it was us."),
            .init("isFromMe", "Whether it was us.", false),
            .init("at", "When.", "2026-11-29T08:30:00.000Z"),
        ])
}

extension NativeAttachment: SchemaDescribed {
    package static let schemaDescription = SchemaDescription(
        "Attachment", "A file of a message.",
        [
            .init("guid", "Apple's GUID of the transfer.", "at_0_29F309EF-4A2E-4B13-9A55-0C8D8B7B1A01"),
            .init("name", "The name to show.", "IMG_0012.heic"),
            .init("mimeType", "The MIME type.", "image/jpeg"),
            .init("bytes", "The size; null when unknown.", 48213),
            .init(
                "state", "`waiting`, `transferring`, `finished`, `failed`, `recoverable`, else `unknown(<n>)`.",
                "finished"),
            .init("isSticker", "Whether it is a sticker.", false),
            .init("transcription", "The transcript of a voice note.", .null),
            .init(
                "url", "Where this gateway serves the file.",
                "/v1/attachments/at_0_29F309EF-4A2E-4B13-9A55-0C8D8B7B1A01"),
        ])
}

extension NativeHandle: SchemaDescribed {
    package static let schemaDescription = SchemaDescription(
        "Handle", "A person as the native surface shows one: address, channel, and the name when it is known.",
        [
            .init("address", "The address as Apple stores it.", "+15551234567"),
            .init("channel", "The channel it was seen on.", "iMessage"),
            .init("name", "What to call the person; null when only the address is known.", "Ada"),
        ])
}
