//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel

/// The body of `POST /v1/messages/{id}/tapbacks`.
package struct NativeTapbackRequest: StrictRequest, Hashable, Sendable {
    /// `love`, `like`, `dislike`, `laugh`, `emphasize`, `question` or `emoji`.
    package var kind: String
    /// The emoji of kind `emoji`.
    package var emoji: String?
    /// The part; the first when absent.
    package var part: Int?
    /// Whether to take it off.
    package var remove: Bool?

    /// A request from its fields.
    package init(kind: String, emoji: String? = nil, part: Int? = nil, remove: Bool? = nil) {
        self.kind = kind
        self.emoji = emoji
        self.part = part
        self.remove = remove
    }

    /// The action on `message`.
    ///
    /// - Throws: ``RequestError`` when the kind cannot be sent, or the emoji is missing or misplaced.
    package func action(on message: MessageID) throws(RequestError) -> Send.Action {
        guard let kind = Tapback.Kind(name: kind) else {
            throw RequestError(
                message: "The member “kind” names no tapback that can be sent.",
                remedy: "Use love, like, dislike, laugh, emphasize, question or emoji.")
        }
        guard (kind == .emoji) == (emoji?.isEmpty == false) else {
            throw RequestError(
                message: "The member “emoji” belongs to the kind “emoji” and to no other.",
                remedy: "Send both, or neither.")
        }
        return .tapback(target: message, part: part ?? 0, kind: kind, emoji: emoji, isRemoval: remove ?? false)
    }

    /// The members of the body.
    package enum CodingKeys: String, CodingKey, CaseIterable { case kind, emoji, part, remove }
    package typealias Key = CodingKeys
}

extension NativeTapbackRequest: JSONWritable {
    package func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("kind", kind)
            if let emoji { writer.member("emoji", emoji) }
            if let part { writer.member("part", part) }
            if let remove { writer.member("remove", remove) }
        }
    }
}

/// The body of `POST /v1/chats/{chat}/typing`.
package struct NativeTypingRequest: StrictRequest, Hashable, Sendable, JSONWritable {
    /// Whether the indicator shows.
    package var on: Bool

    /// A request from its field.
    package init(on: Bool) { self.on = on }

    package func write(to writer: inout JSONWriter) {
        writer.object { $0.member("on", on) }
    }

    /// The members of the body.
    package enum CodingKeys: String, CodingKey, CaseIterable { case on }
    package typealias Key = CodingKeys
}

/// The body of `POST /v1/session`.
package struct NativeSessionRequest: StrictRequest, Hashable, Sendable, JSONWritable {
    /// The one-time code of the printed URL, or a token.
    package var token: String

    /// A request from its field.
    package init(token: String) { self.token = token }

    package func write(to writer: inout JSONWriter) {
        writer.object { $0.member("token", token) }
    }

    /// The members of the body.
    package enum CodingKeys: String, CodingKey, CaseIterable { case token }
    package typealias Key = CodingKeys
}

/// The body of `POST /v1/webhooks`.
package struct NativeWebhookRequest: StrictRequest, Hashable, Sendable, JSONWritable {
    /// Where events are posted.
    package var url: String
    /// The kinds wanted; nil or empty for all.
    package var types: [String]?
    /// The chats wanted; nil or empty for all.
    package var chats: [String]?

    /// A request from its fields.
    package init(url: String, types: [String]? = nil, chats: [String]? = nil) {
        self.url = url
        self.types = types
        self.chats = chats
    }

    package func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("url", url)
            if let types { writer.member("types", types) }
            if let chats { writer.member("chats", chats) }
        }
    }

    /// The members of the body.
    package enum CodingKeys: String, CodingKey, CaseIterable { case url, types, chats }
    package typealias Key = CodingKeys
}
