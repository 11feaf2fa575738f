//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

internal import BluewireCodec
internal import BluewireModel

/// What the daemon keeps in `message_summary_info`.
enum SummaryWriter {
    /// The summary of an ordinary message.
    static func plain() -> [UInt8] { MessageSummary().encode() }

    /// The summary of a tapback.
    static func tapback(about text: String) -> [UInt8] {
        var summary = MessageSummary()
        summary.targetSummary = text
        return summary.encode()
    }

    /// Reads a stored summary; one that cannot be read counts as empty.
    static func read(_ bytes: [UInt8]?) -> MessageSummary {
        bytes.flatMap { try? MessageSummary(decoding: $0) } ?? MessageSummary()
    }

    /// Notes where each part stood before the first change.
    static func noteRanges(of body: MessageBody, in summary: inout MessageSummary) {
        guard summary.originalRanges.isEmpty else { return }
        var position = 0
        for part in body.parts {
            let length =
                switch part.content {
                case .text(let runs): runs.reduce(0) { $0 + $1.text.utf16.count }
                case .attachment, .balloon: 1
                case .unsent: 0
                }
            summary.originalRanges[part.index] = UTF16Range(position, length)
            position += length
        }
    }

    /// Adds a version to a part's history, the original one first.
    static func noteEdit(
        part: Int, from before: String, sentAt: Timestamp, to text: String, at now: Timestamp,
        in summary: inout MessageSummary
    ) {
        let index = summary.edits.firstIndex { $0.part == part }
        let version = MessageEdit.Version(text: text, date: now)
        if let index {
            summary.edits[index].versions.append(version)
        } else {
            let original = MessageEdit.Version(text: before, date: sentAt)
            summary.edits.append(MessageEdit(part: part, versions: [original, version]))
        }
        forgetStoredHistory(in: &summary)
    }

    /// Marks a part as taken back; its history goes with it.
    static func noteUnsend(part: Int, in summary: inout MessageSummary) {
        summary.edits.removeAll { $0.part == part }
        if !summary.unsentParts.contains(part) { summary.unsentParts.append(part) }
        forgetStoredHistory(in: &summary)
    }

    /// A stored history wins over the decoded one when a summary is written; after a change it must not.
    private static func forgetStoredHistory(in summary: inout MessageSummary) {
        summary.raw["ec"] = nil
        summary.raw["ep"] = nil
    }
}
