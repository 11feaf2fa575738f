CREATE TABLE agentDraft (
    id TEXT PRIMARY KEY, agent TEXT NOT NULL, chat TEXT NOT NULL, line TEXT NOT NULL, message TEXT,
    action TEXT NOT NULL, state TEXT NOT NULL, send TEXT, createdAt INTEGER NOT NULL,
    updatedAt INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE agentProcessed (
    agent TEXT NOT NULL, event TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (agent, event)
) WITHOUT ROWID;
CREATE TABLE agentSession (
    agent TEXT NOT NULL, chat TEXT NOT NULL, state TEXT NOT NULL, updatedAt INTEGER NOT NULL,
    PRIMARY KEY (agent, chat)
) WITHOUT ROWID;
CREATE TABLE audit (
    sequence INTEGER PRIMARY KEY, at INTEGER NOT NULL, actor TEXT NOT NULL, action TEXT NOT NULL,
    object TEXT, outcome TEXT NOT NULL, reason TEXT
);
CREATE TABLE delivery (
    webhook TEXT NOT NULL REFERENCES webhook (id) ON DELETE CASCADE, sequence INTEGER NOT NULL,
    event TEXT NOT NULL, kind TEXT NOT NULL, chat TEXT, state TEXT NOT NULL, attempts INTEGER NOT NULL,
    status INTEGER, error TEXT, firstFailedAt INTEGER, nextAt INTEGER, updatedAt INTEGER NOT NULL,
    PRIMARY KEY (webhook, sequence)
) WITHOUT ROWID;
CREATE TABLE loginCode (
    hash BLOB PRIMARY KEY, scopes TEXT NOT NULL, chats TEXT, expiresAt INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE outboxAttempt (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    send TEXT NOT NULL,
    number INTEGER NOT NULL,
    transport TEXT NOT NULL,
    startedAt INTEGER NOT NULL,
    endedAt INTEGER,
    outcome TEXT NOT NULL,
    reason TEXT,
    UNIQUE (send, number, transport)
);
CREATE TABLE outboxClaim (
    message TEXT NOT NULL PRIMARY KEY,
    send TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    direction TEXT NOT NULL,
    pieces TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE outboxKey (
    origin TEXT NOT NULL,
    key TEXT NOT NULL,
    digest BLOB NOT NULL,
    send TEXT NOT NULL,
    usedAt INTEGER NOT NULL,
    PRIMARY KEY (origin, key)
) WITHOUT ROWID;
CREATE TABLE outboxPublication (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    revision INTEGER NOT NULL,
    chat TEXT,
    send BLOB NOT NULL
);
CREATE TABLE outboxSend (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    revision INTEGER NOT NULL,
    state TEXT NOT NULL,
    isOpen INTEGER NOT NULL,
    line TEXT NOT NULL,
    chat TEXT,
    address TEXT,
    isSelf INTEGER NOT NULL,
    dispatchedAt INTEGER,
    record BLOB NOT NULL
, origin TEXT NOT NULL DEFAULT '', createdAt INTEGER NOT NULL DEFAULT 0, isFirstContact INTEGER NOT NULL DEFAULT 0);
CREATE TABLE outboxSetting (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE session (
    id TEXT PRIMARY KEY, lookup BLOB NOT NULL, hash BLOB NOT NULL UNIQUE, scopes TEXT NOT NULL, chats TEXT,
    createdAt INTEGER NOT NULL, expiresAt INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE sinkCursor (
    name TEXT PRIMARY KEY, cursor TEXT NOT NULL, updatedAt INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE task (
    id TEXT PRIMARY KEY, agent TEXT NOT NULL, chat TEXT NOT NULL, text TEXT NOT NULL, dueAt INTEGER,
    zone TEXT NOT NULL, state TEXT NOT NULL, createdAt INTEGER NOT NULL, updatedAt INTEGER NOT NULL,
    remindedAt INTEGER, origin TEXT
) WITHOUT ROWID;
CREATE TABLE token (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, lookup BLOB NOT NULL, hash BLOB NOT NULL UNIQUE,
    scopes TEXT NOT NULL, chats TEXT, createdAt INTEGER NOT NULL, expiresAt INTEGER, lastUsedAt INTEGER,
    revokedAt INTEGER
) WITHOUT ROWID;
CREATE TABLE turn (
    id TEXT PRIMARY KEY, agent TEXT NOT NULL, chat TEXT NOT NULL, outcome TEXT NOT NULL,
    startedAt INTEGER NOT NULL, endedAt INTEGER
) WITHOUT ROWID;
CREATE TABLE turnMessage (
    message TEXT NOT NULL, turn TEXT NOT NULL REFERENCES turn (id) ON DELETE CASCADE,
    PRIMARY KEY (message, turn)
) WITHOUT ROWID;
CREATE TABLE turnStep (
    turn TEXT NOT NULL REFERENCES turn (id) ON DELETE CASCADE, number INTEGER NOT NULL, at INTEGER NOT NULL,
    step TEXT NOT NULL, detail TEXT NOT NULL, PRIMARY KEY (turn, number)
) WITHOUT ROWID;
CREATE TABLE webhook (
    id TEXT PRIMARY KEY, url TEXT NOT NULL, secret TEXT NOT NULL, previousSecret TEXT, filter TEXT NOT NULL,
    isPaused INTEGER NOT NULL, pauseReason TEXT, createdAt INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX agentDraftState ON agentDraft (state, createdAt);
CREATE INDEX agentProcessedAt ON agentProcessed (agent, at);
CREATE INDEX outboxClaimSend ON outboxClaim (send);
CREATE INDEX outboxKeyAge ON outboxKey (usedAt);
CREATE INDEX outboxSendAddress ON outboxSend (address, sequence) WHERE address IS NOT NULL;
CREATE INDEX outboxSendChat ON outboxSend (chat, sequence) WHERE chat IS NOT NULL;
CREATE INDEX outboxSendFirstContact ON outboxSend (origin, createdAt) WHERE isFirstContact = 1;
CREATE INDEX outboxSendOpen ON outboxSend (sequence) WHERE isOpen = 1;
CREATE INDEX outboxSendOrigin ON outboxSend (origin, createdAt);
CREATE INDEX outboxSendSelf ON outboxSend (dispatchedAt) WHERE isSelf = 1;
CREATE INDEX outboxSendState ON outboxSend (state, sequence);
CREATE INDEX sessionLookup ON session (lookup);
CREATE INDEX taskChat ON task (chat, createdAt);
CREATE INDEX taskDue ON task (dueAt) WHERE state = 'open' AND remindedAt IS NULL AND dueAt IS NOT NULL;
CREATE UNIQUE INDEX taskOrigin ON task (origin) WHERE origin IS NOT NULL;
CREATE INDEX tokenLookup ON token (lookup);
CREATE INDEX turnStarted ON turn (startedAt);
