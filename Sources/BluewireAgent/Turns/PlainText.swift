//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

private import BluewireModel

/// Takes the marks of Markdown out of a bubble: Messages would show them as they are.
///
/// Pure and cautious: a mark goes only where it is certainly one, so that `2 * 3`, `snake_case` and code stay whole.
package enum PlainText {
    /// The words of `bubble` as a person would type them.
    package static func of(_ bubble: String) -> String {
        var lines: [String] = []
        var isCode = false
        for line in bubble.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
            if line.trimmingSpaces().hasPrefix("```") {
                isCode.toggle()
            } else {
                lines.append(isCode ? line : plain(line))
            }
        }
        return lines.joined(separator: "\n").trimmingSpaces()
    }

    private static func plain(_ line: String) -> String {
        var text = line
        let hashes = text.prefix { $0 == "#" }.count
        if (1...6).contains(hashes), text.dropFirst(hashes).first == " " {
            text = String(text.dropFirst(hashes)).trimmingSpaces()
        }
        let indent = text.prefix { $0 == " " }
        if text.dropFirst(indent.count).hasPrefix("* ") { text = indent + "• " + text.dropFirst(indent.count + 2) }
        // Between backticks nothing else is a mark.
        let pieces = text.split(separator: "`", omittingEmptySubsequences: false).map(String.init)
        guard pieces.count % 2 == 1 else { return marks(text) }
        return pieces.enumerated().map { $0.offset % 2 == 0 ? marks($0.element) : $0.element }.joined()
    }

    private static func marks(_ text: String) -> String {
        unlinked(unmarked(unmarked(text, "**"), "__"))
    }

    /// Removes pairs of `mark` that stand close around words.
    private static func unmarked(_ text: String, _ mark: String) -> String {
        var pieces = text.split(separator: mark, omittingEmptySubsequences: false).map(String.init)
        var index = 1
        while index + 1 < pieces.count {
            let (before, inner, after) = (pieces[index - 1], pieces[index], pieces[index + 1])
            let isClose = inner.first?.isWhitespace == false && inner.last?.isWhitespace == false
            let isFree = before.last.map { !$0.isLetter && !$0.isNumber } ?? true
            let isEnded = after.first.map { !$0.isLetter && !$0.isNumber } ?? true
            if isClose, isFree, isEnded {
                pieces.replaceSubrange((index - 1)...(index + 1), with: [before + inner + after])
            } else {
                index += 1
            }
        }
        return pieces.joined(separator: mark)
    }

    /// Writes `[words](address)` as `words (address)`, and an address that is its own words once.
    private static func unlinked(_ text: String) -> String {
        var result = ""
        var rest = text[...]
        while let open = rest.firstIndex(of: "[") {
            result += rest[..<open]
            rest = rest[open...]
            guard let middle = rest.firstIndex(of: "]"), rest[rest.index(after: middle)...].hasPrefix("(http"),
                let end = rest[middle...].firstIndex(of: ")")
            else {
                result.append("[")
                rest = rest.dropFirst()
                continue
            }
            let words = rest[rest.index(after: open)..<middle]
            let address = rest[rest.index(middle, offsetBy: 2)..<end]
            result += words == address || words.isEmpty ? String(address) : "\(words) (\(address))"
            rest = rest[rest.index(after: end)...]
        }
        return result + rest
    }
}
