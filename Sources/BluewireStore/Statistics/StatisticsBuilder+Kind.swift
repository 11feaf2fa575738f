//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireCodec
import BluewireModel

extension StatisticsBuilder {
    /// The kind of a row in the words of a report; the first rule that fits wins.
    func kind(
        _ row: MessageRow, summary: MessageSummary, body: MessageBody, attributes: Set<String>,
        hasAttachment: Bool, isBusiness: Bool
    ) -> String {
        if row.scheduleType == 2 { return "scheduled" }
        switch row.associatedType {
        case 1000: return "sticker"
        case 2000..<3000: return "tapback_add"
        case 4000: return "poll_vote"
        case 3000..<4000: return "tapback_remove"
        default: break
        }
        if row.itemType != 0 { return row.itemType <= 3 ? "group_event" : "other_event" }
        if let balloon = row.balloonBundle {
            if balloon.hasSuffix(".URLBalloonProvider") { return "link_preview" }
            return balloon.hasSuffix(":com.apple.messages.Polls") ? "poll" : "app"
        }
        if row.isAudioMessage { return "audio" }
        if row.isSpam { return "spam" }
        if row.error != 0 { return "failed" }
        if row.isOffGrid { return "satellite" }
        if !summary.unsentParts.isEmpty { return row.attributedBody == nil ? "unsent" : "part_unsent" }
        if !summary.edits.isEmpty { return "edited" }
        if row.attributedBody == nil, row.text == nil { return "empty" }
        if hasAttachment { return Set(body.parts.map(\.index)).count == 1 ? "attachment" : "multipart" }
        if isBusiness { return "business" }
        let plain: Set<String> = [BodyAttributeNames.part, BodyAttributeNames.writingDirection]
        if !attributes.isSubset(of: plain) { return "text_rich" }
        return body.string.utf8.count >= 1000 ? "long_text" : "text"
    }
}
