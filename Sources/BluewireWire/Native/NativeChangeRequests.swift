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

/// The body of `POST /v1/chats`.
package struct NativeGroupRequest: StrictRequest, Hashable, Sendable, JSONWritable {
    /// The addresses of everybody in it but us.
    package var participants: [String]
    /// The name of the group.
    package var name: String?
    /// The first message.
    package var text: String
    /// The line to use.
    package var line: String?

    /// A request from its fields.
    package init(participants: [String], name: String? = nil, text: String, line: String? = nil) {
        self.participants = participants
        self.name = name
        self.text = text
        self.line = line
    }

    package func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("participants", participants)
            if let name { writer.member("name", name) }
            writer.member("text", text)
            if let line { writer.member("line", line) }
        }
    }

    /// The members of the body.
    package enum CodingKeys: String, CodingKey, CaseIterable { case participants, name, text, line }
    package typealias Key = CodingKeys
}

/// The body of `PATCH /v1/chats/{chat}`.
package struct NativeChatRequest: StrictRequest, Hashable, Sendable, JSONWritable {
    /// The new name of the group; empty for none.
    package var name: String

    /// A request from its field.
    package init(name: String) { self.name = name }

    package func write(to writer: inout JSONWriter) {
        writer.object { $0.member("name", name) }
    }

    /// The members of the body.
    package enum CodingKeys: String, CodingKey, CaseIterable { case name }
    package typealias Key = CodingKeys
}

/// The body of `PUT /v1/chats/{chat}/icon`.
package struct NativeIconRequest: StrictRequest, Hashable, Sendable, JSONWritable {
    /// The id of an upload that is an image.
    package var upload: String

    /// A request from its field.
    package init(upload: String) { self.upload = upload }

    package func write(to writer: inout JSONWriter) {
        writer.object { $0.member("upload", upload) }
    }

    /// The members of the body.
    package enum CodingKeys: String, CodingKey, CaseIterable { case upload }
    package typealias Key = CodingKeys
}

/// The body of `POST /v1/chats/{chat}/participants`.
package struct NativeParticipantRequest: StrictRequest, Hashable, Sendable, JSONWritable {
    /// The address of the person to add.
    package var address: String

    /// A request from its field.
    package init(address: String) { self.address = address }

    package func write(to writer: inout JSONWriter) {
        writer.object { $0.member("address", address) }
    }

    /// The members of the body.
    package enum CodingKeys: String, CodingKey, CaseIterable { case address }
    package typealias Key = CodingKeys
}
