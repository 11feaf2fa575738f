//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

internal import BluewireModel

/// What somebody sends: files, then text, as one message.
struct MessageContent: Sendable {
    var text = ""
    var files: [Media] = []
    var replyTo: String?
    var effect: String?
    var subject: String?

    init(text: String = "", files: [Media] = []) {
        self.text = text
        self.files = files
    }

    /// The body of the message with that guid: one part per file, then one for the text.
    ///
    /// - Parameter detectsLinks: whether links are marked, as data detection does.
    func body(of message: String, detectsLinks: Bool = false) -> MessageBody {
        var body = MessageBody(string: "", parts: [])
        for index in files.indices {
            body.string += "\u{FFFC}"
            body.parts.append(Part(index: index, content: .attachment(guid: Self.transfer(index, of: message))))
        }
        guard !text.isEmpty else { return body }
        let runs = Self.runs(of: text, from: body.string.utf16.count, detectsLinks: detectsLinks)
        body.string += text
        body.parts.append(Part(index: files.count, content: .text(runs)))
        return body
    }

    /// The transfer GUID of a part.
    static func transfer(_ part: Int, of message: String) -> String { "at_\(part)_\(message)" }

    /// Whether data detection would mark something.
    var hasLinks: Bool { text.contains("https://") || text.contains("http://") }

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
