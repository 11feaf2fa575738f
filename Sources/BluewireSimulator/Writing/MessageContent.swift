//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

internal import BluewireModel

/// What somebody sends: text and files as one message.
struct MessageContent: Sendable {
    var text = ""
    var files: [Media] = []
    /// Where each file stands in the text; empty for all before it.
    var fileOffsets: [Int] = []
    /// Who is mentioned in the text, in its order.
    var mentions: [Mention] = []
    var replyTo: String?
    var effect: String?
    var subject: String?

    init(text: String = "", files: [Media] = []) {
        self.text = text
        self.files = files
    }

    /// Text and files in their order; files are named by their index.
    private var draftParts: [DraftPart] {
        var draft = Draft(text: text, files: files.indices.map(String.init))
        draft.fileOffsets = fileOffsets
        return draft.parts
    }

    /// How many parts the message has.
    var partCount: Int { draftParts.count }

    /// The body of the message with that guid: one part for each file and each stretch of text.
    ///
    /// - Parameter detectsLinks: whether links are marked, as data detection does.
    func body(of message: String, detectsLinks: Bool = false) -> MessageBody {
        var body = MessageBody(string: "", parts: [])
        for (index, part) in draftParts.enumerated() {
            switch part {
            case .file:
                body.string += "\u{FFFC}"
                body.parts.append(Part(index: index, content: .attachment(guid: Self.transfer(index, of: message))))
            case .text(let text, let range):
                let start = body.string.utf16.count
                body.parts.append(
                    Part(index: index, content: .text(runs(of: range, from: start, detectsLinks: detectsLinks))))
                body.string += text
            }
        }
        return body
    }

    /// The transfer GUID of a part.
    static func transfer(_ part: Int, of message: String) -> String { "at_\(part)_\(message)" }

    /// The transfer GUID of the file at `index`.
    func transfer(ofFile index: Int, of message: String) -> String {
        let part = draftParts.firstIndex { $0 == .file(String(index)) } ?? index
        return Self.transfer(part, of: message)
    }

    /// Whether data detection would mark something.
    var hasLinks: Bool { text.contains("https://") || text.contains("http://") }

    /// The runs of a stretch of the text: mentions on their own, links marked where detection ran.
    private func runs(of range: UTF16Range, from start: Int, detectsLinks: Bool) -> [TextRun] {
        let units = Array(text.utf16)
        let end = range.location + range.length
        var runs: [TextRun] = []
        var position = range.location
        func piece(upTo stop: Int) -> String {
            defer { position = stop }
            return String(decoding: units[position..<stop], as: UTF16.self)
        }
        func plain(upTo stop: Int) {
            guard stop > position else { return }
            let at = start + position - range.location
            runs += Self.runs(of: piece(upTo: stop), from: at, detectsLinks: detectsLinks)
        }
        for mention in mentions
        where mention.range.location >= position && mention.range.location + mention.range.length <= end {
            plain(upTo: mention.range.location)
            let place = UTF16Range(start + position - range.location, mention.range.length)
            let name = piece(upTo: position + mention.range.length)
            runs.append(TextRun(text: name, range: place, attributes: [.mention(address: mention.address)]))
        }
        plain(upTo: end)
        return runs
    }

    private static func runs(of text: String, from start: Int, detectsLinks: Bool) -> [TextRun] {
        guard detectsLinks else {
            return [TextRun(text: text, range: UTF16Range(start, text.utf16.count))]
        }
        var runs: [TextRun] = []
        var position = start
        for piece in pieces(of: text) {
            let length = piece.utf16.count
            let isLink = piece.hasPrefix("https://") || piece.hasPrefix("http://")
            let attributes: [TextAttribute] = isLink ? [.link(piece)] : []
            runs.append(TextRun(text: piece, range: UTF16Range(position, length), attributes: attributes))
            position += length
        }
        return runs
    }

    /// The text cut before and after each link.
    private static func pieces(of text: String) -> [String] {
        var pieces: [String] = []
        var current = ""
        for word in words(of: text) {
            let isLink = word.hasPrefix("https://") || word.hasPrefix("http://")
            if isLink, !current.isEmpty {
                pieces.append(current)
                current = ""
            }
            current += word
            if isLink {
                pieces.append(current)
                current = ""
            }
        }
        return current.isEmpty ? pieces : pieces + [current]
    }

    /// Alternately white space and everything else, so that the words put together give the text.
    private static func words(of text: String) -> [String] {
        var words: [String] = []
        for character in text {
            if let last = words.last?.last, last.isWhitespace == character.isWhitespace {
                words[words.count - 1].append(character)
            } else {
                words.append(String(character))
            }
        }
        return words
    }
}
