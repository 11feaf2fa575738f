//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// Text on its way to a terminal: what people wrote must not move the cursor, and columns must line up.
enum DisplayText {
    /// The text with control characters and escape sequences made visible as U+FFFD; line feeds become spaces.
    static func safe(_ text: String) -> String {
        var scalars = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x0A, 0x0D, 0x09, 0x2028, 0x2029: scalars.append(" ")
            case 0..<0x20, 0x7F..<0xA0, 0x202A...0x202E, 0x2066...0x2069: scalars.append("\u{FFFD}")
            default: scalars.append(scalar)
            }
        }
        return String(scalars)
    }

    /// How many columns a terminal gives the text.
    static func width(_ text: String) -> Int {
        text.reduce(0) { $0 + width(of: $1) }
    }

    /// The text cut to `columns` with an ellipsis, and padded with spaces to exactly that width.
    static func fitted(_ text: String, columns: Int) -> String {
        let cut = truncated(text, columns: columns)
        return cut + String(repeating: " ", count: max(0, columns - width(cut)))
    }

    /// The text cut to `columns` with an ellipsis.
    static func truncated(_ text: String, columns: Int) -> String {
        guard width(text) > columns else { return text }
        var result = ""
        var used = 0
        for character in text {
            let next = width(of: character)
            guard used + next <= columns - 1 else { break }
            result.append(character)
            used += next
        }
        return result + "…"
    }

    /// The text broken at spaces into lines of at most `columns`; a longer word is cut.
    static func wrapped(_ text: String, columns: Int) -> [String] {
        var lines: [String] = []
        for paragraph in text.split(separator: "\n", omittingEmptySubsequences: false) {
            var line = ""
            for word in safe(String(paragraph)).split(separator: " ") {
                for piece in pieces(of: word, columns: columns) {
                    if line.isEmpty {
                        line = piece
                    } else if width(line) + 1 + width(piece) <= columns {
                        line += " " + piece
                    } else {
                        lines.append(line)
                        line = piece
                    }
                }
            }
            lines.append(line)
        }
        return lines
    }

    private static func pieces(of word: Substring, columns: Int) -> [String] {
        var result: [String] = []
        var piece = ""
        var used = 0
        for character in word {
            let next = width(of: character)
            if used + next > columns {
                result.append(piece)
                piece = ""
                used = 0
            }
            piece.append(character)
            used += next
        }
        return piece.isEmpty ? result : result + [piece]
    }

    /// East Asian wide ranges and emoji take two columns, combining marks none.
    private static func width(of character: Character) -> Int {
        guard let first = character.unicodeScalars.first else { return 0 }
        if first.isASCII { return 1 }
        if character.unicodeScalars.contains(where: { $0.properties.isEmojiPresentation || $0.value == 0xFE0F }) {
            return 2
        }
        switch first.value {
        case 0x0300...0x036F, 0x200B...0x200F, 0xFE00...0xFE0F: return 0
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF,
            0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE4F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x20000...0x3FFFD:
            return 2
        default: return 1
        }
    }
}
