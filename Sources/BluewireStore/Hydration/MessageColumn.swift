//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// The columns of a message row that hydration reads, in the order of its one column list.
package enum MessageColumn: Int, CaseIterable {
    case row, guid, text, attributedBody, subject, handle, service, account, error, date, dateRead, dateDelivered
    case isDelivered, isFinished, isFromMe, isRead, isSystemMessage, isServiceMessage, isSent, wasDowngraded
    case hasAttachments, isAudioMessage, itemType, otherHandle, groupTitle, groupAction, shareStatus
    case associatedGUID, associatedType, associatedEmoji, balloonBundle, payload, effect, summary, ownAddress
    case isSpam, threadOriginator, threadPart, wasQuiet, dateRetracted, dateEdited, partCount
    case scheduleType, scheduleState, isOffGrid, isPendingSatellite, isStewie, isAutoReply

    /// The name of the column in the table.
    var name: String {
        switch self {
        case .row: "ROWID"
        case .guid: "guid"
        case .text: "text"
        case .attributedBody: "attributedBody"
        case .subject: "subject"
        case .handle: "handle_id"
        case .service: "service"
        case .account: "account"
        case .error: "error"
        case .date: "date"
        case .dateRead: "date_read"
        case .dateDelivered: "date_delivered"
        case .isDelivered: "is_delivered"
        case .isFinished: "is_finished"
        case .isFromMe: "is_from_me"
        case .isRead: "is_read"
        case .isSystemMessage: "is_system_message"
        case .isServiceMessage: "is_service_message"
        case .isSent: "is_sent"
        case .wasDowngraded: "was_downgraded"
        case .hasAttachments: "cache_has_attachments"
        case .isAudioMessage: "is_audio_message"
        case .itemType: "item_type"
        case .otherHandle: "other_handle"
        case .groupTitle: "group_title"
        case .groupAction: "group_action_type"
        case .shareStatus: "share_status"
        case .associatedGUID: "associated_message_guid"
        case .associatedType: "associated_message_type"
        case .associatedEmoji: "associated_message_emoji"
        case .balloonBundle: "balloon_bundle_id"
        case .payload: "payload_data"
        case .effect: "expressive_send_style_id"
        case .summary: "message_summary_info"
        case .ownAddress: "destination_caller_id"
        case .isSpam: "is_spam"
        case .threadOriginator: "thread_originator_guid"
        case .threadPart: "thread_originator_part"
        case .wasQuiet: "was_delivered_quietly"
        case .dateRetracted: "date_retracted"
        case .dateEdited: "date_edited"
        case .partCount: "part_count"
        case .scheduleType: "schedule_type"
        case .scheduleState: "schedule_state"
        case .isOffGrid: "sent_or_received_off_grid"
        case .isPendingSatellite: "is_pending_satellite_send"
        case .isStewie: "is_stewie"
        case .isAutoReply: "is_auto_reply"
        }
    }

    /// The column list for the message table under the alias `m`; absent columns read NULL.
    package static func list(_ schema: SchemaReport) -> String {
        allCases.map { column in
            column == .row ? "m.ROWID" : schema.has("message", column.name.lowercased()) ? "m.\(column.name)" : "NULL"
        }.joined(separator: ", ")
    }
}
