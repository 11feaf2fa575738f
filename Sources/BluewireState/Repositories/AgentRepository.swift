//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel
import GRDB

/// What agents keep: sessions, which events they have dealt with, drafts and turns.
package struct AgentRepository: Sendable {
    /// How many processed events are remembered at least, however old.
    package static let keptTombstones = 10_000
    /// How long processed events are remembered at least, however many.
    package static let tombstoneLifetime: Duration = .seconds(4 * 3600)
    /// How many turns are kept.
    package static let keptTurns = 2000

    let database: StateDatabase
    let clock: any WallClock

    /// What agents keep in `database`.
    package init(_ database: StateDatabase, clock: any WallClock = SystemWallClock()) {
        self.database = database
        self.clock = clock
    }

    // MARK: Sessions

    /// The stored state of a session, as the agent wrote it; nil for a new one.
    package func session(agent: String, chat: ChatID) async throws -> String? {
        try await database.read { db in
            try String.fetchOne(
                db, sql: "SELECT state FROM agentSession WHERE agent = ? AND chat = ?",
                arguments: [agent, chat.rawValue])
        }
    }

    /// Every stored session of the agent.
    package func sessions(agent: String) async throws -> [ChatID: String] {
        try await database.read { db in
            var sessions: [ChatID: String] = [:]
            let rows = try Row.fetchAll(
                db, sql: "SELECT chat, state FROM agentSession WHERE agent = ?", arguments: [agent])
            for row in rows { sessions[ChatID(rawValue: row[0])] = row[1] }
            return sessions
        }
    }

    /// Stores the state of a session.
    package func saveSession(agent: String, chat: ChatID, state: String) async throws {
        let now = clock.now
        try await database.write { db in
            try db.execute(
                sql: "INSERT OR REPLACE INTO agentSession (agent, chat, state, updatedAt) VALUES (?, ?, ?, ?)",
                arguments: [agent, chat.rawValue, state, now.nanoseconds])
        }
    }

    // MARK: Processed events

    /// Notes that the agent has dealt with the events; they are remembered for at least 4 hours and 10 000 events.
    ///
    /// - Returns: those that were not noted before.
    @discardableResult
    package func markProcessed(agent: String, events: [String]) async throws -> [String] {
        let now = clock.now
        return try await database.write { db in
            let statement = try db.cachedStatement(
                sql: "INSERT OR IGNORE INTO agentProcessed (agent, event, at) VALUES (?, ?, ?)")
            var fresh: [String] = []
            for event in events {
                try statement.execute(arguments: [agent, event, now.nanoseconds])
                if db.changesCount == 1 { fresh.append(event) }
            }
            try db.execute(
                sql: """
                    DELETE FROM agentProcessed WHERE agent = ?1 AND at < ?2 AND event IN
                    (SELECT event FROM agentProcessed WHERE agent = ?1 ORDER BY at DESC LIMIT -1
                    OFFSET \(Self.keptTombstones))
                    """, arguments: [agent, (now - Self.tombstoneLifetime).nanoseconds])
            return fresh
        }
    }

    /// Whether the agent has dealt with the event.
    package func isProcessed(agent: String, event: String) async throws -> Bool {
        try await database.read { db in
            try Bool.fetchOne(
                db, sql: "SELECT 1 FROM agentProcessed WHERE agent = ? AND event = ?", arguments: [agent, event])
                ?? false
        }
    }
}
