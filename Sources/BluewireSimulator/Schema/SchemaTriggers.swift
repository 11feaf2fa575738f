//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

extension SchemaDefinition {
    /// Every trigger of the generation.
    var triggers: [TriggerDefinition] {
        joinTriggers + deletionTriggers + changeTriggers + attachmentTriggers
            + (generation >= .tahoe ? tahoeChatTriggers + tahoeIndexTriggers : [])
    }

    /// Keeps `cache_roomnames` the list of rooms the message is in.
    private static func refreshRoomNames(_ row: String) -> String {
        """
        UPDATE message SET cache_roomnames = (SELECT group_concat(c.room_name) FROM chat c \
        INNER JOIN chat_message_join j ON c.ROWID = j.chat_id WHERE j.message_id = \(row).message_id) \
        WHERE message.ROWID = \(row).message_id
        """
    }

    /// Deletes a message that is neither in a chat nor in Recently Deleted.
    private static let deleteHomelessMessage = """
        DELETE FROM message WHERE message.ROWID = OLD.message_id \
        AND NOT EXISTS (SELECT 1 FROM chat_message_join j WHERE j.message_id = OLD.message_id) \
        AND NOT EXISTS (SELECT 1 FROM chat_recoverable_message_join r WHERE r.message_id = OLD.message_id)
        """

    /// Deletes a handle nobody refers to any more.
    private static let deleteUnusedHandle = """
        DELETE FROM handle WHERE handle.ROWID = OLD.handle_id \
        AND NOT EXISTS (SELECT 1 FROM chat_handle_join WHERE handle_id = OLD.handle_id) \
        AND NOT EXISTS (SELECT 1 FROM message WHERE handle_id = OLD.handle_id) \
        AND NOT EXISTS (SELECT 1 FROM message WHERE other_handle = OLD.handle_id)
        """

    private var joinTriggers: [TriggerDefinition] {
        [
            TriggerDefinition(
                "after_insert_on_chat_message_join", "AFTER INSERT ON chat_message_join", Self.refreshRoomNames("NEW")
            ),
            TriggerDefinition(
                "after_delete_on_chat_message_join", "AFTER DELETE ON chat_message_join", Self.refreshRoomNames("OLD"),
                Self.deleteHomelessMessage
            ),
            TriggerDefinition(
                "after_delete_on_chat_recoverable_message_join", "AFTER DELETE ON chat_recoverable_message_join",
                Self.refreshRoomNames("OLD"), Self.deleteHomelessMessage
            ),
            TriggerDefinition(
                "after_delete_on_chat", "AFTER DELETE ON chat",
                "DELETE FROM chat_message_join WHERE chat_id = OLD.ROWID"
            ),
            TriggerDefinition(
                "after_delete_on_chat_handle_join", "AFTER DELETE ON chat_handle_join", Self.deleteUnusedHandle
            ),
        ]
    }

    private var deletionTriggers: [TriggerDefinition] {
        let event = "AFTER DELETE ON message"
        return [
            TriggerDefinition("after_delete_on_message", event, Self.deleteUnusedHandle),
            TriggerDefinition(
                "after_delete_on_message_plugin", "\(event) WHEN OLD.balloon_bundle_id IS NOT NULL",
                "SELECT after_delete_message_plugin(OLD.ROWID, OLD.guid)"
            ),
            TriggerDefinition(
                "add_to_deleted_messages", event, "INSERT INTO deleted_messages (guid) VALUES (OLD.guid)"
            ),
            TriggerDefinition(
                "add_to_sync_deleted_messages", event,
                "INSERT INTO sync_deleted_messages (guid, recordID) VALUES (OLD.guid, OLD.ck_record_id)"
            ),
            // Never matches, on real systems either: it compares with a value that it requires to be NULL. Tapback
            // rows of a deleted message therefore stay behind.
            TriggerDefinition(
                "delete_associated_messages_after_delete_on_message", event,
                """
                DELETE FROM message WHERE (OLD.associated_message_guid IS NULL \
                AND associated_message_guid IS NOT NULL AND guid = OLD.associated_message_guid)
                """
            ),
        ]
    }

    private var changeTriggers: [TriggerDefinition] {
        [
            TriggerDefinition(
                "update_message_date_after_update_on_message", "AFTER UPDATE OF date ON message",
                """
                UPDATE chat_message_join SET message_date = NEW.date \
                WHERE message_id = NEW.ROWID AND message_date != NEW.date
                """
            ),
            TriggerDefinition(
                "update_last_failed_message_date",
                """
                AFTER UPDATE OF error ON message WHEN NEW.error != 0 \
                AND NEW.date > COALESCE((SELECT value FROM kvtable WHERE key = 'lastFailedMessageDate'), 0)
                """,
                "INSERT OR REPLACE INTO kvtable (key, value) VALUES ('lastFailedMessageDate', NEW.date)",
                "INSERT OR REPLACE INTO kvtable (key, value) VALUES ('lastFailedMessageRowID', NEW.ROWID)"
            ),
        ]
    }

