//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// The content to send.
public struct Draft: Hashable, Sendable {
    /// The text; empty when only files are sent.
    public var text: String
    /// Files to send, as absolute paths the gateway may read.
    public var files: [String]
    /// Where each file stands in ``text``, as ascending UTF-16 offsets; empty leaves the order to the transport, which
    /// puts files before the text where both are one message.
    public var fileOffsets: [Int]
    /// The message to answer inline.
    public var replyTo: MessageID?
    /// The send effect, by Apple's identifier.
    public var effect: String?
    /// The subject line.
    public var subject: String?
    /// The people mentioned in ``text``, in its order.
    public var mentions: [Mention]
    /// Whether the only file is a voice note, to be played in the chat.
    public var isVoiceNote: Bool
    /// What the recipient can choose from; a line without lists sends them as numbered lines of the text.
    public var choices: [String]

    /// A draft from its usual fields; set the others afterwards.
    public init(
        text: String, files: [String] = [], replyTo: MessageID? = nil, effect: String? = nil, subject: String? = nil
    ) {
        self.text = text
        self.files = files
        self.replyTo = replyTo
        self.effect = effect
        self.subject = subject
        fileOffsets = []
        mentions = []
        isVoiceNote = false
        choices = []
    }

    /// Text and files in the order they are shown, derived from ``text``, ``files`` and ``fileOffsets``.
    public var parts: [DraftPart] {
        let units = Array(text.utf16)
        var parts: [DraftPart] = []
        var position = 0
        func take(upTo end: Int) {
            let end = min(max(end, position), units.count)
            guard end > position else { return }
            let run = String(decoding: units[position..<end], as: UTF16.self)
            parts.append(.text(run, range: UTF16Range(position, end - position)))
            position = end
        }
        for (index, file) in files.enumerated() {
            take(upTo: index < fileOffsets.count ? fileOffsets[index] : 0)
            parts.append(.file(file))
        }
        take(upTo: units.count)
        return parts
    }
}

/// A piece of a draft as it is shown.
public enum DraftPart: Hashable, Sendable {
    /// A stretch of the text, with where it stands in the whole text.
    case text(String, range: UTF16Range)
    /// A file, by its path.
    case file(String)
}

/// A person mentioned in a text.
public struct Mention: Hashable, Sendable, Codable {
    /// The words that name the person, in UTF-16 code units of the text.
    public var range: UTF16Range
    /// The address of the person, a participant of the chat.
    public var address: String

    /// A mention from its fields.
    public init(range: UTF16Range, address: String) {
        self.range = range
        self.address = address
    }
}

// Written by hand so that stored drafts of earlier versions decode, and drafts without anything new encode as before:
// a digest of the encoded form tells whether two requests are the same.
extension Draft: Codable {
    private enum CodingKeys: String, CodingKey {
        case text, files, fileOffsets, replyTo, effect, subject, mentions, isVoiceNote, choices
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            text: try container.decode(String.self, forKey: .text),
            files: try container.decode([String].self, forKey: .files),
            replyTo: try container.decodeIfPresent(MessageID.self, forKey: .replyTo),
            effect: try container.decodeIfPresent(String.self, forKey: .effect),
            subject: try container.decodeIfPresent(String.self, forKey: .subject))
        fileOffsets = try container.decodeIfPresent([Int].self, forKey: .fileOffsets) ?? []
        mentions = try container.decodeIfPresent([Mention].self, forKey: .mentions) ?? []
        isVoiceNote = try container.decodeIfPresent(Bool.self, forKey: .isVoiceNote) ?? false
        choices = try container.decodeIfPresent([String].self, forKey: .choices) ?? []
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(text, forKey: .text)
        try container.encode(files, forKey: .files)
        try container.encodeIfPresent(replyTo, forKey: .replyTo)
        try container.encodeIfPresent(effect, forKey: .effect)
        try container.encodeIfPresent(subject, forKey: .subject)
        if !fileOffsets.isEmpty { try container.encode(fileOffsets, forKey: .fileOffsets) }
        if !mentions.isEmpty { try container.encode(mentions, forKey: .mentions) }
        if isVoiceNote { try container.encode(isVoiceNote, forKey: .isVoiceNote) }
        if !choices.isEmpty { try container.encode(choices, forKey: .choices) }
    }
}
