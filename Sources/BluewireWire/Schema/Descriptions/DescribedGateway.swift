//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

extension NativeLine: SchemaDescribed {
    package static let schemaDescription = SchemaDescription(
        "Line", "A line with what it can do.",
        [
            .init("id", "Its name.", "mac"),
            .init("kind", "What it is: `messages`, `simulator`.", "messages"),
            .init("capabilities", "What it can do.", ["text", "file"]),
            .init("missing", "What it cannot do, and why."),
        ])
}

extension NativeLine.Missing: SchemaDescribed {
    package static let schemaDescription = SchemaDescription(
        "Missing", "Something a line cannot do.",
        [
            .init("capability", "What.", "tapback"),
            .init("reason", "Why.", "AppleScript has no way to do this."),
        ])
}

extension NativeReadiness: SchemaDescribed {
    package static let schemaDescription = SchemaDescription(
        "Readiness", "Something that keeps the gateway from being ready.",
        [
            .init("code", "A stable code.", "full_disk_access"),
            .init("detail", "What is missing.", "The Messages database may not be read."),
            .init("remedy", "What to do.", "Grant Full Disk Access."),
        ])
}

extension NativeHealth: SchemaDescribed {
    package static let schemaDescription = SchemaDescription(
        "Health", "The state of the gateway.",
        [
            .init("ready", "Whether nothing is missing.", true),
            .init("missing", "What is missing.", []),
            .init("cursor", "The position after the newest event.", "3kx9-120034"),
            .init("readers", "How many live readers there are.", 2),
            .init("scopes", "The scopes of the caller.", ["messages:read"]),
            .init("features", "Parts of the gateway that not every gateway has: `simulator`.", []),
            .init("listener", "Where it listens; null when only on its own socket."),
        ])
}

extension NativeTask: SchemaDescribed {
    package static let schemaDescription = SchemaDescription(
        "Task", "A task or reminder an agent keeps for somebody.",
        [
            .init("id", "Its name.", "tsk_4f0a9k2m7q1x8z3c"),
            .init("chat", "The chat it belongs to.", "ch_7mcmixolqbllaxwc"),
            .init("text", "What is to be done.", "call the dentist"),
            .init("dueAt", "When it is due.", "2026-11-30T09:00:00.000Z"),
            .init("zone", "The time zone it was said in.", "Europe/Berlin"),
            .init("state", "`open`, `done`, `reminded` and so on.", "open"),
        ])
}

extension NativeDraft: SchemaDescribed {
    package static let schemaDescription = SchemaDescription(
        "Draft", "An answer of an agent that waits for the owner's consent.",
        [
            .init("id", "Its name.", "drf_4f0a9k2m7q1x8z3c"),
            .init("agent", "The agent.", "concierge"),
            .init("chat", "The chat it is for.", "ch_7mcmixolqbllaxwc"),
            .init("action", "What would be sent."),
            .init("message", "The message it answers.", "29F309EF-4A2E-4B13-9A55-0C8D8B7B1A01"),
            .init("createdAt", "When it was written.", "2026-11-29T08:30:00.000Z"),
        ])
}

extension NativeTraceStep: SchemaDescribed {
    package static let schemaDescription = SchemaDescription(
        "TraceStep", "One step of what happened to a message, for the inspector.",
        [
            .init("at", "When it happened.", "2026-11-29T08:30:00.000Z"),
            .init(
                "step", "What happened, in one or two words: `row`, `event`, `delivery`, `turn`, `send` and so on.",
                "event"),
            .init("detail", "What happened, in a sentence without message text.", "Event 120034: message.created"),
            .init("milliseconds", "How long it took, in milliseconds.", 12),
        ])
}

extension NativeProblem: SchemaDescribed {
    package static let schemaDescription = SchemaDescription(
        "Problem", "An error as RFC 9457 tells it: what happened, and what to do.",
        [
            .init("type", "A reference that names the kind of problem.", "urn:bluewire:problem:not_found"),
            .init("title", "A short summary of the kind.", "Not found"),
            .init("status", "The HTTP status.", 404),
            .init("detail", "What happened this time; no message text, names or addresses.", "There is no such chat."),
            .init("code", "A stable code.", "not_found"),
            .init("remedy", "What the caller can do.", "Use one of its ids."),
            .init("candidates", "The chats an ambiguous reference may mean.", .null),
            .init(
                "received", "How many bytes of an upload have arrived, when a request names another place.", .null),
        ])
}

extension NativeToken: SchemaDescribed {
    package static let schemaDescription = SchemaDescription(
        "Token", "A token, without its secret.",
        [
            .init("id", "Its id.", "tok_4f0a9k2m7q1x8z3c"),
            .init("name", "What its owner calls it.", "Home Assistant"),
            .init(
                "scopes", "What it allows: single scopes, or the bundles `read`, `send` and `manage`.",
                ["read", "send"]),
            .init("chats", "The only chats it sees; null for all.", .null),
            .init("secret", "The secret `bw_…`, only in the answer to its creation.", "bw_3q2-7wZkL5mVb1Xo"),
            .init("createdAt", "When it was made.", "2026-11-29T08:30:00.000Z"),
            .init("expiresAt", "When it ends; null for never.", .null),
            .init("lastUsedAt", "When it was last used, to ten minutes.", "2026-11-29T08:30:00.000Z"),
            .init("revokedAt", "When it was revoked.", .null),
        ])
}

extension NativeTokenRequest: SchemaDescribed {
    package static let schemaDescription = SchemaDescription(
        "TokenRequest", "The body of `POST /v1/tokens`.", isStrict: true,
        [
            .init("name", "What its owner calls it.", "Home Assistant", .length(1...100)),
            .init("scopes", "What it allows.", ["messages:read", "messages:send"], .count(1...20)),
            .init("chats", "The only chats it sees; all when absent.", .null, .count(1...1000)),
            .init("expiresAt", "When it ends; never when absent.", "2027-11-29T08:30:00.000Z"),
        ])
}

extension NativeLiveness: SchemaDescribed {
    package static let schemaDescription = SchemaDescription(
        "Liveness", "Whether the process answers.",
        [
            .init("ok", "Always true: a process that does not live does not answer.", true)
        ])
}

extension NativeReadyState: SchemaDescribed {
    package static let schemaDescription = SchemaDescription(
        "ReadyState", "Whether the gateway can do its work.",
        [
            .init("ready", "Whether nothing is missing.", true),
            .init("missing", "What is missing.", []),
        ])
}

extension NativeAuditEntry: SchemaDescribed {
    package static let schemaDescription = SchemaDescription(
        "AuditEntry", "One thing that was done or refused.",
        [
            .init("sequence", "Its place in the trail, without gaps.", 17),
            .init("at", "When.", "2026-11-29T08:30:00.000Z"),
            .init("actor", "Who: the id of a token or session, `local`, `agent:<name>`, `system`.", "local"),
            .init("action", "What, for example `token.create`.", "token.create"),
            .init("object", "What it was done to.", "tok_4f0a9k2m7q1x8z3c"),
            .init("outcome", "`allowed`, `denied` or `failed`.", "allowed"),
            .init("reason", "Why.", .null),
        ])
}