    private var attachmentTriggers: [TriggerDefinition] {
        [
            TriggerDefinition(
                "after_insert_on_message_attachment_join", "AFTER INSERT ON message_attachment_join",
                "UPDATE message SET cache_has_attachments = 1 WHERE message.ROWID = NEW.message_id"
            ),
            TriggerDefinition(
                "after_delete_on_message_attachment_join", "AFTER DELETE ON message_attachment_join",
                """
                DELETE FROM attachment WHERE attachment.ROWID = OLD.attachment_id \
                AND NOT EXISTS (SELECT 1 FROM message_attachment_join WHERE attachment_id = OLD.attachment_id)
                """
            ),
            TriggerDefinition(
                "before_delete_on_attachment", "BEFORE DELETE ON attachment",
                "SELECT before_delete_attachment_path(OLD.ROWID, OLD.guid)"
            ),
            TriggerDefinition(
                "after_delete_on_attachment", "AFTER DELETE ON attachment",
                "SELECT delete_attachment_path(OLD.filename)"
            ),
            TriggerDefinition(
                "add_to_sync_deleted_attachments", "AFTER DELETE ON attachment",
                "INSERT INTO sync_deleted_attachments (guid, recordID) VALUES (OLD.guid, OLD.ck_record_id)"
            ),
        ]
    }

    private var tahoeChatTriggers: [TriggerDefinition] {
        [
            TriggerDefinition("verify_chat_insert", "BEFORE INSERT ON chat", "SELECT verify_chat(NEW.guid)"),
            TriggerDefinition("verify_chat_update", "BEFORE UPDATE OF guid ON chat", "SELECT verify_chat(NEW.guid)"),
            TriggerDefinition(
                "before_deleting_chat_delete_chat_background_trigger", "BEFORE DELETE ON chat",
                "SELECT delete_chat_background_before_deleting_chat(OLD.guid, OLD.properties)"
            ),
            TriggerDefinition(
                "before_delete_chat_update_sync_chat_deletes", "BEFORE DELETE ON chat WHEN is_mic_enabled() = 1",
                """
                INSERT INTO sync_deleted_chats (guid, recordID, timestamp) \
                SELECT guid_for_chat(OLD.chat_identifier, s.service_name, OLD.style), s.ck_record_id, m.date \
                FROM sync_chat_slice s INNER JOIN message m ON m.rowid = (SELECT n.rowid \
                FROM chat_recoverable_message_join r INNER JOIN message n ON n.rowid = r.message_id \
                WHERE r.chat_id = s.chat ORDER BY n.date DESC LIMIT 1) \
                WHERE OLD.rowid = s.chat AND s.ck_record_id IS NOT NULL
                """
            ),
            TriggerDefinition(
                "chat_service_on_insert_chat_message_join", "AFTER INSERT ON chat_message_join",
                """
                INSERT INTO chat_service (service, chat) SELECT m.service, NEW.chat_id FROM message m \
                WHERE m.rowid = NEW.message_id ON CONFLICT (service, chat) DO NOTHING
                """
            ),
        ]
    }

    private var tahoeIndexTriggers: [TriggerDefinition] {
        func counter(_ column: String, _ state: Int, added: String?, removed: String?) -> String {
            let plus = added.map { " + (\($0).index_state IS \(state))" } ?? ""
            let minus = removed.map { " - (\($0).index_state IS \(state))" } ?? ""
            return "\(column) = \(column)\(plus)\(minus)"
        }
        func update(added: String? = nil, removed: String? = nil) -> String {
            let counters = [("pending_count", 0), ("donated_count", 1), ("redonation_count", 3)]
                .map { counter($0.0, $0.1, added: added, removed: removed) }
            return "UPDATE index_state_metrics SET \(counters.joined(separator: ", ")) WHERE id = 1"
        }
        return [
            TriggerDefinition(
                "message_index_state_propagation", "AFTER UPDATE OF index_state ON message",
                "UPDATE chat_message_join SET index_state = NEW.index_state WHERE message_id = NEW.rowid"
            ),
            TriggerDefinition(
                "message_index_state_clear",
                "AFTER DELETE ON chat_message_join WHEN OLD.index_state = 1 OR OLD.index_state = 3",
                "UPDATE message SET index_state = 0 WHERE message.rowid = OLD.message_id"
            ),
            TriggerDefinition(
                "index_metrics_insert_propagation", "AFTER INSERT ON chat_message_join WHEN NEW.index_state != 2",
                update(added: "NEW")
            ),
            TriggerDefinition(
                "index_metrics_delete_propagation", "AFTER DELETE ON chat_message_join WHEN OLD.index_state != 2",
                update(removed: "OLD")
            ),
            TriggerDefinition(
                "index_metrics_update_propagation", "AFTER UPDATE OF index_state ON chat_message_join",
                update(added: "NEW", removed: "OLD")
            ),
        ]
    }
}
