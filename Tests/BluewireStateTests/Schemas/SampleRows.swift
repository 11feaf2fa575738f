//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import BluewireState
import BluewireTesting
import Foundation
import GRDB

/// A few made-up rows for each step of the schemas, in the form in which this build stores them.
enum SampleRows {
    /// Puts the rows of the tables that `step` made into them.
    static func insert(_ kind: SchemaDump.Kind, step: Int, in db: Database) throws {
        switch (kind, step) {
        case (.state, 1): try access(db)
        case (.state, 2): try sinks(db)
        case (.state, 3): try tasks(db)
        case (.state, 4): try agents(db)
        case (.state, 5): try outbox(db)
        case (.state, 8): try attempts(db)
        case (.state, 9): try uploads(db)
        case (.state, 10): try hooks(db)
        case (.state, 11): try pairing(db)
        case (.state, 12): try onceOnly(db)
        case (.journal, 1): try journal(db)
        default: return
        }
    }

    private static let now = Timestamp(seconds: 1_768_478_400)

    private static func access(_ db: Database) throws {
        try db.execute(
            sql: """
                INSERT INTO token VALUES ('tok_sample', 'phone', x'0001020304050607',
                x'000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f', 'read send', 'ch_one ch_two',
                1768478400000000000, NULL, 1768478460000000000, NULL);
                INSERT INTO loginCode VALUES (x'00ff', 'read', NULL, 1768479000000000000);
                INSERT INTO session VALUES ('web_sample', x'08', x'0809', 'manage read send', NULL, 1768478400000000000,
                1771070400000000000);
                INSERT INTO audit VALUES (1, 1768478400000000000, 'local', 'token.create', 'tok_sample', 'allowed', NULL);
                INSERT INTO audit VALUES (2, 1768478401000000000, 'tok_sample', 'send', 'it''s "quoted"', 'denied', 'why');
                INSERT INTO audit VALUES (3, 1768478402000000000, 'system', 'egress', NULL, 'denied', '');
                """)
    }

    private static func pairing(_ db: Database) throws {
        try db.execute(
            sql: """
                INSERT INTO loginCode (hash, scopes, chats, expiresAt, tokenName, tokenExpiresAt)
                VALUES (x'01ff', 'read send', 'ch_one', 1768479000000000000, 'tablet', 1771070400000000000);
                """)
    }

    private static func onceOnly(_ db: Database) throws {
        try db.execute(
            sql: """
                UPDATE agentDraft SET key = 'agent:concierge:0-0';
                UPDATE task SET begunAt = 1768500000000000000;
                """)
    }

    private static func sinks(_ db: Database) throws {
        let filter = try Columns.json(EventFilter(kinds: [.messageCreated], chats: [Samples.chat]))
        try db.execute(
            sql: "INSERT INTO webhook VALUES ('wh_sample', 'https://example.com/', 'whsec_AAAA', NULL, ?, 0, NULL, ?)",
            arguments: [filter, now.nanoseconds])
        try db.execute(
            sql: """
                INSERT INTO sinkCursor VALUES ('webhook:wh_sample', '0a1b2c3d-7', 1768478400000000000);
                INSERT INTO sinkCursor VALUES ('outbox', '0a1b2c3d-9', 1768478400000000000);
                INSERT INTO delivery VALUES ('wh_sample', 7, 'evt_7', 'message.created', 'ch_test', 'retrying', 2, 500,
                'http_500', 1768478400000000000, 1768478402000000000, 1768478401000000000);
                """)
    }

    private static func uploads(_ db: Database) throws {
        try db.execute(
            sql: """
                INSERT INTO upload VALUES ('up_sample', 'tok_sample', 'cat.jpg', 'image/jpeg', 10, 'ab12', 1,
                1768478400000000000, 1768564800000000000, NULL);
                INSERT INTO upload VALUES ('up_half', 'local', 'film.mov', 'video/quicktime', NULL, NULL, 0,
                1768478400000000000, 1768564800000000000, NULL);
                INSERT INTO uploadUse VALUES ('up_sample', 'snd_sample');
                """)
    }

