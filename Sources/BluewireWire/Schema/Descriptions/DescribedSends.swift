//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

extension NativeSend: SchemaDescribed {
    package static let schemaDescription = SchemaDescription(
        "Send", "A send as the native surface shows it.",
        [
            .init("id", "Its name.", "snd_4f0a9k2m7q1x8z3c"),
            .init("chat", "The chat it is for, when that is known.", "ch_7mcmixolqbllaxwc"),
            .init("to", "The address it is for, or several separated by commas, while no chat exists.", .null),
            .init("line", "The line it goes out on.", "mac"),
            .init("action", "What is sent."),
            .init(
                "state",
                "`queued`, `dispatched`, `landed`, `sent`, `delivered`, `read`, `failed`, `unknown` or `cancelled`.",
                "delivered"),
            .init("message", "The message it became, once its row was seen.", "29F309EF-4A2E-4B13-9A55-0C8D8B7B1A01"),
            .init("failure", "Why it failed, or why it is unknown.", .null),
            .init("attempts", "How often a transport was asked.", 1),
            .init("createdAt", "When it was accepted.", "2026-11-29T08:30:00.000Z"),
            .init("scheduledAt", "When it is to go out, for one that was given a time.", .null),
            .init("updatedAt", "When it last changed state.", "2026-11-29T08:30:00.000Z"),
        ])
}

extension NativeAction: SchemaDescribed {
    package static let schemaDescription = SchemaDescription(
        "Action", "What a send sends.",
        [
            .init(
                "type",
                "`message`, `tapback`, `edit`, `unsend`, or a change of the group: `rename`, `icon`, `addParticipant`, `removeParticipant`, `leave`.",
                "message"),
            .init("text", "The text of a message or an edit, or the new name of a group.", "See you at nine"),
            .init("files", "The names of the files of a message; paths stay with the gateway.", []),
            .init("replyTo", "The message answered inline.", .null),
            .init("effect", "The send effect.", .null),
            .init("subject", "The subject line.", .null),
            .init("target", "The message acted on.", .null),
            .init("part", "The part acted on.", .null),
            .init("kind", "The tapback.", .null),
            .init("emoji", "The emoji of the tapback.", .null),
            .init("remove", "Whether a tapback is taken off.", .null),
            .init("mentions", "The people mentioned in the text.", []),
            .init("voiceNote", "Whether the file is a voice note.", false),
            .init("choices", "What the recipient can choose from.", []),
            .init("address", "Who is added to or removed from the group.", .null),
        ])
}

extension NativeFailure: SchemaDescribed {
    package static let schemaDescription = SchemaDescription(
        "Failure", "Why a send failed.",
        [
            .init("code", "A stable code.", "not_delivered"),
            .init("remedy", "What to do about it.", "Use one of its ids."),
        ])
}

extension NativeAttempt: SchemaDescribed {
    package static let schemaDescription = SchemaDescription(
        "Attempt", "One try to hand a send to a transport.",
        [
            .init("number", "Which try of the send, counted from 1; several transports may be asked within one.", 1),
            .init("transport", "The transport that was asked.", "simulator"),
            .init("startedAt", "When it was asked.", "2026-11-29T08:30:00.000Z"),
            .init("endedAt", "When it answered.", "2026-11-29T08:30:00.000Z"),
            .init(
                "outcome",
                "What it answered: `started` while it has not, else for example `accepted`, `unreachable` or `ambiguous`.",
                "accepted"),
            .init("reason", "The stable code of why it did not take it.", .null),
        ])
}

extension NativeSendRequest: SchemaDescribed {
    package static let schemaDescription = SchemaDescription(
        "SendRequest", "The body of `POST /v1/messages`.", isStrict: true,
        [
            .init("chat", "The chat, by any of its names.", "ch_7mcmixolqbllaxwc", .length(1...256)),
            .init("to", "The address of a person, or of several for a group, for a first message.", .null),
            .init("name", "The name of the group, for a first message to several.", .null, .length(1...250)),
            .init("line", "The line to use.", .null, .length(1...64)),
            .init("text", "The text.", "See you at nine", .length(0...20_000)),
            .init(
                "parts",
                "Text and files in the order they are shown; instead of `text`, `files`, `attachments` and `mentions`.",
                .null, .count(1...50)),
            .init(
                "files", "Paths of files; only callers on the gateway's own socket may name them.", .null,
                .count(0...20)),
            .init("attachments", "The ids of uploads to send, in order.", .null, .count(0...20)),
            .init("replyTo", "The message to answer inline.", .null, .length(1...128)),
            .init("effect", "The send effect.", .null, .length(1...128)),
            .init("subject", "The subject line.", .null, .length(0...1000)),
            .init("mentions", "The people mentioned in the text, in its order.", .null, .count(0...50)),
            .init("voiceNote", "Whether the only file is a voice note, to be played in the chat.", .null),
            .init(
                "choices",
                "What the recipient can choose from; a line without lists sends them as numbered lines of the text.",
                .null, .count(0...20)),
            .init("sendAt", "When it is to go out; at once when absent.", .null),
        ])
}

extension NativeDraftPart: SchemaDescribed {
    package static let schemaDescription = SchemaDescription(
        "DraftPart", "A piece of a message to send: one of `text`, `attachment` and `file`.",
        [
            .init("text", "A stretch of the text.", "Look at this, ", .length(0...20_000)),
            .init("mention", "The address of the person this text names, a participant of the chat.", .null),
            .init("attachment", "The id of an upload.", .null, .length(1...64)),
            .init("file", "The path of a file; only callers on the gateway's own socket may name it.", .null),
        ])
}

