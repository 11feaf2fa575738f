//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// The decoded content of a message: ordered parts over one string.
public struct MessageBody: Hashable, Sendable, Codable {
    /// The string with its placeholders (U+FFFC attachments, U+FFFD app balloons); all ranges refer to it.
    public var string: String
    /// The parts, ordered by their index.
    ///
    /// Indexes are stable and may have holes: after an unsend they are not renumbered.
    public var parts: [Part]
    /// Whether the archive was damaged and the text was salvaged.
    public var isDegraded: Bool

    /// A body from its parts.
    public init(string: String = "", parts: [Part] = [], isDegraded: Bool = false) {
        self.string = string
        self.parts = parts
        self.isDegraded = isDegraded
    }

    /// One text part without attributes; empty for "".
    public init(text: String) {
        self.init(
            string: text,
            parts: text.isEmpty
                ? []
                : [Part(index: 0, content: .text([TextRun(text: text, range: UTF16Range(0, text.utf16.count))]))]
        )
    }

    /// The text without placeholders; nothing is trimmed.
    public var plainText: String {
        guard string.utf8.contains(0xEF) else { return string }
        var scalars = string.unicodeScalars
        scalars.removeAll { $0 == "\u{FFFC}" || $0 == "\u{FFFD}" }
        return String(scalars)
    }

    /// The transfer GUIDs of the attachment parts, in body order.
    public var attachmentGUIDs: [String] {
        parts.compactMap { if case .attachment(let guid) = $0.content { guid } else { nil } }
    }
}

/// A range in UTF-16 code units, as Apple counts.
public struct UTF16Range: Hashable, Sendable, Codable {
    /// The first code unit.
    public var location: Int
    /// How many code units.
    public var length: Int

    /// A range from its parts.
    public init(_ location: Int, _ length: Int) {
        self.location = location
        self.length = length
    }
}

/// One part of a message: what a tapback, a reply or an edit points at.
public struct Part: Hashable, Sendable, Codable {
    /// The stable part index.
    public var index: Int
    /// What the part holds.
    public var content: Content

    /// A part from its fields.
    public init(index: Int, content: Content) {
        self.index = index
        self.content = content
    }

    /// What a part holds.
    public enum Content: Hashable, Sendable, Codable {
        /// One or more runs of text.
        case text([TextRun])
        /// An attachment, by its transfer GUID.
        case attachment(guid: String)
        /// An app balloon or plug-in breadcrumb.
        case balloon
        /// A part that was taken back; the original range refers to the string as first sent.
        case unsent(originalRange: UTF16Range?)
    }
}

/// Consecutive text with the same attributes.
public struct TextRun: Hashable, Sendable, Codable {
    /// The text.
    public var text: String
    /// Where it stands in the body's string.
    public var range: UTF16Range
    /// What is known about it.
    public var attributes: [TextAttribute]

    /// A run from its fields.
    public init(text: String, range: UTF16Range, attributes: [TextAttribute] = []) {
        self.text = text
        self.range = range
        self.attributes = attributes
    }
}

/// Something known about a run of text.
public enum TextAttribute: Hashable, Sendable, Codable {
    /// A confirmed mention of the person with this address.
    case mention(address: String)
    /// A link target.
    case link(String)
    /// Bold text.
    case bold
    /// Italic text.
    case italic
    /// Underlined text.
    case underline
    /// Struck-through text.
    case strikethrough
    /// An animation by Apple's number (4 ripple, 5 big, 6 bloom, 8 nod, 9 shake, 10 jitter, 11 small, 12 explode).
    case effect(Int)
    /// Something Apple's data detector found: its type and the matched text.
    case detected(type: String, matched: String)
    /// A one-time code.
    case oneTimeCode(String)
    /// Text of a voice note, as transcribed by Apple.
    case transcription(String)
    /// An attribute this version does not interpret, by its name.
    case unknown(name: String)
}
