//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// The body of `PATCH /v1/messages/{message}`.
package struct NativeEditRequest: StrictRequest, Hashable, Sendable, JSONWritable {
    /// The new text of the part.
    package var text: String
    /// The part; the first when absent.
    package var part: Int?

    /// A request from its fields.
    package init(text: String, part: Int? = nil) {
        self.text = text
        self.part = part
    }

    package func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("text", text)
            if let part { writer.member("part", part) }
        }
    }

    /// The members of the body.
    package enum CodingKeys: String, CodingKey, CaseIterable { case text, part }
    package typealias Key = CodingKeys
}

/// The body of `PATCH /v1/webhooks/{webhook}`; what is absent stays.
package struct NativeWebhookChange: StrictRequest, Hashable, Sendable, JSONWritable {
    /// Where events are posted.
    package var url: String?
    /// The kinds wanted; empty for all.
    package var types: [String]?
    /// The chats wanted; empty for all.
    package var chats: [String]?
    /// Whether it gets none for now; what happens meanwhile is delivered when it goes on.
    package var isPaused: Bool?

    /// A change from its fields.
    package init(url: String? = nil, types: [String]? = nil, chats: [String]? = nil, isPaused: Bool? = nil) {
        self.url = url
        self.types = types
        self.chats = chats
        self.isPaused = isPaused
    }

    package func write(to writer: inout JSONWriter) {
        writer.object { writer in
            if let url { writer.member("url", url) }
            if let types { writer.member("types", types) }
            if let chats { writer.member("chats", chats) }
            if let isPaused { writer.member("isPaused", isPaused) }
        }
    }

    /// The members of the body.
    package enum CodingKeys: String, CodingKey, CaseIterable { case url, types, chats, isPaused }
    package typealias Key = CodingKeys
}

/// The body of `POST /v1/webhooks/{webhook}/replay`.
package struct NativeReplayRequest: StrictRequest, Hashable, Sendable, JSONWritable {
    /// The cursor after which everything is delivered again.
    package var cursor: String

    /// A request from its field.
    package init(cursor: String) { self.cursor = cursor }

    package func write(to writer: inout JSONWriter) {
        writer.object { $0.member("cursor", cursor) }
    }

    /// The members of the body.
    package enum CodingKeys: String, CodingKey, CaseIterable { case cursor }
    package typealias Key = CodingKeys
}
