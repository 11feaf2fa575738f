//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireCodec
import BluewireModel

/// Reads the columns of a message row that hold archives; one value serves many rows and keeps its tables.
struct ContentDecoder {
    private var bodies = BodyDecoder()

    /// A date column; nil for NULL, 0 and bogus values.
    func timestamp(_ raw: Int64?) -> Timestamp? { AppleTime.timestamp(raw) }

    /// What `message_summary_info` says; empty when it is NULL or damaged.
    func summary(_ bytes: [UInt8]?) -> MessageSummary {
        guard let bytes, !bytes.isEmpty else { return MessageSummary() }
        do throws(PropertyListError) {
            return try MessageSummary(decoding: bytes)
        } catch {
            // A damaged history must not hide the message.
            return MessageSummary()
        }
    }

    /// The decoded body with its unsent parts in place.
    mutating func body(attributedBody: [UInt8]?, text: String?, summary: MessageSummary) -> MessageBody {
        bodies.decode(
            attributedBody: attributedBody, text: text, unsentParts: summary.unsentParts,
            originalRanges: summary.originalRanges
        )
    }

    /// Only the text of a body with its placeholders, for search.
    mutating func plainText(attributedBody: [UInt8]?, text: String?) -> String {
        bodies.text(attributedBody: attributedBody, text: text) ?? ""
    }
}

extension ContentDecoder {
    /// The tapback of a row's columns; a removal names the kind it takes off.
    mutating func tapback(
        id: String, reference: String, kind: Tapback.Kind, emoji: String?, sentence: String?,
        attributedSentence: [UInt8]?,
        sender: Handle?, isFromMe: Bool, date: Int64
    ) -> Tapback {
        let place = TapbackReference(reference)
        var emoji = emoji.flatMap { $0.isEmpty ? nil : $0 }
        if kind == .emoji, emoji == nil {
            let text = plainText(attributedBody: attributedSentence, text: sentence)
            emoji = text.first { $0.isEmojiLike }.map(String.init)
        }
        return Tapback(
            id: MessageID(rawValue: id), target: MessageID(rawValue: place.target), part: place.part, kind: kind,
            emoji: kind == .emoji ? emoji : nil, sender: sender, isFromMe: isFromMe,
            date: AppleTime.timestamp(date) ?? Timestamp(nanoseconds: 0)
        )
    }
}

extension Character {
    /// Whether it is shown as an emoji; digits and `#`, which are emoji by property only, are not.
    fileprivate var isEmojiLike: Bool {
        guard let first = unicodeScalars.first else { return false }
        return first.properties.isEmojiPresentation
            || (first.properties.isEmoji && unicodeScalars.contains { $0.value == 0xFE0F })
    }
}
