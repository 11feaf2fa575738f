//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// The schema of `state.db`, step by step: one list for all its tables.
package enum StateMigrations {
    /// Every step, oldest first.
    package static let all: [Migration] = [
        access, sinks, work, agents, outbox, audit, replay, budgets, UploadRepository.migration,
        HookRepository.migration,
        pairing, onceOnly,
    ]

    /// By what a draft and a reminder are told to have been made and begun in an earlier life.
    private static let onceOnly = Migration(
        "12-once",
        sql: """
            ALTER TABLE agentDraft ADD COLUMN key TEXT;
            CREATE UNIQUE INDEX agentDraftKey ON agentDraft (agent, key) WHERE key IS NOT NULL;
            ALTER TABLE task ADD COLUMN begunAt INTEGER;
            """
    )

    /// One-time codes that are exchanged for a token instead of a web session: its name and its end.
    private static let pairing = Migration(
        "11-pairing",
        sql: """
            ALTER TABLE loginCode ADD COLUMN tokenName TEXT;
            ALTER TABLE loginCode ADD COLUMN tokenExpiresAt INTEGER;
            """
    )

    /// Sends to people and the echo ledger.
    private static let outbox = Migration("5-outbox") { try OutboxSchema.create(in: $0) }

    /// Where webhooks are to start again.
    private static let replay = Migration("7-replay", sql: "ALTER TABLE webhook ADD COLUMN replayAfter TEXT;")

    /// What budgets of sends count by, and the attempts of sends.
    private static let budgets = Migration("8-outbox") { try OutboxSchema.addBudgetsAndAttempts(in: $0) }

    /// The audit trail becomes a chain.
    private static let audit = Migration("6-audit") { try AuditSchema.chain(in: $0) }

    /// Tokens, one-time codes, web sessions and the audit trail.
    private static let access = Migration(
        "1-access",
        sql: """
            CREATE TABLE token (
                id TEXT PRIMARY KEY, name TEXT NOT NULL, lookup BLOB NOT NULL, hash BLOB NOT NULL UNIQUE,
                scopes TEXT NOT NULL, chats TEXT, createdAt INTEGER NOT NULL, expiresAt INTEGER, lastUsedAt INTEGER,
                revokedAt INTEGER
            ) WITHOUT ROWID;
            CREATE INDEX tokenLookup ON token (lookup);
            CREATE TABLE loginCode (
                hash BLOB PRIMARY KEY, scopes TEXT NOT NULL, chats TEXT, expiresAt INTEGER NOT NULL
            ) WITHOUT ROWID;
            CREATE TABLE session (
                id TEXT PRIMARY KEY, lookup BLOB NOT NULL, hash BLOB NOT NULL UNIQUE, scopes TEXT NOT NULL, chats TEXT,
                createdAt INTEGER NOT NULL, expiresAt INTEGER NOT NULL
            ) WITHOUT ROWID;
            CREATE INDEX sessionLookup ON session (lookup);
            CREATE TABLE audit (
                sequence INTEGER PRIMARY KEY, at INTEGER NOT NULL, actor TEXT NOT NULL, action TEXT NOT NULL,
                object TEXT, outcome TEXT NOT NULL, reason TEXT
            );
            """
    )

    /// Sink cursors, webhooks and their deliveries.
    private static let sinks = Migration(
        "2-sinks",
        sql: """
            CREATE TABLE sinkCursor (
                name TEXT PRIMARY KEY, cursor TEXT NOT NULL, updatedAt INTEGER NOT NULL
            ) WITHOUT ROWID;
            CREATE TABLE webhook (
                id TEXT PRIMARY KEY, url TEXT NOT NULL, secret TEXT NOT NULL, previousSecret TEXT, filter TEXT NOT NULL,
                isPaused INTEGER NOT NULL, pauseReason TEXT, createdAt INTEGER NOT NULL
            ) WITHOUT ROWID;
            CREATE TABLE delivery (
                webhook TEXT NOT NULL REFERENCES webhook (id) ON DELETE CASCADE, sequence INTEGER NOT NULL,
                event TEXT NOT NULL, kind TEXT NOT NULL, chat TEXT, state TEXT NOT NULL, attempts INTEGER NOT NULL,
                status INTEGER, error TEXT, firstFailedAt INTEGER, nextAt INTEGER, updatedAt INTEGER NOT NULL,
                PRIMARY KEY (webhook, sequence)
            ) WITHOUT ROWID;
            """
    )

    /// Tasks and reminders.
    private static let work = Migration(
        "3-tasks",
        sql: """
            CREATE TABLE task (
                id TEXT PRIMARY KEY, agent TEXT NOT NULL, chat TEXT NOT NULL, text TEXT NOT NULL, dueAt INTEGER,
                zone TEXT NOT NULL, state TEXT NOT NULL, createdAt INTEGER NOT NULL, updatedAt INTEGER NOT NULL,
                remindedAt INTEGER, origin TEXT
            ) WITHOUT ROWID;
            CREATE INDEX taskDue ON task (dueAt) WHERE state = 'open' AND remindedAt IS NULL AND dueAt IS NOT NULL;
            CREATE INDEX taskChat ON task (chat, createdAt);
            CREATE UNIQUE INDEX taskOrigin ON task (origin) WHERE origin IS NOT NULL;
            """
    )

    /// What agents keep.
    private static let agents = Migration(
        "4-agents",
        sql: """
            CREATE TABLE agentSession (
                agent TEXT NOT NULL, chat TEXT NOT NULL, state TEXT NOT NULL, updatedAt INTEGER NOT NULL,
                PRIMARY KEY (agent, chat)
            ) WITHOUT ROWID;
            CREATE TABLE agentProcessed (
                agent TEXT NOT NULL, event TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (agent, event)
            ) WITHOUT ROWID;
            CREATE INDEX agentProcessedAt ON agentProcessed (agent, at);
            CREATE TABLE agentDraft (
                id TEXT PRIMARY KEY, agent TEXT NOT NULL, chat TEXT NOT NULL, line TEXT NOT NULL, message TEXT,
                action TEXT NOT NULL, state TEXT NOT NULL, send TEXT, createdAt INTEGER NOT NULL,
                updatedAt INTEGER NOT NULL
            ) WITHOUT ROWID;
            CREATE INDEX agentDraftState ON agentDraft (state, createdAt);
            CREATE TABLE turn (
                id TEXT PRIMARY KEY, agent TEXT NOT NULL, chat TEXT NOT NULL, outcome TEXT NOT NULL,
                startedAt INTEGER NOT NULL, endedAt INTEGER
            ) WITHOUT ROWID;
            CREATE INDEX turnStarted ON turn (startedAt);
            CREATE TABLE turnMessage (
                message TEXT NOT NULL, turn TEXT NOT NULL REFERENCES turn (id) ON DELETE CASCADE,
                PRIMARY KEY (message, turn)
            ) WITHOUT ROWID;
            CREATE TABLE turnStep (
                turn TEXT NOT NULL REFERENCES turn (id) ON DELETE CASCADE, number INTEGER NOT NULL, at INTEGER NOT NULL,
                step TEXT NOT NULL, detail TEXT NOT NULL, PRIMARY KEY (turn, number)
            ) WITHOUT ROWID;
            """
    )
}
