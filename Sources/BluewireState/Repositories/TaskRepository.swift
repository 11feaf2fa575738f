//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel
import GRDB

/// Something a person asked an agent to remember, perhaps with a time to be reminded at.
package struct TaskItem: Hashable, Sendable {
    /// Its name, for example `task_…`.
    package var id: String
    /// The agent that keeps it.
    package var agent: String
    /// The chat it belongs to.
    package var chat: ChatID
    /// What to do.
    package var text: String
    /// When to remind; nil for a task without a time.
    package var dueAt: Timestamp?
    /// The time zone it was meant in, for example `Europe/Berlin`.
    package var zone: String
    /// How it stands.
    package var state: State
    /// When it was made.
    package var createdAt: Timestamp
    /// When it last changed.
    package var updatedAt: Timestamp
    /// When the reminder went out.
    package var remindedAt: Timestamp?

    /// How a task stands.
    package struct State: OpenValue, CustomStringConvertible {
        package let rawValue: String
        package init(rawValue: String) { self.rawValue = rawValue }

        /// To be done.
        package static let open = State(rawValue: "open")
        /// Done.
        package static let done = State(rawValue: "done")
        /// Dropped.
        package static let cancelled = State(rawValue: "cancelled")
    }
}

/// Tasks and reminders.
package struct TaskRepository: Sendable {
    let database: StateDatabase
    let clock: any WallClock

    /// The tasks in `database`.
    package init(_ database: StateDatabase, clock: any WallClock = SystemWallClock()) {
        self.database = database
        self.clock = clock
    }

    /// Makes a task.
    ///
    /// With an `origin` (for example event id and tool call) seen before, returns the first one.
    package func create(
        agent: String, chat: ChatID, text: String, dueAt: Timestamp?, zone: String, origin: String? = nil
    ) async throws -> TaskItem {
        let now = clock.now
        let task = TaskItem(
            id: Secret.identifier(prefix: "task_"), agent: agent, chat: chat, text: text, dueAt: dueAt, zone: zone,
            state: .open, createdAt: now, updatedAt: now)
        return try await database.write { db in
            if let origin,
                let known = try Row.fetchOne(
                    db, sql: "SELECT \(Self.columns) FROM task WHERE origin = ?", arguments: [origin])
            {
                return Self.task(known)
            }
            try db.execute(
                sql: """
                    INSERT INTO task (id, agent, chat, text, dueAt, zone, state, createdAt, updatedAt, origin)
                    VALUES (?, ?, ?, ?, ?, ?, 'open', ?, ?, ?)
                    """,
                arguments: [
                    task.id, agent, chat.rawValue, text, dueAt?.nanoseconds, zone, now.nanoseconds, now.nanoseconds,
                    origin,
                ])
            return task
        }
    }

    /// The task of that id.
    package func task(_ id: String) async throws -> TaskItem? {
        try await database.read { db in
            try Row.fetchOne(db, sql: "SELECT \(Self.columns) FROM task WHERE id = ?", arguments: [id]).map(Self.task)
        }
    }

    /// Tasks of a chat (or of all chats), oldest first; only those in `state` when it is given.
    package func list(chat: ChatID?, state: TaskItem.State? = nil) async throws -> [TaskItem] {
        try await database.read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT \(Self.columns) FROM task WHERE (?1 IS NULL OR chat = ?1) AND (?2 IS NULL OR state = ?2)
                    ORDER BY createdAt, id
                    """, arguments: [chat?.rawValue, state?.rawValue]
            ).map(Self.task)
        }
    }

    /// Moves a task to `state`.
    ///
    /// - Returns: the task as it is now; nil when there is none.
    @discardableResult
    package func setState(_ id: String, _ state: TaskItem.State) async throws -> TaskItem? {
        let now = clock.now
        return try await database.write { db in
            try Row.fetchOne(
                db, sql: "UPDATE task SET state = ?, updatedAt = ? WHERE id = ? RETURNING \(Self.columns)",
                arguments: [state.rawValue, now.nanoseconds, id]
            ).map(Self.task)
        }
    }

    /// Open tasks whose time has come and that nobody was reminded of, oldest first.
    package func due(at now: Timestamp, agent: String) async throws -> [TaskItem] {
        try await database.read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT \(Self.columns) FROM task WHERE state = 'open' AND remindedAt IS NULL AND dueAt IS NOT NULL
                    AND dueAt <= ? AND agent = ? ORDER BY dueAt, id
                    """, arguments: [now.nanoseconds, agent]
            ).map(Self.task)
        }
    }

    /// When the next reminder is due after `time`; nil when there is none.
    package func nextDue(agent: String, after time: Timestamp) async throws -> Timestamp? {
        try await database.read { db in
            Columns.time(
                try Int64.fetchOne(
                    db,
                    sql: """
                        SELECT min(dueAt) FROM task WHERE state = 'open' AND remindedAt IS NULL AND dueAt IS NOT NULL
                        AND agent = ? AND dueAt > ?
                        """, arguments: [agent, time.nanoseconds]))
        }
    }

    /// Notes that the reminder went out.
    package func markReminded(_ id: String) async throws {
        let now = clock.now
        try await database.write { db in
            try db.execute(
                sql: "UPDATE task SET remindedAt = ?, updatedAt = ? WHERE id = ?",
                arguments: [now.nanoseconds, now.nanoseconds, id])
        }
    }

    /// Notes that the reminder is about to be handed over, unless that was noted before.
    ///
    /// - Returns: when it was first begun; `now` when that is this time.
    package func beginReminder(_ id: String, at now: Timestamp) async throws -> Timestamp {
        try await database.write { db in
            let begun = try Int64.fetchOne(
                db, sql: "UPDATE task SET begunAt = coalesce(begunAt, ?) WHERE id = ? RETURNING begunAt",
                arguments: [now.nanoseconds, id])
            return begun.map(Timestamp.init(nanoseconds:)) ?? now
        }
    }

    /// Takes back what ``beginReminder(_:at:)`` noted at `time`: nothing was handed over.
    package func releaseReminder(_ id: String, begunAt time: Timestamp) async throws {
        try await database.write { db in
            try db.execute(
                sql: "UPDATE task SET begunAt = NULL WHERE id = ? AND begunAt = ?", arguments: [id, time.nanoseconds])
        }
    }

    private static let columns = "id, agent, chat, text, dueAt, zone, state, createdAt, updatedAt, remindedAt"

    private static func task(_ row: Row) -> TaskItem {
        TaskItem(
            id: row[0], agent: row[1], chat: ChatID(rawValue: row[2]), text: row[3], dueAt: Columns.time(row[4]),
            zone: row[5], state: TaskItem.State(rawValue: row[6]), createdAt: Timestamp(nanoseconds: row[7]),
            updatedAt: Timestamp(nanoseconds: row[8]), remindedAt: Columns.time(row[9]))
    }
}
