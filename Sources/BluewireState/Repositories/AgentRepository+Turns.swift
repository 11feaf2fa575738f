//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel
import BluewireTransport
import GRDB

extension AgentRepository {
    /// Notes that a turn began.
    ///
    /// - Returns: its id.
    package func beginTurn(agent: String, chat: ChatID, messages: [MessageID]) async throws -> String {
        let id = Secret.identifier(prefix: "turn_")
        let now = clock.now
        try await database.write { db in
            try db.execute(
                sql: "INSERT INTO turn (id, agent, chat, outcome, startedAt) VALUES (?, ?, ?, 'running', ?)",
                arguments: [id, agent, chat.rawValue, now.nanoseconds])
            for message in messages {
                try db.execute(
                    sql: "INSERT OR IGNORE INTO turnMessage (message, turn) VALUES (?, ?)",
                    arguments: [message.rawValue, id])
            }
            try db.execute(
                sql: """
                    DELETE FROM turn WHERE startedAt <
                    (SELECT startedAt FROM turn ORDER BY startedAt DESC LIMIT 1 OFFSET \(Self.keptTurns))
                    """)
        }
        return id
    }

    /// Appends steps to a turn; with an outcome the turn ends.
    package func addSteps(_ steps: [TurnStep], to turn: String, outcome: String? = nil) async throws {
        let now = clock.now
        try await database.write { db in
            var number =
                try Int.fetchOne(
                    db, sql: "SELECT coalesce(max(number), 0) FROM turnStep WHERE turn = ?", arguments: [turn]) ?? 0
            for step in steps {
                number += 1
                try db.execute(
                    sql: "INSERT INTO turnStep (turn, number, at, step, detail) VALUES (?, ?, ?, ?, ?)",
                    arguments: [turn, number, step.at.nanoseconds, step.step, step.detail])
            }
            if let outcome {
                try db.execute(
                    sql: "UPDATE turn SET outcome = ?, endedAt = ? WHERE id = ?",
                    arguments: [outcome, now.nanoseconds, turn])
            }
        }
        if let outcome { GatewayMetrics.turns.add(1, outcome) }
    }

    /// The turns that answered a message, oldest first, with their steps.
    package func turns(about message: MessageID) async throws -> [TurnRecord] {
        try await turns(
            sql: "JOIN turnMessage ON turn = id WHERE message = ? ORDER BY startedAt", argument: message.rawValue)
    }

    /// The newest turns of a chat, newest first, with their steps.
    package func turns(in chat: ChatID, limit: Int = 20) async throws -> [TurnRecord] {
        try await turns(sql: "WHERE chat = ? ORDER BY startedAt DESC LIMIT \(limit)", argument: chat.rawValue)
    }

    private func turns(sql: String, argument: String) async throws -> [TurnRecord] {
        return try await database.read { db in
            try Row.fetchAll(
                db, sql: "SELECT id, agent, chat, outcome, startedAt, endedAt FROM turn \(sql)",
                arguments: [argument]
            ).map { row in
                let id: String = row[0]
                let messages = try String.fetchAll(
                    db, sql: "SELECT message FROM turnMessage WHERE turn = ? ORDER BY message", arguments: [id])
                let steps = try Row.fetchAll(
                    db, sql: "SELECT at, step, detail FROM turnStep WHERE turn = ? ORDER BY number", arguments: [id])
                return TurnRecord(
                    id: id, agent: row[1], chat: ChatID(rawValue: row[2]),
                    messages: messages.map { MessageID(rawValue: $0) }, outcome: row[3],
                    startedAt: Timestamp(nanoseconds: row[4]), endedAt: Columns.time(row[5]),
                    steps: steps.map {
                        TurnStep(at: Timestamp(nanoseconds: $0[0]), step: $0[1], detail: $0[2])
                    })
            }
        }
    }
}