extension NativeMention: SchemaDescribed {
    package static let schemaDescription = SchemaDescription(
        "Mention", "A person mentioned in a text.",
        [
            .init("address", "The address of the person, a participant of the chat.", "+15551234567"),
            .init("start", "Where the words that name the person begin, in UTF-16 code units of the text.", 4),
            .init("length", "How many UTF-16 code units they take.", 3),
        ])
}

extension NativeTapbackRequest: SchemaDescribed {
    package static let schemaDescription = SchemaDescription(
        "TapbackRequest", "The body of `POST /v1/messages/{id}/tapbacks`.", isStrict: true,
        [
            .init(
                "kind", "`love`, `like`, `dislike`, `laugh`, `emphasize`, `question` or `emoji`.", "like",
                .oneOf(["love", "like", "dislike", "laugh", "emphasize", "question", "emoji"])),
            .init("emoji", "The emoji of kind `emoji`.", .null, .length(1...16)),
            .init("part", "The part; the first when absent.", .null, .range(0...999)),
            .init("remove", "Whether to take it off.", .null),
        ])
}

extension NativeTypingRequest: SchemaDescribed {
    package static let schemaDescription = SchemaDescription(
        "TypingRequest", "The body of `POST /v1/chats/{chat}/typing`.", isStrict: true,
        [
            .init("on", "Whether the indicator shows.", true)
        ])
}

extension NativeSessionRequest: SchemaDescribed {
    package static let schemaDescription = SchemaDescription(
        "SessionRequest", "The body of `POST /v1/session`.", isStrict: true,
        [
            .init("token", "The one-time code of the printed URL, or a token.", nil, .length(1...200))
        ])
}

extension NativeWebhookRequest: SchemaDescribed {
    package static let schemaDescription = SchemaDescription(
        "WebhookRequest", "The body of `POST /v1/webhooks`.", isStrict: true,
        [
            .init(
                "url", "Where events are posted.", "https://example.com/bluewire", .pattern("^https?://[^ ]{1,2000}$")),
            .init("types", "The kinds wanted; nil or empty for all.", ["message.created"], .count(0...50)),
            .init("chats", "The chats wanted; nil or empty for all.", .null, .count(0...1000)),
        ])
}

extension NativeEditRequest: SchemaDescribed {
    package static let schemaDescription = SchemaDescription(
        "EditRequest", "The body of `PATCH /v1/messages/{message}`.", isStrict: true,
        [
            .init("text", "The new text of the part.", "See you at ten", .length(1...20_000)),
            .init("part", "The part; the first when absent.", .null, .range(0...999)),
        ])
}

extension NativeWebhookChange: SchemaDescribed {
    package static let schemaDescription = SchemaDescription(
        "WebhookChange", "The body of `PATCH /v1/webhooks/{webhook}`; what is absent stays.", isStrict: true,
        [
            .init("url", "Where events are posted.", .null, .pattern("^https?://[^ ]{1,2000}$")),
            .init("types", "The kinds wanted; empty for all.", .null),
            .init("chats", "The chats wanted; empty for all.", .null),
            .init(
                "isPaused", "Whether it gets none for now; what happens meanwhile is delivered when it goes on.", true),
        ])
}

extension NativeReplayRequest: SchemaDescribed {
    package static let schemaDescription = SchemaDescription(
        "ReplayRequest", "The body of `POST /v1/webhooks/{webhook}/replay`.", isStrict: true,
        [
            .init(
                "cursor", "The cursor after which everything is delivered again.", "3kx9-120034",
                .pattern("^[0-9a-z]{1,16}-[0-9]{1,18}$"))
        ])
}

extension NativeGroupRequest: SchemaDescribed {
    package static let schemaDescription = SchemaDescription(
        "GroupRequest", "The body of `POST /v1/chats`.", isStrict: true,
        [
            .init(
                "participants", "The addresses of everybody in it but us.", ["+15551234567", "+15557654321"],
                .count(2...64)),
            .init("name", "The name of the group.", "Climbing", .length(1...250)),
            .init("text", "The first message.", "Saturday at nine?", .length(1...20_000)),
            .init("line", "The line to use.", .null, .length(1...64)),
        ])
}

extension NativeChatRequest: SchemaDescribed {
    package static let schemaDescription = SchemaDescription(
        "ChatRequest", "The body of `PATCH /v1/chats/{chat}`.", isStrict: true,
        [
            .init("name", "The new name of the group; empty for none.", "Climbing", .length(0...250))
        ])
}

extension NativeIconRequest: SchemaDescribed {
    package static let schemaDescription = SchemaDescription(
        "IconRequest", "The body of `PUT /v1/chats/{chat}/icon`.", isStrict: true,
        [
            .init("upload", "The id of an upload that is an image.", "up_81k9uvv70mfdiskn", .length(1...64))
        ])
}

extension NativeParticipantRequest: SchemaDescribed {
    package static let schemaDescription = SchemaDescription(
        "ParticipantRequest", "The body of `POST /v1/chats/{chat}/participants`.", isStrict: true,
        [
            .init("address", "The address of the person to add.", "+15557654321", .length(1...256))
        ])
}
