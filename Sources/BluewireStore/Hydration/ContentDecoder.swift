//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel

/// The columns of a message row that hold archives, read with the codec.
struct ContentDecoder: Sendable {
    /// What `message_summary_info` says.
    struct Summary {
        var edits: [MessageEdit] = []
        var unsentParts: [Int] = []
        var originalRanges: [Int: UTF16Range] = [:]
    }

    func timestamp(_ raw: Int64?) -> Timestamp? {
        guard let raw, raw > 0 else { return nil }
        return Timestamp(nanoseconds: raw &+ 978_307_200_000_000_000)
    }

    func summary(_ bytes: [UInt8]?) -> Summary { Summary() }

    func body(attributedBody: [UInt8]?, text: String?, summary: Summary) -> MessageBody {
        MessageBody(text: text ?? "")
    }

    func balloon(bundleID: String?, payload: [UInt8]?, text: String) -> Balloon? {
        bundleID.map { Balloon(bundleID: $0) }
    }

    func transcription(_ userInfo: [UInt8]?) -> String? { nil }
}

extension ContentDecoder {
    /// The tapback of a row's columns; a removal names the kind it takes off.
    func tapback(
        id: String, reference: String, type: Int, emoji: String?, sentence: String?, attributedSentence: [UInt8]?,
        sender: Handle?, isFromMe: Bool, date: Int64
    ) -> Tapback {
        let place = TapbackReference(reference)
        let kind = Tapback.Kind(rawValue: type >= 3000 && type < 4000 ? type - 1000 : type)
        var emoji = emoji.flatMap { $0.isEmpty ? nil : $0 }
        if kind == .emoji, emoji == nil {
            let text = body(attributedBody: attributedSentence, text: sentence, summary: Summary()).string
            emoji = text.first { $0.isEmojiLike }.map(String.init)
        }
        return Tapback(
            id: MessageID(rawValue: id), target: MessageID(rawValue: place.target), part: place.part, kind: kind,
            emoji: kind == .emoji ? emoji : nil, sender: sender, isFromMe: isFromMe,
            date: timestamp(date) ?? Timestamp(nanoseconds: 0)
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

extension ContentDecoder {
    /// Only the text of a body, for search.
    func plainText(attributedBody: [UInt8]?, text: String?) -> String {
        body(attributedBody: attributedBody, text: text, summary: Summary()).plainText
    }
}
