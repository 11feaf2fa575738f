//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

extension SchemaDefinition {
    /// Every table of the generation.
    var tables: [TableDefinition] {
        entityTables + joinTables + tombstoneTables + (generation >= .tahoe ? tahoeTables : [])
    }

    private static let rowID = "ROWID INTEGER PRIMARY KEY AUTOINCREMENT UNIQUE"

    /// `name INTEGER DEFAULT 0` for every name.
    private static func flags(_ names: String) -> [String] {
        names.split(separator: " ").map { "\($0) INTEGER DEFAULT 0" }
    }

    /// `name TYPE` for every name.
    private static func columns(_ type: String, _ names: String) -> [String] {
        names.split(separator: " ").map { "\($0) \(type)" }
    }

    private var entityTables: [TableDefinition] {
        [
            TableDefinition(
                name: "_SqliteDatabaseProperties", columns: ["key TEXT", "value TEXT"], constraints: ["UNIQUE (key)"]
            ),
            TableDefinition(
                name: "handle",
                columns: [
                    Self.rowID, "id TEXT NOT NULL", "country TEXT", "service TEXT NOT NULL", "uncanonicalized_id TEXT",
                    "person_centric_id TEXT",
                ],
                constraints: ["UNIQUE (id, service)"]
            ),
            TableDefinition(name: "chat", columns: chatColumns),
            TableDefinition(name: "message", columns: messageColumns),
            TableDefinition(name: "attachment", columns: attachmentColumns),
            TableDefinition(
                name: "kvtable", columns: [Self.rowID, "key TEXT UNIQUE NOT NULL", "value BLOB NOT NULL"]
            ),
        ]
    }

    private var chatColumns: [String] {
        var columns = ["ROWID INTEGER PRIMARY KEY AUTOINCREMENT", "guid TEXT UNIQUE NOT NULL"]
        columns += Self.columns("INTEGER", "style state") + ["account_id TEXT", "properties BLOB"]
        columns += Self.columns("TEXT", "chat_identifier service_name room_name account_login")
        columns += Self.flags("is_archived") + Self.columns("TEXT", "last_addressed_handle display_name group_id")
        columns += Self.flags("is_filtered") + ["successful_query INTEGER"]
        columns += Self.columns("TEXT", "engram_id server_change_token")
        columns += Self.flags("ck_sync_state") + ["original_group_id TEXT"]
        columns += Self.flags("last_read_message_timestamp")
        columns += Self.columns("TEXT", "cloudkit_record_id last_addressed_sim_id")
        columns += Self.flags("is_blackholed syndication_date syndication_type")
        if generation >= .sequoia { columns += Self.flags("is_recovered is_deleting_incoming_messages") }
        if generation >= .tahoe { columns += Self.flags("is_pending_review") }
        return columns
    }

