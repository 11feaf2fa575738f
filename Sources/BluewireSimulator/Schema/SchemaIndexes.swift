//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

extension SchemaDefinition {
    /// Every index of the generation.
    var indexes: [IndexDefinition] {
        var all = commonIndexes
        all += generation >= .tahoe ? tahoeIndexes : olderIndexes
        if generation >= .sequoia { all += recentIndexes }
        return all
    }

    private var commonIndexes: [IndexDefinition] {
        [
            IndexDefinition(
                "attachment", "attachment_idx_purged_attachments_v2", "hide_attachment, ck_sync_state, transfer_state",
                where: "hide_attachment = 0 AND (ck_sync_state = 1 OR ck_sync_state = 4) AND transfer_state = 0"
            ),
            IndexDefinition("chat_handle_join", "chat_handle_join_idx_handle_id", "handle_id"),
            IndexDefinition("chat", "chat_idx_chat_identifier", "chat_identifier"),
            IndexDefinition("chat", "chat_idx_chat_identifier_service_name", "chat_identifier, service_name"),
            IndexDefinition("chat", "chat_idx_chat_room_name_service_name", "room_name, service_name"),
            IndexDefinition("chat", "chat_idx_group_id", "group_id"),
            IndexDefinition("chat", "chat_idx_is_archived", "is_archived"),
            IndexDefinition("chat_message_join", "chat_message_join_idx_chat_id", "chat_id"),
            IndexDefinition(
                "chat_message_join", "chat_message_join_idx_message_date_id_chat_id",
                "chat_id, message_date, message_id"
            ),
            IndexDefinition("chat_message_join", "chat_message_join_idx_message_id_only", "message_id"),
            IndexDefinition(
                "message_attachment_join", "message_attachment_join_idx_attachment_id", "attachment_id"
            ),
            IndexDefinition("message_attachment_join", "message_attachment_join_idx_message_id", "message_id"),
            IndexDefinition("message", "message_idx_cache_has_attachments", "cache_has_attachments"),
            IndexDefinition("message", "message_idx_date", "date"),
            IndexDefinition("message", "message_idx_expire_state", "expire_state"),
            IndexDefinition("message", "message_idx_failed", "is_finished, is_from_me, error"),
            IndexDefinition("message", "message_idx_handle", "handle_id, date"),
            IndexDefinition("message", "message_idx_handle_id", "handle_id"),
            IndexDefinition("message", "message_idx_is_read", "is_read, is_from_me, is_finished"),
            IndexDefinition("message", "message_idx_is_sent_is_from_me_error", "is_sent, is_from_me, error"),
            IndexDefinition("message", "message_idx_other_handle", "other_handle"),
            IndexDefinition("message", "message_idx_thread_originator_guid", "thread_originator_guid"),
            IndexDefinition(
                "message", "message_idx_undelivered_one_to_one_imessage",
                "cache_roomnames, service, is_sent, is_delivered, was_downgraded, item_type",
                where: undeliveredCondition
            ),
            IndexDefinition("message", "message_idx_was_downgraded", "was_downgraded"),
            IndexDefinition(
                "message_processing_task", "message_processing_task_idx_guid_task_flags", "guid, task_flags"
            ),
        ]
    }

    private var undeliveredCondition: String {
        let rest = "is_sent = 1 AND is_delivered = 0 AND was_downgraded = 0 AND item_type == 0"
        return generation == .ventura
            ? "cache_roomnames IS NULL AND service = 'iMessage' AND \(rest)"
            : "cache_roomnames IS NULL AND service IN ('iMessage', 'RCS') AND \(rest) AND schedule_type == 0"
    }

    /// Indexes that macOS 26 replaced.
    private var olderIndexes: [IndexDefinition] {
        [
            IndexDefinition("message", "message_idx_associated_message", "associated_message_guid"),
            IndexDefinition("message", "message_idx_isRead_isFromMe_itemType", "is_read, is_from_me, item_type"),
        ]
    }

