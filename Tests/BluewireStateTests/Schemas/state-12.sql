-- state.db as step 12 of its schema left it, with made-up rows.
-- Made by Scripts/dump-schemas; a dump of an earlier step is never changed.
CREATE TABLE agentDraft (
    id TEXT PRIMARY KEY, agent TEXT NOT NULL, chat TEXT NOT NULL, line TEXT NOT NULL, message TEXT,
    action TEXT NOT NULL, state TEXT NOT NULL, send TEXT, createdAt INTEGER NOT NULL,
    updatedAt INTEGER NOT NULL
, key TEXT) WITHOUT ROWID;
CREATE TABLE agentProcessed (
    agent TEXT NOT NULL, event TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (agent, event)
) WITHOUT ROWID;
CREATE TABLE agentSession (
    agent TEXT NOT NULL, chat TEXT NOT NULL, state TEXT NOT NULL, updatedAt INTEGER NOT NULL,
    PRIMARY KEY (agent, chat)
) WITHOUT ROWID;
CREATE TABLE audit (
    sequence INTEGER PRIMARY KEY, at INTEGER NOT NULL, actor TEXT NOT NULL, action TEXT NOT NULL,
    object TEXT, outcome TEXT NOT NULL, reason TEXT, prev BLOB NOT NULL, hash BLOB NOT NULL
) STRICT;
CREATE TABLE auditCheckpoint (
    sequence INTEGER PRIMARY KEY, at INTEGER NOT NULL, hash BLOB NOT NULL, signature BLOB NOT NULL
) STRICT;
CREATE TABLE auditHead (
    id INTEGER PRIMARY KEY CHECK (id = 1), first INTEGER NOT NULL, last INTEGER NOT NULL,
    hash BLOB NOT NULL, signature BLOB NOT NULL
) STRICT;
CREATE TABLE delivery (
    webhook TEXT NOT NULL REFERENCES webhook (id) ON DELETE CASCADE, sequence INTEGER NOT NULL,
    event TEXT NOT NULL, kind TEXT NOT NULL, chat TEXT, state TEXT NOT NULL, attempts INTEGER NOT NULL,
    status INTEGER, error TEXT, firstFailedAt INTEGER, nextAt INTEGER, updatedAt INTEGER NOT NULL,
    PRIMARY KEY (webhook, sequence)
) WITHOUT ROWID;
CREATE TABLE hook (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, chat TEXT NOT NULL, lookup BLOB NOT NULL,
    hash BLOB NOT NULL UNIQUE, settings TEXT NOT NULL, createdAt INTEGER NOT NULL, lastUsedAt INTEGER
) WITHOUT ROWID;
CREATE TABLE hookItem (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT, hook TEXT NOT NULL REFERENCES hook (id) ON DELETE CASCADE,
    dedupe BLOB, text TEXT, arrivedAt INTEGER NOT NULL, dueAt INTEGER, batch TEXT, send TEXT
);
CREATE TABLE loginCode (
    hash BLOB PRIMARY KEY, scopes TEXT NOT NULL, chats TEXT, expiresAt INTEGER NOT NULL
, tokenName TEXT, tokenExpiresAt INTEGER) WITHOUT ROWID;
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
, begunAt INTEGER) WITHOUT ROWID;
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
CREATE TABLE upload (
    id TEXT PRIMARY KEY, owner TEXT NOT NULL, name TEXT NOT NULL, mimeType TEXT NOT NULL, bytes INTEGER,
    digest TEXT, isResumable INTEGER NOT NULL, createdAt INTEGER NOT NULL, expiresAt INTEGER NOT NULL,
    spentAt INTEGER
) WITHOUT ROWID;
CREATE TABLE uploadUse (
    upload TEXT NOT NULL REFERENCES upload (id) ON DELETE CASCADE, send TEXT NOT NULL,
    PRIMARY KEY (upload, send)
) WITHOUT ROWID;
CREATE TABLE webhook (
    id TEXT PRIMARY KEY, url TEXT NOT NULL, secret TEXT NOT NULL, previousSecret TEXT, filter TEXT NOT NULL,
    isPaused INTEGER NOT NULL, pauseReason TEXT, createdAt INTEGER NOT NULL
, replayAfter TEXT) WITHOUT ROWID;
CREATE UNIQUE INDEX agentDraftKey ON agentDraft (agent, key) WHERE key IS NOT NULL;
CREATE INDEX agentDraftState ON agentDraft (state, createdAt);
CREATE INDEX agentProcessedAt ON agentProcessed (agent, at);
CREATE INDEX hookItemBatch ON hookItem (batch) WHERE batch IS NOT NULL;
CREATE INDEX hookItemDedupe ON hookItem (hook, dedupe) WHERE dedupe IS NOT NULL;
CREATE INDEX hookItemDue ON hookItem (dueAt) WHERE dueAt IS NOT NULL;
CREATE INDEX hookLookup ON hook (lookup);
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
CREATE INDEX uploadOwner ON upload (owner);
CREATE TABLE IF NOT EXISTS grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY);
INSERT INTO agentDraft (id, agent, chat, line, message, action, state, send, createdAt, updatedAt, key) VALUES ('drf_sample', 'concierge', 'ch_test', 'test', 'A', '{"message":{"_0":{"files":[],"text":"made-up answer"}}}', 'waiting', NULL, 1768478400000000000, 1768478400000000000, 'agent:concierge:0-0');
INSERT INTO agentProcessed (agent, event, at) VALUES ('concierge', 'A', 1768478400000000000);
INSERT INTO agentSession (agent, chat, state, updatedAt) VALUES ('concierge', 'ch_test', '{"pending":[]}', 1768478400000000000);
INSERT INTO audit (sequence, at, actor, action, object, outcome, reason, prev, hash) VALUES (1, 1768478400000000000, 'local', 'token.create', 'tok_sample', 'allowed', NULL, X'0000000000000000000000000000000000000000000000000000000000000000', X'A60AC7E5C6068BD4C39522E4E35C91925A81307376F70629AF92F6363F69D884');
INSERT INTO audit (sequence, at, actor, action, object, outcome, reason, prev, hash) VALUES (2, 1768478401000000000, 'tok_sample', 'send', 'it''s "quoted"', 'denied', 'why', X'A60AC7E5C6068BD4C39522E4E35C91925A81307376F70629AF92F6363F69D884', X'CAF7F5F0ADFDD494288831F4F8F16C8D0C30FEFE2878B8920D8BEFE3DC177117');
INSERT INTO audit (sequence, at, actor, action, object, outcome, reason, prev, hash) VALUES (3, 1768478402000000000, 'system', 'egress', NULL, 'denied', '', X'CAF7F5F0ADFDD494288831F4F8F16C8D0C30FEFE2878B8920D8BEFE3DC177117', X'29CDCE0631A4FEFAD15975CBD879B4D99AE87D0BC84FE2817F4F841A1A82BC26');
INSERT INTO auditHead (id, first, last, hash, signature) VALUES (1, 1, 3, X'29CDCE0631A4FEFAD15975CBD879B4D99AE87D0BC84FE2817F4F841A1A82BC26', X'E8BC41244CB3D2CC47A034B905694C90B5D63E37DB542E5E552127DFC1A03886');
INSERT INTO delivery (webhook, sequence, event, kind, chat, state, attempts, status, error, firstFailedAt, nextAt, updatedAt) VALUES ('wh_sample', 7, 'evt_7', 'message.created', 'ch_test', 'retrying', 2, 500, 'http_500', 1768478400000000000, 1768478402000000000, 1768478401000000000);
INSERT INTO grdb_migrations (identifier) VALUES ('1-access');
INSERT INTO grdb_migrations (identifier) VALUES ('10-hooks');
INSERT INTO grdb_migrations (identifier) VALUES ('11-pairing');
INSERT INTO grdb_migrations (identifier) VALUES ('12-once');
INSERT INTO grdb_migrations (identifier) VALUES ('2-sinks');
INSERT INTO grdb_migrations (identifier) VALUES ('3-tasks');
INSERT INTO grdb_migrations (identifier) VALUES ('4-agents');
INSERT INTO grdb_migrations (identifier) VALUES ('5-outbox');
INSERT INTO grdb_migrations (identifier) VALUES ('6-audit');
INSERT INTO grdb_migrations (identifier) VALUES ('7-replay');
INSERT INTO grdb_migrations (identifier) VALUES ('8-outbox');
INSERT INTO grdb_migrations (identifier) VALUES ('9-uploads');
INSERT INTO hook (id, name, chat, lookup, hash, settings, createdAt, lastUsedAt) VALUES ('hk_sample', 'Grafana', 'ch_one', X'0A', X'0A0B', '{"dedupeSeconds":86400,"preset":"grafana","quiet":{"end":420,"start":1320,"zone":"Europe/Berlin"},"ratePerMinute":30}', 1768478400000000000, NULL);
INSERT INTO hookItem (sequence, hook, dedupe, text, arrivedAt, dueAt, batch, send) VALUES (1, 'hk_sample', X'00FF', 'it''s full', 1768478400000000000, 1768543200000000000, NULL, NULL);
INSERT INTO hookItem (sequence, hook, dedupe, text, arrivedAt, dueAt, batch, send) VALUES (2, 'hk_sample', X'00FE', NULL, 1768478401000000000, NULL, 'hkb_1', 'snd_1');
INSERT INTO loginCode (hash, scopes, chats, expiresAt, tokenName, tokenExpiresAt) VALUES (X'00FF', 'read', NULL, 1768479000000000000, NULL, NULL);
INSERT INTO loginCode (hash, scopes, chats, expiresAt, tokenName, tokenExpiresAt) VALUES (X'01FF', 'read send', 'ch_one', 1768479000000000000, 'tablet', 1771070400000000000);
INSERT INTO outboxAttempt (sequence, send, number, transport, startedAt, endedAt, outcome, reason) VALUES (1, 'snd_sample', 1, 'applescript', 1768478400000000000, 1768478401000000000, 'unreachable', 'automation_denied');
INSERT INTO outboxAttempt (sequence, send, number, transport, startedAt, endedAt, outcome, reason) VALUES (2, 'snd_sample', 2, 'applescript', 1768478402000000000, NULL, 'started', NULL);
INSERT INTO outboxClaim (message, send, attempt, direction, pieces) VALUES ('B', 'snd_other', 1, 'outgoing', '0');
INSERT INTO outboxKey (origin, key, digest, send, usedAt) VALUES ('tok_sample', 'key', X'00', 'snd_sample', 1768478400000000000);
INSERT INTO outboxPublication (sequence, revision, chat, send) VALUES (1, 1, 'ch_test', X'7B22616374696F6E223A7B226D657373616765223A7B225F30223A7B2266696C6573223A5B5D2C2274657874223A226D6164652D75702074657874227D7D7D2C22617474656D707473223A302C2263686174223A2263685F74657374222C22637265617465644174223A313736383437383430303030303030303030302C226964223A22736E645F73616D706C65222C226C696E65223A2274657374222C22726563697069656E74223A7B2263686174223A7B225F30223A2263685F74657374227D7D2C227374617465223A22717565756564222C22757064617465644174223A313736383437383430303030303030303030307D');
INSERT INTO outboxSend (sequence, id, revision, state, isOpen, line, chat, address, isSelf, dispatchedAt, record, origin, createdAt, isFirstContact) VALUES (1, 'snd_sample', 1, 'queued', 1, 'test', 'ch_test', NULL, 0, NULL, X'7B22616374696F6E223A7B226D657373616765223A7B225F30223A7B2266696C6573223A5B5D2C2274657874223A226D6164652D75702074657874227D7D7D2C2263686174223A2263685F74657374222C22637265617465644174223A313736383437383430303030303030303030302C226964223A22736E645F73616D706C65222C22697353656C66223A66616C73652C226C696E65223A2274657374222C226F726967696E223A22746F6B5F73616D706C65222C2270726F6772657373223A7B22617474656D707473223A302C22656E6473417453656E74223A66616C73652C2269734F70656E223A747275652C22706965636573223A5B7B2274657874223A7B225F30223A226D6164652D75702074657874227D7D5D2C227175657565644174223A313736383437383430303030303030303030302C227265667573616C73223A302C22726F7773223A5B5D2C227374617465223A22717565756564227D2C22726563697069656E74223A7B2263686174223A7B225F30223A2263685F74657374227D7D2C227265766973696F6E223A312C2273657175656E6365223A312C22757064617465644174223A313736383437383430303030303030303030307D', 'tok_sample', 1768478400000000000, 0);
INSERT INTO outboxSetting (name, value) VALUES ('stop', '1768478400000000000 holiday');
INSERT INTO session (id, lookup, hash, scopes, chats, createdAt, expiresAt) VALUES ('web_sample', X'08', X'0809', 'manage read send', NULL, 1768478400000000000, 1771070400000000000);
INSERT INTO sinkCursor (name, cursor, updatedAt) VALUES ('outbox', '0a1b2c3d-9', 1768478400000000000);
INSERT INTO sinkCursor (name, cursor, updatedAt) VALUES ('webhook:wh_sample', '0a1b2c3d-7', 1768478400000000000);
INSERT INTO task (id, agent, chat, text, dueAt, zone, state, createdAt, updatedAt, remindedAt, origin, begunAt) VALUES ('task_sample', 'concierge', 'ch_test', 'made-up task', 1768500000000000000, 'Europe/Berlin', 'open', 1768478400000000000, 1768478400000000000, NULL, 'origin', 1768500000000000000);
INSERT INTO token (id, name, lookup, hash, scopes, chats, createdAt, expiresAt, lastUsedAt, revokedAt) VALUES ('tok_sample', 'phone', X'0001020304050607', X'000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F', 'read send', 'ch_one ch_two', 1768478400000000000, NULL, 1768478460000000000, NULL);
INSERT INTO turn (id, agent, chat, outcome, startedAt, endedAt) VALUES ('turn_sample', 'concierge', 'ch_test', 'answered', 1768478400000000000, 1768478401000000000);
INSERT INTO turnMessage (message, turn) VALUES ('A', 'turn_sample');
INSERT INTO turnStep (turn, number, at, step, detail) VALUES ('turn_sample', 1, 1768478400000000000, 'end', '1 bubble(s)');
INSERT INTO upload (id, owner, name, mimeType, bytes, digest, isResumable, createdAt, expiresAt, spentAt) VALUES ('up_half', 'local', 'film.mov', 'video/quicktime', NULL, NULL, 0, 1768478400000000000, 1768564800000000000, NULL);
INSERT INTO upload (id, owner, name, mimeType, bytes, digest, isResumable, createdAt, expiresAt, spentAt) VALUES ('up_sample', 'tok_sample', 'cat.jpg', 'image/jpeg', 10, 'ab12', 1, 1768478400000000000, 1768564800000000000, NULL);
INSERT INTO uploadUse (upload, send) VALUES ('up_sample', 'snd_sample');
INSERT INTO webhook (id, url, secret, previousSecret, filter, isPaused, pauseReason, createdAt, replayAfter) VALUES ('wh_sample', 'https://example.com/', 'whsec_AAAA', NULL, '{"chats":["ch_test"],"kinds":["message.created"]}', 0, NULL, 1768478400000000000, NULL);
