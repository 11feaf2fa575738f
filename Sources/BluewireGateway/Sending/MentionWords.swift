//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel

/// A mention as a person writes it: `+15551234567=Ana`, the words standing somewhere in the text.
package enum MentionWords {
    /// Where the words of each mention stand: at their first place that no earlier mention has taken.
    ///
    /// - Throws: ``GatewayError`` when a mention has no address, no words, or words the text does not hold.
    package static func mentions(_ options: [String], in text: String) throws -> [Mention] {
        var taken: [Range<String.Index>] = []
        var mentions: [Mention] = []
        for option in options {
            let sides = option.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard sides.count == 2, !sides[0].isEmpty, !sides[1].isEmpty else {
                throw GatewayError(
                    .badData, message: "A mention is written ADDRESS=NAME.",
                    remedy: "For example --mention +15551234567=Ana, with Ana in the text.")
            }
            guard let place = place(of: String(sides[1]), in: text, besides: taken) else {
                throw GatewayError(
                    .badData, message: "The text does not hold the name of a mention.",
                    remedy: "Write the name in the text as it stands in --mention.")
            }
            taken.append(place)
            let start = place.lowerBound.utf16Offset(in: text)
            let range = UTF16Range(start, place.upperBound.utf16Offset(in: text) - start)
            mentions.append(Mention(range: range, address: String(sides[0])))
        }
        return mentions
    }

    private static func place(
        of words: String, in text: String, besides taken: [Range<String.Index>]
    ) -> Range<String.Index>? {
        var start = text.startIndex
        while start < text.endIndex {
            guard let found = text[start...].firstRange(of: words) else { return nil }
            if !taken.contains(where: { $0.overlaps(found) }) { return found }
            start = found.upperBound
        }
        return nil
    }
}
