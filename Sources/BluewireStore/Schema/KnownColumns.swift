//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// The columns Apple's tables are known to have, from macOS 10.13 to 27, and which release brought them.
enum KnownColumns {
    /// The tables whose columns are looked at.
    static let tables = [
        "message", "chat", "handle", "attachment", "chat_message_join", "chat_handle_join", "message_attachment_join",
        "chat_recoverable_message_join", "deleted_messages", "chat_lookup", "chat_service",
    ]

    /// Columns that only upgraded databases keep; their absence says nothing.
    static let optional: Set<String> = [
        "sr_ck_sync_state", "sr_ck_record_id", "sr_ck_record_change_tag", "sr_server_change_token",
        "sr_cloudkit_record_id", "sr_ck_server_change_token_blob",
    ]

    /// Every known column by table.
    static let all: [String: Set<String>] = [
        "message": words(messageBase).union(releases.flatMap { words($0.columns) }).union(optional),
        "chat": words(chat).union(optional),
        "handle": words("rowid id country service uncanonicalized_id person_centric_id"),
        "attachment": words(attachment).union(optional),
        "chat_message_join": words("chat_id message_id message_date index_state"),
        "chat_handle_join": words("chat_id handle_id"),
        "message_attachment_join": words("message_id attachment_id"),
        "chat_recoverable_message_join": words("chat_id message_id delete_date ck_sync_state"),
        "deleted_messages": words("rowid guid"),
        "chat_lookup": words("identifier domain chat priority"),
        "chat_service": words("service chat"),
    ]

    /// The newest release whose columns `message` has; the columns decide, never the version of the machine.
    static func generation(of message: Set<String>, tables: Set<String>) -> String {
        for release in releases.reversed() where !words(release.columns).isDisjoint(with: message) {
            return release.name
        }
        return message.contains("message_summary_info") ? "macOS 10.13" : "older than macOS 10.13"
    }

    private static let releases: [(name: String, columns: String)] = [
        ("macOS 10.15", "is_corrupt reply_to_guid sort_id is_spam"),
        ("macOS 11", "has_unseen_mention thread_originator_guid thread_originator_part"),
        ("macOS 12", "syndication_ranges synced_syndication_ranges was_delivered_quietly did_notify_recipient"),
        ("macOS 13", "date_retracted date_edited was_detonated part_count is_stewie"),
        ("macOS 14", "is_kt_verified is_sos is_critical bia_reference_id fallback_hash"),
        (
            "macOS 15",
            """
            associated_message_emoji is_pending_satellite_send needs_relay schedule_type schedule_state \
            sent_or_received_off_grid date_recovered
            """
        ),
        ("macOS 26", "is_time_sensitive ck_chat_id index_state"),
        ("macOS 27", "filter_action filter_sub_action"),
    ]

    private static let messageBase = """
        rowid guid text replace service_center handle_id subject country attributedbody version type service account \
        account_guid error date date_read date_delivered is_delivered is_finished is_emote is_from_me is_empty \
        is_delayed is_auto_reply is_prepared is_read is_system_message is_sent has_dd_results is_service_message \
        is_forward was_downgraded is_archive cache_has_attachments cache_roomnames was_data_detected \
        was_deduplicated is_audio_message is_played date_played item_type other_handle group_title \
        group_action_type share_status share_direction is_expirable expire_state message_action_type message_source \
        associated_message_guid associated_message_type balloon_bundle_id payload_data expressive_send_style_id \
        associated_message_range_location associated_message_range_length time_expressive_send_played \
        message_summary_info ck_sync_state ck_record_id ck_record_change_tag destination_caller_id
        """

    private static let chat = """
        rowid guid style state account_id properties chat_identifier service_name room_name account_login is_archived \
        last_addressed_handle display_name group_id is_filtered successful_query engram_id server_change_token \
        ck_sync_state original_group_id last_read_message_timestamp cloudkit_record_id last_addressed_sim_id \
        is_blackholed syndication_date syndication_type is_recovered is_deleting_incoming_messages is_pending_review
        """

    private static let attachment = """
        rowid guid created_date start_date filename uti mime_type transfer_state is_outgoing user_info transfer_name \
        total_bytes is_sticker sticker_user_info attribution_info hide_attachment ck_sync_state \
        ck_server_change_token_blob ck_record_id original_guid is_commsafety_sensitive \
        emoji_image_content_identifier emoji_image_short_description preview_generation_state
        """

    private static func words(_ text: String) -> Set<String> {
        Set(text.split(separator: " ").map(String.init))
    }
}