    /// Indexes of macOS 15 and later.
    private var recentIndexes: [IndexDefinition] {
        [
            IndexDefinition("attachment", "attachment_idx_is_sticker", "is_sticker"),
            IndexDefinition(
                "chat_recoverable_message_join", "chat_recoverable_message_join_message_id_idx", "message_id"
            ),
            IndexDefinition(
                "message", "message_idx_is_pending_satellite_message", "is_pending_satellite_send",
                where: "is_pending_satellite_send = 1"
            ),
            IndexDefinition(
                "message", "message_idx_is_scheduled_message",
                generation >= .tahoe ? "schedule_type, rowid" : "schedule_type", where: "schedule_type = 2"
            ),
            IndexDefinition("message", "message_idx_schedule_state", "schedule_state"),
        ]
    }

    private var tahoeIndexes: [IndexDefinition] {
        let incoming = "is_from_me = 0 AND item_type = 0 AND is_finished = 1 AND is_system_message = 0"
        let readState = "is_read, is_from_me, item_type, is_finished, is_system_message"
        return [
            IndexDefinition("attachment", "attachment_idx_ck_sync_state", "ck_sync_state"),
            IndexDefinition(
                "attachment", "attachment_idx_is_sticker_pgen_state", "is_sticker, filename, preview_generation_state",
                where: "is_sticker = 1"
            ),
            IndexDefinition("chat", "chat_idx_ck_sync_state", "ck_sync_state"),
            IndexDefinition(
                "chat", "chat_idx_is_archived_is_filtered", "is_archived, is_filtered", where: "is_archived = 0"
            ),
            IndexDefinition("chat", "chat_idx_is_filtered", "is_filtered"),
            IndexDefinition(
                "chat_message_join", "chat_message_join_idx_message_date_and_id", "message_date, message_id"
            ),
            IndexDefinition("chat_message_join", "chat_message_join_idx_message_date_only", "message_date"),
            IndexDefinition(
                "chat_message_join", "chat_message_join_idx_metrics_rebuild", "index_state",
                where: "index_state = 0 OR index_state = 1 OR index_state = 3"
            ),
            IndexDefinition("handle", "handle_idx_id", "id, rowid"),
            IndexDefinition(
                "message", "message_idx_associated_message2", "associated_message_guid",
                where: "associated_message_guid IS NOT NULL"
            ),
            IndexDefinition("message", "message_idx_ck_sync_state_service", "ck_sync_state, service"),
            IndexDefinition("message", "message_idx_composite_scheduled_message", "schedule_type, schedule_state"),
            IndexDefinition(
                "message", "message_idx_fallback_hash", "fallback_hash", where: "fallback_hash IS NOT NULL"
            ),
            IndexDefinition("message", "message_idx_indexed_messages_guid", "guid", where: "index_state = 1"),
            IndexDefinition(
                "message", "message_idx_invalid_index_state", "rowid",
                where: """
                    index_state != 2 AND (((associated_message_type NOT BETWEEN 2000 AND 2007) \
                    AND associated_message_type != 0) OR item_type != 0)
                    """
            ),
            IndexDefinition(
                "message", "message_idx_isRead_1_isFromMe_0_itemType_0_isFinished_1_isSystemMessage_0",
                "\(readState), date DESC", where: "is_read = 1 AND \(incoming)"
            ),
            IndexDefinition(
                "message", "message_idx_isRead_isFromMe_itemType", readState, where: "is_read = 0 AND \(incoming)"
            ),
            IndexDefinition(
                "message", "message_idx_is_time_sensitive", "is_time_sensitive", where: "is_time_sensitive = 1"
            ),
            IndexDefinition(
                "message", "message_idx_pending_indexing_messages", "rowid",
                where: "index_state = 1 OR index_state = 3"
            ),
            IndexDefinition(
                "message", "message_idx_unread_finished_not_from_me_newest_first",
                "is_read, is_finished, is_from_me, date DESC, ROWID DESC",
                where: "is_read = 0 AND is_finished = 1 AND is_from_me = 0"
            ),
            IndexDefinition(
                "persistent_tasks", "persistent_tasks_exec_sort",
                "lane DESC, flag_group ASC, flag_priority DESC, reason_priority DESC, retry_count ASC"
            ),
            IndexDefinition(
                "persistent_tasks", "persistent_tasks_report", "flag, flag_group, lane, reason, retry_count",
                where: "retry_count < 5"
            ),
        ]
    }
}
