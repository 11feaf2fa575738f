//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// `POST /people`.
struct PersonRequest: StrictRequest {
    var name: String
    var address: String
    var service: String?
    var sendsReadReceipts: Bool?
    enum CodingKeys: String, CodingKey, CaseIterable { case name, address, service, sendsReadReceipts }
}

/// `POST /chats`.
struct ChatRequest: StrictRequest {
    var participants: [String]
    var name: String?
    var isGroup: Bool?
    enum CodingKeys: String, CodingKey, CaseIterable { case participants, name, isGroup }
}

/// `POST /say`: a person writes.
///
/// `from` alone means their direct chat.
struct SayRequest: StrictRequest {
    var chat: String?
    var from: String?
    var speaker: String?
    var text: String
    var replyTo: String?
    var effect: String?
    var subject: String?
    var mentions: [MentionRequest]?
    /// How long ago it was sent; more than five minutes makes it a genuine late message.
    var ageMs: Int?
    enum CodingKeys: String, CodingKey, CaseIterable {
        case chat, from, text, replyTo, effect, subject, mentions, ageMs
        case speaker = "as"
    }
}

/// `POST /photo` and `POST /voice`: a person sends a file; without `base64` one is made up.
struct FileRequest: StrictRequest {
    var chat: String?
    var from: String?
    var speaker: String?
    var text: String?
    var name: String?
    var base64: String?
    enum CodingKeys: String, CodingKey, CaseIterable {
        case chat, from, text, name, base64
        case speaker = "as"
    }
}

/// `POST /typing`: a person starts or stops typing.
struct TypingRequest: StrictRequest {
    var chat: String?
    var from: String?
    var speaker: String?
    var on: Bool
    enum CodingKeys: String, CodingKey, CaseIterable {
        case chat, from, on
        case speaker = "as"
    }
}

/// `POST /tapback`: a person reacts.
struct TapbackRequest: StrictRequest {
    var message: String
    var from: String?
    var speaker: String?
    var kind: String
    var emoji: String?
    var part: Int?
    var remove: Bool?
    enum CodingKeys: String, CodingKey, CaseIterable {
        case message, from, kind, emoji, part, remove
        case speaker = "as"
    }
}

/// `POST /edit` and, without a text, `POST /unsend`.
struct ChangeRequest: StrictRequest {
    var message: String
    var part: Int?
    var text: String?
    enum CodingKeys: String, CodingKey, CaseIterable { case message, part, text }
}

/// Somebody mentioned in a text, by the UTF-16 range of the name.
struct MentionRequest: Codable, Sendable {
    var location: Int
    var length: Int
    var address: String
}

/// `POST /group` and `POST /transport/group`: somebody, or we, change a group.
///
/// `change` is `rename` (with `name`), `icon` (with `base64`, with the `path` of a file, or with neither to remove it),
/// `add` and `remove` (with `address`), or `leave`.
struct GroupRequest: StrictRequest {
    var chat: String
    var speaker: String?
    var change: String
    var name: String?
    var address: String?
    var base64: String?
    var path: String?
    enum CodingKeys: String, CodingKey, CaseIterable {
        case chat, change, name, address, base64, path
        case speaker = "as"
    }
}

/// `POST /transport/send`: we send, to a chat or to an address.
struct TransportSendRequest: StrictRequest {
    var chat: String?
    var address: String?
    /// Several people make a group.
    var addresses: [String]?
    /// The name of a new group.
    var name: String?
    var text: String?
    var files: [String]?
    var fileOffsets: [Int]?
    var mentions: [MentionRequest]?
    var voice: Bool?
    var replyTo: String?
    var effect: String?
    var subject: String?
    enum CodingKeys: String, CodingKey, CaseIterable {
        case chat, address, addresses, name, text, files, fileOffsets, mentions, voice, replyTo, effect, subject
    }
}

/// `POST /transport/tapback`: we react.
struct TransportTapbackRequest: StrictRequest {
    var message: String
    var part: Int?
    var kind: String
    var emoji: String?
    var remove: Bool?
    enum CodingKeys: String, CodingKey, CaseIterable { case message, part, kind, emoji, remove }
}

/// `POST /transport/typing` and `POST /transport/read`.
struct TransportChatRequest: StrictRequest {
    var chat: String
    var on: Bool?
    enum CodingKeys: String, CodingKey, CaseIterable { case chat, on }
}

/// `POST /script`.
struct ScriptRequest: StrictRequest {
    var name: String?
    enum CodingKeys: String, CodingKey, CaseIterable { case name }
}