    private var messageColumns: [String] {
        var columns = ["ROWID INTEGER PRIMARY KEY AUTOINCREMENT", "guid TEXT UNIQUE NOT NULL", "text TEXT"]
        columns += Self.flags("replace") + ["service_center TEXT"] + Self.flags("handle_id")
        columns += Self.columns("TEXT", "subject country") + ["attributedBody BLOB"] + Self.flags("version type")
        columns += Self.columns("TEXT", "service account account_guid") + Self.flags("error")
        columns += Self.columns("INTEGER", "date date_read date_delivered")
        columns += Self.flags(
            """
            is_delivered is_finished is_emote is_from_me is_empty is_delayed is_auto_reply is_prepared is_read \
            is_system_message is_sent has_dd_results is_service_message is_forward was_downgraded is_archive \
            cache_has_attachments
            """
        )
        columns += ["cache_roomnames TEXT"]
        columns += Self.flags("was_data_detected was_deduplicated is_audio_message is_played")
        columns += ["date_played INTEGER"] + Self.flags("item_type other_handle") + ["group_title TEXT"]
        columns += Self.flags(
            """
            group_action_type share_status share_direction is_expirable expire_state message_action_type \
            message_source
            """
        )
        columns += ["associated_message_guid TEXT"] + Self.flags("associated_message_type")
        columns += ["balloon_bundle_id TEXT", "payload_data BLOB", "expressive_send_style_id TEXT"]
        columns += Self.flags("associated_message_range_location associated_message_range_length")
        columns += ["time_expressive_send_played INTEGER", "message_summary_info BLOB"] + Self.flags("ck_sync_state")
        columns += Self.columns("TEXT", "ck_record_id ck_record_change_tag destination_caller_id")
        columns += Self.flags("is_corrupt") + ["reply_to_guid TEXT", "sort_id INTEGER"]
        columns += Self.flags("is_spam has_unseen_mention")
        columns += Self.columns(
            "TEXT", "thread_originator_guid thread_originator_part syndication_ranges synced_syndication_ranges"
        )
        columns += Self.flags("was_delivered_quietly did_notify_recipient")
        // Fresh databases of one version differ in these defaults; these are those of the reference machines.
        columns += select(
            ventura: Self.columns("INTEGER", "date_retracted date_edited"),
            sequoia: Self.flags("date_retracted date_edited"),
            tahoe: Self.columns("INTEGER", "date_retracted date_edited")
        )
        columns += Self.flags("was_detonated") + ["part_count INTEGER"]
        return columns + recentMessageColumns
    }

    /// What macOS 14 and later added; the order differs between machines.
    private var recentMessageColumns: [String] {
        guard generation >= .sequoia else { return [] }
        var columns = Self.flags("is_stewie")
        if generation >= .tahoe {
            columns += Self.flags("is_sos is_critical") + ["bia_reference_id TEXT"] + Self.flags("is_kt_verified")
            columns += ["fallback_hash TEXT"]
        } else {
            columns += Self.flags("is_kt_verified is_sos is_critical")
            columns += ["bia_reference_id TEXT DEFAULT NULL", "fallback_hash TEXT DEFAULT NULL"]
        }
        columns += ["associated_message_emoji TEXT DEFAULT NULL"]
        columns += Self.flags(
            "is_pending_satellite_send needs_relay schedule_type schedule_state sent_or_received_off_grid"
        )
        if generation >= .tahoe {
            columns += Self.flags("date_recovered is_time_sensitive") + ["ck_chat_id TEXT"]
            columns += Self.flags("index_state")
        }
        return columns
    }

    private var attachmentColumns: [String] {
        var columns = ["ROWID INTEGER PRIMARY KEY AUTOINCREMENT", "guid TEXT UNIQUE NOT NULL"]
        columns += Self.flags("created_date start_date") + Self.columns("TEXT", "filename uti mime_type")
        columns += Self.flags("transfer_state is_outgoing") + ["user_info BLOB", "transfer_name TEXT"]
        columns += Self.flags("total_bytes is_sticker") + Self.columns("BLOB", "sticker_user_info attribution_info")
        columns += Self.flags("hide_attachment ck_sync_state")
        columns += ["ck_server_change_token_blob BLOB", "ck_record_id TEXT", "original_guid TEXT UNIQUE NOT NULL"]
        columns += Self.flags("is_commsafety_sensitive")
        if generation >= .sequoia {
            columns += Self.columns(
                "TEXT DEFAULT NULL", "emoji_image_content_identifier emoji_image_short_description"
            )
            columns += Self.flags("preview_generation_state")
        }
        return columns
    }

    private static func reference(_ column: String, _ table: String) -> String {
        "\(column) INTEGER REFERENCES \(table) (ROWID) ON DELETE CASCADE"
    }