    private static func hooks(_ db: Database) throws {
        var settings = Hook.Settings(preset: "grafana")
        settings.quiet = Hook.QuietTimes(start: 1320, end: 420, zone: "Europe/Berlin")
        try db.execute(
            sql: "INSERT INTO hook VALUES ('hk_sample', 'Grafana', 'ch_one', x'0a', x'0a0b', ?, ?, NULL)",
            arguments: [try Columns.json(settings), now.nanoseconds])
        try db.execute(
            sql: """
                INSERT INTO hookItem VALUES (1, 'hk_sample', x'00ff', 'it''s full', 1768478400000000000,
                1768543200000000000, NULL, NULL);
                INSERT INTO hookItem VALUES (2, 'hk_sample', x'00fe', NULL, 1768478401000000000, NULL, 'hkb_1', 'snd_1');
                """)
    }

    private static func attempts(_ db: Database) throws {
        try db.execute(
            sql: """
                INSERT INTO outboxAttempt VALUES (1, 'snd_sample', 1, 'applescript', 1768478400000000000,
                1768478401000000000, 'unreachable', 'automation_denied');
                INSERT INTO outboxAttempt VALUES (2, 'snd_sample', 2, 'applescript', 1768478402000000000, NULL, 'started',
                NULL);
                """)
    }

    private static func tasks(_ db: Database) throws {
        try db.execute(
            sql: """
                INSERT INTO task VALUES ('task_sample', 'concierge', 'ch_test', 'made-up task', 1768500000000000000,
                'Europe/Berlin', 'open', 1768478400000000000, 1768478400000000000, NULL, 'origin');
                """)
    }

    private static func agents(_ db: Database) throws {
        try db.execute(
            sql: """
                INSERT INTO agentSession VALUES ('concierge', 'ch_test', '{"pending":[]}', 1768478400000000000);
                INSERT INTO agentProcessed VALUES ('concierge', 'A', 1768478400000000000);
                INSERT INTO turn VALUES ('turn_sample', 'concierge', 'ch_test', 'answered', 1768478400000000000,
                1768478401000000000);
                INSERT INTO turnMessage VALUES ('A', 'turn_sample');
                INSERT INTO turnStep VALUES ('turn_sample', 1, 1768478400000000000, 'end', '1 bubble(s)');
                """)
        try db.execute(
            sql: """
                INSERT INTO agentDraft VALUES ('drf_sample', 'concierge', 'ch_test', 'test', 'A', ?, 'waiting', NULL, ?, ?)
                """,
            arguments: [
                try Columns.json(Send.Action.message(Draft(text: "made-up answer"))), now.nanoseconds, now.nanoseconds,
            ])
    }

    private static func outbox(_ db: Database) throws {
        var record = SendRecord(
            id: SendID(rawValue: "snd_sample"), origin: "tok_sample", recipient: .chat(Samples.chat),
            line: Samples.line, action: .message(Draft(text: "made-up text")), createdAt: now)
        record.chat = Samples.chat
        record.sequence = 1
        record.revision = 1
        try db.execute(
            sql: """
                INSERT INTO outboxSend VALUES (1, 'snd_sample', 1, 'queued', 1, 'test', 'ch_test', NULL, 0, NULL, ?)
                """, arguments: [Data(try Columns.json(record).utf8)])
        try db.execute(
            sql: """
                INSERT INTO outboxKey VALUES ('tok_sample', 'key', x'00', 'snd_sample', 1768478400000000000);
                INSERT INTO outboxClaim VALUES ('B', 'snd_other', 1, 'outgoing', '0');
                INSERT INTO outboxSetting VALUES ('stop', '1768478400000000000 holiday');
                """)
        try db.execute(
            sql: "INSERT INTO outboxPublication VALUES (1, 1, 'ch_test', ?)",
            arguments: [Data(try Columns.json(record.send).utf8)])
    }

    private static func journal(_ db: Database) throws {
        let snapshot = Snapshot.message(Samples.message("A", text: "made-up text"), changed: [], arrival: .new)
        try db.execute(
            sql: """
                INSERT INTO meta VALUES ('epoch', '0a1b2c3d');
                INSERT INTO meta VALUES ('reserved', 10000);
                INSERT INTO source VALUES ('test', 'test', x'01', 1768478400000000000);
                INSERT INTO mark VALUES ('test', 1, x'02');
                INSERT INTO chatID VALUES ('test', 'iMessage;-;+15550001', 'ch_test');
                """)
        try db.execute(
            sql: "INSERT INTO event VALUES (7, 'evt_7', 'message.created', ?, 'test', 'ch_test', 'A', NULL, 1, ?)",
            arguments: [now.nanoseconds, Data(try Columns.json(snapshot).utf8)])
    }
}
