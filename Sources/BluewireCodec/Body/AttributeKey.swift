//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// The keys Apple uses for attributes of a message body, by what they mean to us.
enum AttributeKey: UInt8, Sendable {
    case part, transfer, transcription, mention, link, bold, italic, underline, strikethrough, effect, detected
    case oneTimeCode
    /// Known, but of no interest to a reader: sizes, file names, writing directions, unconfirmed mentions.
    case ignored
    case unknown

    /// The key written in a range of `bytes`.
    @inline(__always)
    init(_ bytes: LentBytes, _ offset: Int, _ length: Int) {
        // Nearly every dictionary has exactly this key.
        if length == 29, bytes.matches("__kIMMessagePartAttributeName", at: offset) {
            self = .part
        } else {
            self = Self.other(bytes, offset, length)
        }
    }

    private static func other(_ bytes: LentBytes, _ offset: Int, _ length: Int) -> AttributeKey {
        for (name, key) in names where bytes.equals(name, offset, length) { return key }
        return .unknown
    }

    private static let names: [(StaticString, AttributeKey)] = [
        ("__kIMBaseWritingDirectionAttributeName", .ignored),
        ("__kIMFileTransferGUIDAttributeName", .transfer),
        ("__kIMLinkAttributeName", .link),
        ("__kIMDataDetectedAttributeName", .detected),
        ("__kIMFilenameAttributeName", .ignored),
        ("__kIMInlineMediaWidthAttributeName", .ignored),
        ("__kIMInlineMediaHeightAttributeName", .ignored),
        ("__kIMMentionConfirmedMention", .mention),
        ("__kIMTextBoldAttributeName", .bold),
        ("__kIMTextItalicAttributeName", .italic),
        ("__kIMTextUnderlineAttributeName", .underline),
        ("__kIMTextStrikethroughAttributeName", .strikethrough),
        ("__kIMTextEffectAttributeName", .effect),
        ("__kIMLinkIsRichLinkAttributeName", .ignored),
        ("__kIMPhoneNumberAttributeName", .detected),
        ("__kIMAddressAttributeName", .detected),
        ("__kIMCalendarEventAttributeName", .detected),
        ("__kIMMoneyAttributeName", .detected),
        ("__kIMOneTimeCodeAttributeName", .oneTimeCode),
        ("IMAudioTranscription", .transcription),
        ("__kIMMentionAutomaticConfirmedMention", .ignored),
        ("__kIMMentionUnconfirmedMention", .ignored),
        ("__kIMMessagePartAttributeName", .part),
    ]
}
