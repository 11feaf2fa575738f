//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

private import BluewireModel

/// Cuts an answer into the bubbles a person would send.
///
/// Pure; only white space at the cuts is lost.
///
/// It cuts at lines of three dashes, at blank lines, then between sentences, then between words; never inside a URL, a
/// word or a grapheme unless one alone exceeds the hard limit. A fenced block of code stays in one piece; when it must
/// be cut, the fence is closed and opened again.
package struct BubbleSplitter: Sendable, Hashable {
    /// The length a bubble should not exceed, in characters.
    package var softLimit = 400
    /// The length a bubble never exceeds.
    package var hardLimit = 4000
    /// More pieces than this are joined into the last one.
    package var maximumBubbles = 5
    /// Shorter pieces join their neighbour.
    package var leastLength = 20

    /// A splitter with the usual limits.
    package init() {}

    /// The bubbles of `text`; none for white space or for the silent answer `NO_REPLY`.
    package func split(_ text: String) -> [String] {
        let trimmed = text.trimmingSpaces()
        guard !trimmed.isEmpty, trimmed.lowercased() != "no_reply" else { return [] }
        var pieces: [String] = []
        for section in Self.blocks(trimmed) {
            if section.hasPrefix("```") {
                pieces += codePieces(section)
            } else {
                pieces += section.count <= softLimit ? [section] : pack(section)
            }
        }
        return limit(join(pieces))
    }

    /// Paragraphs, with fenced code kept whole.
    private static func blocks(_ text: String) -> [String] {
        var blocks: [String] = []
        var current: [Substring] = []
        var isCode = false
        func close() {
            let block = current.joined(separator: "\n").trimmingSpaces()
            if !block.isEmpty { blocks.append(block) }
            current = []
        }
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            let bare = String(line).trimmingSpaces()
            if bare.hasPrefix("```") {
                if !isCode { close() }
                current.append(line)
                if isCode { close() }
                isCode.toggle()
            } else if !isCode, bare.isEmpty || bare == "---" {
                close()
            } else {
                current.append(line)
            }
        }
        close()
        return blocks
    }

    /// Sentences, then words, packed into pieces up to the soft limit.
    private func pack(_ text: String) -> [String] {
        var pieces: [String] = []
        var current = ""
        for sentence in Self.sentences(text) {
            if current.count + sentence.count <= softLimit {
                current += sentence
                continue
            }
            if !current.isEmpty { pieces.append(current) }
            current = ""
            guard sentence.trimmingSpaces().count > softLimit else {
                current = sentence
                continue
            }
            for word in Self.words(sentence) {
                if current.count + word.count > softLimit, !current.isEmpty {
                    pieces.append(current)
                    current = ""
                }
                current += word
            }
        }
        pieces.append(current)
        return pieces.map { $0.trimmingSpaces() }.filter { !$0.isEmpty }
    }

    /// Sentences with the white space behind them.
    ///
    /// A dot ends one only before white space and an upper-case letter or a line end, so that "e.g. this", "3.5 km" and
    /// URLs stay whole.
    private static func sentences(_ text: String) -> [String] {
        let characters = Array(text)
        var sentences: [String] = []
        var start = 0
        var index = 0
        while index < characters.count {
            let character = characters[index]
            index += 1
            let isWide = "。！？".contains(character)
            guard isWide || ".!?…\n".contains(character) else { continue }
            var next = index
            while next < characters.count, characters[next].isWhitespace { next += 1 }
            let hasSpace = next > index || character == "\n"
            guard isWide || hasSpace || next == characters.count else { continue }
            if character == ".", next < characters.count {
                if characters[next].isLowercase { continue }
                let word = String(characters[start..<(index - 1)].reversed().prefix { $0.isLetter }.reversed())
                if abbreviations.contains(word.lowercased()) || (word.count == 1 && word[word.startIndex].isUppercase) {
                    continue
                }
            }
            sentences.append(String(characters[start..<next]))
            start = next
            index = next
        }
        if start < characters.count { sentences.append(String(characters[start...])) }
        return sentences
    }

    private static let abbreviations: Set<String> = [
        "mr", "mrs", "ms", "dr", "prof", "st", "no", "vs", "fig", "approx",
    ]

    /// Words with the white space behind them; a number keeps the short word after it (its unit).
    private static func words(_ text: String) -> [String] {
        var words: [String] = []
        var current = ""
        var sawSpace = false
        for character in text {
            if !character.isWhitespace, sawSpace {
                words.append(current)
                current = ""
                sawSpace = false
            }
            if character.isWhitespace { sawSpace = true }
            current.append(character)
        }
        words.append(current)
        var joined: [String] = []
        for word in words {
            if let last = joined.last, last.trimmingSpaces().last?.isNumber == true, word.trimmingSpaces().count <= 3 {
                joined[joined.count - 1] += word
            } else {
                joined.append(word)
            }
        }
        return joined
    }

    private func codePieces(_ block: String) -> [String] {
        guard block.count > hardLimit else { return [block] }
        var lines = block.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let opening = lines.removeFirst()
        if lines.last?.hasPrefix("```") == true { lines.removeLast() }
        var pieces: [String] = []
        var current: [String] = []
        var length = 0
        let room = max(1, hardLimit - opening.count - 5)
        for line in lines.flatMap({ Self.chop($0, room) }) {
            if length + line.count + 1 > room, !current.isEmpty {
                pieces.append(([opening] + current + ["```"]).joined(separator: "\n"))
                current = []
                length = 0
            }
            current.append(line)
            length += line.count + 1
        }
        if !current.isEmpty { pieces.append(([opening] + current + ["```"]).joined(separator: "\n")) }
        return pieces
    }

    /// Joins fragments to the piece before them, or the first one to the piece after it.
    private func join(_ pieces: [String]) -> [String] {
        var joined: [String] = []
        for piece in pieces {
            if let last = joined.last, piece.count < leastLength || last.count < leastLength,
                !piece.hasPrefix("```"), !last.hasSuffix("```"), last.count + piece.count < softLimit
            {
                joined[joined.count - 1] = last + "\n" + piece
            } else {
                joined.append(piece)
            }
        }
        return joined
    }

    private func limit(_ pieces: [String]) -> [String] {
        var bubbles = pieces
        if bubbles.count > maximumBubbles {
            let tail = bubbles[(maximumBubbles - 1)...].joined(separator: "\n\n")
            bubbles = Array(bubbles[..<(maximumBubbles - 1)]) + [tail]
        }
        // The hard limit wins over the number of bubbles.
        return bubbles.flatMap { bubble -> [String] in
            guard bubble.count > hardLimit else { return [bubble] }
            var parts: [String] = []
            var current = ""
            for word in Self.words(bubble).flatMap({ Self.chop($0, hardLimit) }) {
                if current.count + word.count > hardLimit {
                    parts.append(current.trimmingSpaces())
                    current = ""
                }
                current += word
            }
            parts.append(current.trimmingSpaces())
            return parts.filter { !$0.isEmpty }
        }
    }

    private static func chop(_ text: String, _ length: Int) -> [String] {
        guard text.count > length else { return [text] }
        var pieces: [String] = []
        var rest = text[...]
        while !rest.isEmpty {
            pieces.append(String(rest.prefix(length)))
            rest = rest.dropFirst(length)
        }
        return pieces
    }
}