    private var joinTables: [TableDefinition] {
        let chat = Self.reference("chat_id", "chat")
        let message = Self.reference("message_id", "message")
        let indexState = generation >= .tahoe ? ["index_state INTEGER NOT NULL DEFAULT 0"] : []
        return [
            TableDefinition(
                name: "chat_handle_join", columns: [chat, Self.reference("handle_id", "handle")],
                constraints: ["UNIQUE (chat_id, handle_id)"]
            ),
            TableDefinition(
                name: "chat_message_join", columns: [chat, message, "message_date INTEGER DEFAULT 0"] + indexState,
                constraints: ["PRIMARY KEY (chat_id, message_id)"]
            ),
            TableDefinition(
                name: "message_attachment_join", columns: [message, Self.reference("attachment_id", "attachment")],
                constraints: ["UNIQUE (message_id, attachment_id)"]
            ),
            TableDefinition(
                name: "chat_recoverable_message_join",
                columns: [chat, message, "delete_date INTEGER"] + Self.flags("ck_sync_state"),
                constraints: ["PRIMARY KEY (chat_id, message_id)", "CHECK (delete_date != 0)"]
            ),
            TableDefinition(
                name: "recoverable_message_part",
                columns: [chat, message, "part_index INTEGER", "delete_date INTEGER", "part_text BLOB NOT NULL"]
                    + Self.flags("ck_sync_state"),
                constraints: ["PRIMARY KEY (chat_id, message_id, part_index)", "CHECK (delete_date != 0)"]
            ),
        ]
    }

    private var tombstoneTables: [TableDefinition] {
        let guid = "guid TEXT NOT NULL"
        var tables = [
            TableDefinition(name: "deleted_messages", columns: [Self.rowID, guid]),
            TableDefinition(name: "sync_deleted_messages", columns: [Self.rowID, guid, "recordID TEXT"]),
            TableDefinition(
                name: "sync_deleted_chats", columns: [Self.rowID, guid, "recordID TEXT", "timestamp INTEGER"]
            ),
            TableDefinition(name: "sync_deleted_attachments", columns: [Self.rowID, guid, "recordID TEXT"]),
            TableDefinition(
                name: "unsynced_removed_recoverable_messages",
                columns: [Self.rowID, "chat_guid TEXT NOT NULL", "message_guid TEXT NOT NULL", "part_index INTEGER"]
            ),
            TableDefinition(
                name: "message_processing_task",
                columns: generation >= .tahoe
                    ? [
                        Self.rowID, "guid TEXT UNIQUE NOT NULL", "task_flags INTEGER NOT NULL",
                        "reasons INTEGER NOT NULL",
                    ]
                    : [Self.rowID, guid, "task_flags INTEGER NOT NULL"]
            ),
        ]
        if generation >= .sequoia {
            tables.append(
                TableDefinition(
                    name: "scheduled_messages_pending_cloudkit_delete", columns: [Self.rowID, guid, "recordID TEXT"]
                )
            )
        }
        return tables
    }

    private var tahoeTables: [TableDefinition] {
        let chat = "chat INTEGER NOT NULL REFERENCES chat (ROWID) ON UPDATE CASCADE ON DELETE CASCADE"
        return [
            TableDefinition(
                name: "chat_lookup",
                columns: ["identifier TEXT NOT NULL", "domain TEXT NOT NULL", chat, "priority INTEGER DEFAULT 0"],
                constraints: ["UNIQUE (identifier, domain)"]
            ),
            TableDefinition(
                name: "chat_service", columns: ["service TEXT NOT NULL", chat], constraints: ["UNIQUE (service, chat)"]
            ),
            TableDefinition(
                name: "sync_chat_slice", columns: ["service_name TEXT NOT NULL", "ck_record_id TEXT", chat],
                constraints: ["UNIQUE (chat, service_name)", "UNIQUE (ck_record_id)"]
            ),
            TableDefinition(
                name: "index_state_metrics",
                columns: ["id INTEGER UNIQUE DEFAULT 1"] + Self.flags("pending_count donated_count redonation_count"),
                constraints: ["UNIQUE (id)"]
            ),
            TableDefinition(
                name: "persistent_tasks",
                columns: [Self.rowID, "guid TEXT NOT NULL"]
                    + Self.columns("INTEGER NOT NULL", "flag_group flag flag_priority lane reason reason_priority")
                    + ["user_info BLOB"] + Self.flags("retry_count"),
                constraints: ["UNIQUE (guid, flag)"]
            ),
        ]
    }
}
