//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// A word of a phrase: as written, and in the form rules compare.
struct PhraseWord: Hashable {
    /// As written, with its punctuation.
    let text: String
    /// Lower-case, without punctuation around it.
    let lower: String

    init(_ text: Substring) {
        self.text = String(text)
        var bare = text[...]
        while let last = bare.last, ",;!?".contains(last) || (last == "." && !Self.isDottedDate(bare)) {
            bare.removeLast()
        }
        while let first = bare.first, ",;(\"“".contains(first) { bare.removeFirst() }
        while let last = bare.last, ")\"”".contains(last) { bare.removeLast() }
        lower = bare.lowercased().replacing("’", with: "'")
    }

    /// Splits at white space.
    static func split(_ text: String) -> [PhraseWord] {
        text.split(whereSeparator: \.isWhitespace).map { PhraseWord($0) }
    }

    /// The words as written, without punctuation left over at the ends.
    static func join(_ words: ArraySlice<PhraseWord>) -> String {
        var text = words.map(\.text).joined(separator: " ")[...]
        while let last = text.last, ",;:.-".contains(last) || last.isWhitespace { text.removeLast() }
        while let first = text.first, ",;:-".contains(first) || first.isWhitespace { text.removeFirst() }
        return String(text)
    }

    /// Removes "please remind me" and its relatives; false when the phrase starts otherwise.
    static func dropLeadIn(_ words: inout [PhraseWord]) -> Bool {
        let polite = [
            "please", "hey", "hi", "ok", "okay", "can", "could", "would", "will", "you", "and", "also", "kindly",
        ]
        var rest = words[...]
        while let first = rest.first, polite.contains(first.lower) { rest = rest.dropFirst() }
        let openings = [
            ["set", "a", "reminder"], ["set", "reminder"], ["create", "a", "reminder"], ["add", "a", "reminder"],
            ["make", "a", "reminder"], ["new", "reminder"], ["i", "need", "a", "reminder"], ["remind", "me"],
            ["remind", "us"], ["reminder:"], ["reminder"], ["remind:"], ["remind"], ["ping", "me"], ["nudge", "me"],
            ["don't", "let", "me", "forget"], ["dont", "let", "me", "forget"],
        ]
        for opening in openings where rest.prefix(opening.count).map(\.lower).elementsEqual(opening) {
            rest = rest.dropFirst(opening.count)
            while let first = rest.first, ["please", ":", "-", "for"].contains(first.lower) { rest = rest.dropFirst() }
            words = Array(rest)
            return true
        }
        return false
    }

    private static func isDottedDate(_ text: Substring) -> Bool {
        text.filter { $0 == "." }.count >= 2 && text.allSatisfy { $0.isNumber || $0 == "." }
    }
}
