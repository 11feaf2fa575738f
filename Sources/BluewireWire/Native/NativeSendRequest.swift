//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel

/// The body of `POST /v1/messages`.
package struct NativeSendRequest: StrictRequest, Hashable, Sendable {
    /// The chat, by any of its names.
    package var chat: String?
    /// The address of a person, or of several for a group, for a first message.
    package var to: OneOrMany?
    /// The name of the group, for a first message to several.
    package var name: String?
    /// The line to use.
    package var line: String?
    /// The text.
    package var text: String?
    /// Text and files in the order they are shown; instead of `text`, `files`, `attachments` and `mentions`.
    package var parts: [NativeDraftPart]?
    /// Paths of files; only callers on the gateway's own socket may name them.
    package var files: [String]?
    /// The ids of uploads to send.
    package var attachments: [String]?
    /// The message to answer inline.
    package var replyTo: String?
    /// The send effect.
    package var effect: String?
    /// The subject line.
    package var subject: String?
    /// The people mentioned in the text, in its order.
    package var mentions: [NativeMention]?
    /// Whether the only file is a voice note, to be played in the chat.
    package var voiceNote: Bool?
    /// What the recipient can choose from; a line without lists sends them as numbered lines of the text.
    package var choices: [String]?
    /// When it is to go out; at once when absent.
    package var sendAt: NativeTime?

    /// A request for a chat or an address; set the other members afterwards.
    package init(
        chat: String? = nil, to: String? = nil, line: String? = nil, text: String? = nil, files: [String]? = nil,
        replyTo: String? = nil, effect: String? = nil, subject: String? = nil
    ) {
        self.chat = chat
        self.to = to.map { OneOrMany([$0]) }
        self.line = line
        self.text = text
        self.files = files
        self.replyTo = replyTo
        self.effect = effect
        self.subject = subject
    }

    /// The ids of all uploads it names, in their order.
    package var uploads: [String] { (attachments ?? []) + (parts ?? []).compactMap(\.attachment) }

    /// Whether it names files by their paths.
    package var namesFiles: Bool { files?.isEmpty == false || parts?.contains { $0.file != nil } ?? false }

    /// What is to be sent.
    ///
    /// - Parameter path: where the file of an upload is.
    /// - Throws: ``NativeProblem`` 422 when `parts` stand beside what they replace, or a part is not just one thing.
    package func draft(path: (_ upload: String) -> String) throws(NativeProblem) -> Draft {
        var draft = Draft(
            text: text ?? "", files: (files ?? []) + (attachments ?? []).map(path),
            replyTo: replyTo.map(MessageID.init(rawValue:)), effect: effect, subject: subject)
        draft.mentions = (mentions ?? []).map {
            Mention(range: UTF16Range($0.start, $0.length), address: $0.address)
        }
        draft.isVoiceNote = voiceNote ?? false
        draft.choices = choices ?? []
        guard let parts else { return draft }
        guard text == nil, files == nil, attachments == nil, mentions == nil else {
            throw NativeProblem(
                .invalidRequest, detail: "“parts” stands beside what it replaces.",
                remedy: "Leave out “text”, “files”, “attachments” and “mentions”.")
        }
        for part in parts {
            switch (part.text, part.attachment, part.file) {
            case (let text?, nil, nil):
                let start = draft.text.utf16.count
                draft.text += text
                guard let address = part.mention else { continue }
                draft.mentions.append(Mention(range: UTF16Range(start, text.utf16.count), address: address))
            case (nil, let upload?, nil) where part.mention == nil: draft.add(file: path(upload))
            case (nil, nil, let file?) where part.mention == nil: draft.add(file: file)
            default:
                throw NativeProblem(
                    .invalidRequest, detail: "A part is not just a text, an upload or a file.",
                    remedy: "Give each part one of “text”, “attachment” and “file”; “mention” goes with a text.")
            }
        }
        return draft
    }

    /// The members of the body.
    package enum CodingKeys: String, CodingKey, CaseIterable {
        case chat, to, name, line, text, parts, files, attachments, replyTo, effect, subject, mentions, voiceNote,
            choices,
            sendAt
    }
    package typealias Key = CodingKeys
}

extension NativeSendRequest: JSONWritable {
    package func write(to writer: inout JSONWriter) {
        writer.object { writer in
            if let chat { writer.member("chat", chat) }
            if let to { writer.member("to", to) }
            if let name { writer.member("name", name) }
            if let line { writer.member("line", line) }
            if let text { writer.member("text", text) }
            if let parts { writer.member("parts", parts) }
            if let files { writer.member("files", files) }
            if let attachments { writer.member("attachments", attachments) }
            if let replyTo { writer.member("replyTo", replyTo) }
            if let effect { writer.member("effect", effect) }
            if let subject { writer.member("subject", subject) }
            if let mentions { writer.member("mentions", mentions) }
            if let voiceNote { writer.member("voiceNote", voiceNote) }
            if let choices { writer.member("choices", choices) }
            if let sendAt { writer.member("sendAt", sendAt) }
        }
    }
}

extension Draft {
    /// Puts a file where the text ends now.
    fileprivate mutating func add(file: String) {
        files.append(file)
        fileOffsets.append(text.utf16.count)
    }
}

/// A piece of a message to send: a text, or a file.
package struct NativeDraftPart: Hashable, Sendable, Decodable, JSONWritable {
    /// A stretch of the text.
    package var text: String?
    /// The address of the person this text names, a participant of the chat.
    package var mention: String?
    /// The id of an upload.
    package var attachment: String?
    /// The path of a file; only callers on the gateway's own socket may name it.
    package var file: String?

    /// A piece from its fields, one of `text`, `attachment` and `file`.
    package init(text: String? = nil, mention: String? = nil, attachment: String? = nil, file: String? = nil) {
        self.text = text
        self.mention = mention
        self.attachment = attachment
        self.file = file
    }

    package func write(to writer: inout JSONWriter) {
        writer.object { writer in
            if let text { writer.member("text", text) }
            if let mention { writer.member("mention", mention) }
            if let attachment { writer.member("attachment", attachment) }
            if let file { writer.member("file", file) }
        }
    }
}

/// A person mentioned in a text.
package struct NativeMention: Hashable, Sendable, Decodable, JSONWritable {
    /// The address of the person, a participant of the chat.
    package var address: String
    /// Where the words that name the person begin, in UTF-16 code units of the text.
    package var start: Int
    /// How many UTF-16 code units they take.
    package var length: Int

    /// A mention from its fields.
    package init(address: String, start: Int, length: Int) {
        self.address = address
        self.start = start
        self.length = length
    }

    package func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("address", address)
            writer.member("start", start)
            writer.member("length", length)
        }
    }
}

/// One text, or a list of texts.
package struct OneOrMany: Hashable, Sendable, Decodable, JSONWritable {
    /// The texts.
    package var values: [String]

    /// Texts.
    package init(_ values: [String]) { self.values = values }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let one = try? container.decode(String.self) {
            values = [one]
        } else {
            values = try container.decode([String].self)
        }
    }

    package func write(to writer: inout JSONWriter) {
        if values.count == 1 {
            writer.string(values[0])
        } else {
            writer.array { writer in for value in values { writer.string(value) } }
        }
    }
}

extension OneOrMany: SchemaLeaf {
    package static var schema: JSONSchema {
        .anyOf([.string(.length(1...256)), .array(.string(.length(1...256)), .count(1...64))])
    }
    package static var sample: OneOrMany { OneOrMany([]) }
}
