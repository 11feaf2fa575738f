//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import BluewireState
import BluewireTransport

/// Checks a draft as far as that is possible without looking anywhere; pure.
struct DraftCheck {
    var limits: OutboundGate.Limits

    private static let sounds: Set<String> = ["caf", "m4a", "mp3", "wav", "aac", "aif", "aiff", "amr"]

    /// The draft in the form in which it is stored.
    func checked(_ draft: Draft) throws(OutboundError) -> Draft {
        var draft = draft
        try check(text: draft.text)
        if NormalisedText(draft.text).rawValue.isEmpty {
            guard !draft.files.isEmpty else {
                throw .invalid(
                    "There is nothing to send.", "Give a text that is not only white space, or a file.", member: "text")
            }
            draft.text = ""
        }
        if let subject = draft.subject, subject.count > limits.subjectLength || subject.utf8.contains(0) {
            throw .invalid(
                "The subject is too long.", "Use at most \(limits.subjectLength) characters.", member: "subject")
        }
        guard draft.files.count <= limits.fileCount else {
            throw .invalid(
                "There are too many files.", "Send at most \(limits.fileCount) files at a time.", member: "files")
        }
        let units = Array(draft.text.utf16)
        try checkOffsets(draft, units)
        draft.mentions.sort { $0.range.location < $1.range.location }
        try checkMentions(draft, units)
        try checkVoiceNote(draft)
        try checkChoices(draft)
        return draft
    }

    /// Refuses a text that is too long or cannot be carried.
    func check(text: String) throws(OutboundError) {
        guard text.utf8.count <= limits.textBytes, text.count <= limits.textLength else {
            throw .invalid(
                "The text is too long.", "Use at most \(limits.textLength) characters, or send a file.", member: "text")
        }
        guard !text.utf8.contains(0) else {
            throw .invalid("The text holds a NUL character.", "Remove it.", member: "text")
        }
    }

    private func checkOffsets(_ draft: Draft, _ units: [UInt16]) throws(OutboundError) {
        guard !draft.fileOffsets.isEmpty else { return }
        let isAscending = zip(draft.fileOffsets, draft.fileOffsets.dropFirst()).allSatisfy { $0 <= $1 }
        guard draft.fileOffsets.count == draft.files.count, isAscending,
            draft.fileOffsets.allSatisfy({ Self.isBoundary($0, in: units) })
        else {
            throw .invalid(
                "The files do not stand in the text.", "Give each file a place in the text, in ascending order.",
                member: "parts")
        }
    }

    private func checkMentions(_ draft: Draft, _ units: [UInt16]) throws(OutboundError) {
        guard draft.mentions.count <= limits.mentionCount else {
            throw .invalid(
                "There are too many mentions.", "Mention at most \(limits.mentionCount) people.", member: "mentions")
        }
        var end = 0
        for mention in draft.mentions {
            let (stop, overflow) = mention.range.location.addingReportingOverflow(mention.range.length)
            guard mention.range.length > 0, !overflow, mention.range.location >= end,
                Self.isBoundary(mention.range.location, in: units), Self.isBoundary(stop, in: units)
            else {
                throw .invalid(
                    "A mention lies outside the text, cuts a character or overlaps another.",
                    "Give the UTF-16 range of the name in the text.", member: "mentions")
            }
            end = stop
        }
    }

    private func checkVoiceNote(_ draft: Draft) throws(OutboundError) {
        guard draft.isVoiceNote else { return }
        guard draft.files.count == 1, draft.text.isEmpty, draft.subject == nil, draft.choices.isEmpty,
            Self.sounds.contains(draft.files[0].split(separator: ".").last?.lowercased() ?? "")
        else {
            throw .invalid(
                "A voice note is one audio file and nothing else.",
                "Send the file alone, as \(Self.sounds.sorted().joined(separator: ", ")).", member: "voiceNote")
        }
    }

    private func checkChoices(_ draft: Draft) throws(OutboundError) {
        guard !draft.choices.isEmpty else { return }
        let isFine = draft.choices.allSatisfy { choice in
            !NormalisedText(choice).rawValue.isEmpty && choice.count <= limits.choiceLength
                && !choice.unicodeScalars.contains { $0.properties.generalCategory == .control || $0 == "\u{2028}" }
        }
        let isUnique = Set(draft.choices.map { NormalisedText($0).rawValue }).count == draft.choices.count
        guard (2...limits.choiceCount).contains(draft.choices.count), isFine, isUnique, !draft.text.isEmpty else {
            throw .invalid(
                "The choices do not make a question.",
                "Give a text and 2 to \(limits.choiceCount) different lines of up to \(limits.choiceLength) characters.",
                member: "choices")
        }
    }

    /// Whether `offset` lies in the text and does not cut a surrogate pair.
    private static func isBoundary(_ offset: Int, in units: [UInt16]) -> Bool {
        guard (0...units.count).contains(offset) else { return false }
        return offset == units.count || !UTF16.isTrailSurrogate(units[offset])
    }
}
