//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel
import GRDB

extension AgentRepository {
    /// Stores what the agent would have sent.
    ///
    /// With a `key` that the agent used before, returns the first one.
    package func addDraft(
        agent: String, chat: ChatID, line: LineID, message: MessageID?, action: Send.Action, key: String? = nil
    ) async throws -> AgentDraft {
        let now = clock.now
        let draft = AgentDraft(
            id: Secret.identifier(prefix: "drf_"), agent: agent, chat: chat, line: line, message: message,
            action: action, state: .waiting, createdAt: now, updatedAt: now)
        let json = try Columns.json(action)
        return try await database.write { db in
            if let key,
                let known = try Row.fetchOne(
                    db, sql: "SELECT \(Self.draftColumns) FROM agentDraft WHERE agent = ? AND key = ?",
                    arguments: [agent, key])
            {
                return try Self.draft(known)
            }
            try db.execute(
                sql: """
                    INSERT INTO agentDraft (id, agent, chat, line, message, action, state, createdAt, updatedAt, key)
                    VALUES (?, ?, ?, ?, ?, ?, 'waiting', ?, ?, ?)
                    """,
                arguments: [
                    draft.id, agent, chat.rawValue, line.rawValue, message?.rawValue, json, now.nanoseconds,
                    now.nanoseconds, key,
                ])
            return draft
        }
    }

    /// The draft of that id.
    package func draft(_ id: String) async throws -> AgentDraft? {
        try await database.read { db in
            try Row.fetchOne(db, sql: "SELECT \(Self.draftColumns) FROM agentDraft WHERE id = ?", arguments: [id])
                .map(Self.draft)
        }
    }

    /// Drafts in `state` (all when nil), newest first; only those of `chats` unless that is nil.
    package func drafts(
        state: AgentDraft.State? = .waiting, chats: Set<ChatID>? = nil, limit: Int = 100
    ) async throws -> [AgentDraft] {
        let list = try chats.map { try Columns.json($0.map(\.rawValue)) }
        return try await database.read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT \(Self.draftColumns) FROM agentDraft WHERE (?1 IS NULL OR state = ?1)
                    AND (?2 IS NULL OR chat IN (SELECT value FROM json_each(?2)))
                    ORDER BY createdAt DESC, id LIMIT ?3
                    """, arguments: [state?.rawValue, list, limit]
            ).map(Self.draft)
        }
    }

    /// Decides a waiting draft.
    ///
    /// - Returns: the draft as it is now; nil when there is none, or it was decided before.
    package func decideDraft(_ id: String, _ state: AgentDraft.State, send: SendID? = nil) async throws -> AgentDraft? {
        let now = clock.now
        return try await database.write { db in
            try Row.fetchOne(
                db,
                sql: """
                    UPDATE agentDraft SET state = ?, send = ?, updatedAt = ? WHERE id = ? AND state = 'waiting'
                    RETURNING \(Self.draftColumns)
                    """, arguments: [state.rawValue, send?.rawValue, now.nanoseconds, id]
            ).map(Self.draft)
        }
    }

    /// Claims a draft for being sent: one that waits becomes approved, and one that was approved without its send being
    /// noted is claimed anew.
    ///
    /// A new claim is a nanosecond younger than the one before, so that ``releaseDraft(_:)`` of the earlier claim changes
    /// nothing.
    ///
    /// - Returns: the claimed draft, and whether it waited; nil when there is none, it was discarded, or its send is known.
    package func claimDraft(_ id: String) async throws -> (draft: AgentDraft, isFirst: Bool)? {
        let now = clock.now
        return try await database.write { db in
            let first = try Row.fetchOne(
                db,
                sql: """
                    UPDATE agentDraft SET state = 'approved', updatedAt = ? WHERE id = ? AND state = 'waiting'
                    RETURNING \(Self.draftColumns)
                    """, arguments: [now.nanoseconds, id])
            if let first { return (try Self.draft(first), true) }
            let again = try Row.fetchOne(
                db,
                sql: """
                    UPDATE agentDraft SET updatedAt = updatedAt + 1
                    WHERE id = ? AND state = 'approved' AND send IS NULL RETURNING \(Self.draftColumns)
                    """, arguments: [id])
            return try again.map { (try Self.draft($0), false) }
        }
    }

    /// Puts a claimed draft back to those that wait, unless somebody else claimed it since.
    package func releaseDraft(_ claimed: AgentDraft) async throws {
        try await database.write { db in
            try db.execute(
                sql: """
                    UPDATE agentDraft SET state = 'waiting'
                    WHERE id = ? AND state = 'approved' AND send IS NULL AND updatedAt = ?
                    """, arguments: [claimed.id, claimed.updatedAt.nanoseconds])
        }
    }

    /// Notes which send an approved draft became.
    package func noteSend(_ send: SendID, ofDraft id: String) async throws {
        try await database.write { db in
            try db.execute(
                sql: "UPDATE agentDraft SET send = ? WHERE id = ? AND state = 'approved'",
                arguments: [send.rawValue, id])
        }
    }

    private static let draftColumns = "id, agent, chat, line, message, action, state, send, createdAt, updatedAt"

    private static func draft(_ row: Row) throws -> AgentDraft {
        AgentDraft(
            id: row[0], agent: row[1], chat: ChatID(rawValue: row[2]), line: LineID(rawValue: row[3]),
            message: (row[4] as String?).map { MessageID(rawValue: $0) }, action: try Columns.value(json: row[5]),
            state: AgentDraft.State(rawValue: row[6]), send: (row[7] as String?).map { SendID(rawValue: $0) },
            createdAt: Timestamp(nanoseconds: row[8]), updatedAt: Timestamp(nanoseconds: row[9]))
    }
}
