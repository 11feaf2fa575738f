//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

extension NativeHook: SchemaDescribed {
    package static let schemaDescription = SchemaDescription(
        "Hook", "An incoming hook.",
        [
            .init("id", "Its id.", "hk_4f0a9k2m7q1x8z3c"),
            .init("name", "What its owner calls it.", "Grafana at home"),
            .init("chat", "The only chat it writes to.", "ch_7mcmixolqbllaxwc"),
            .init("preset", "The built-in template: `text`, `grafana`, `github` or `homeassistant`.", "grafana"),
            .init("template", "The template of its own.", .null),
            .init("dedupe", "The template of the dedupe key; null for the preset's.", .null),
            .init("dedupeSeconds", "For how many seconds a key counts as seen.", 86_400),
            .init("quietHours", "When nothing is delivered."),
            .init("digestMinutes", "For how many minutes events are collected into one text.", .null),
            .init("ratePerMinute", "How many events a minute are taken.", 30),
            .init("held", "How many events it holds back now.", 0),
            .init(
                "secret", "The secret (`bwh_…`), only in the answer to its creation.",
                "bwh_3q2-7wZkL5mVb1Xo3q2-7wZkL5mVb1Xo3q2-7wZkL5k"),
            .init(
                "url", "Where senders post, only in the answer to its creation.",
                "/v1/hooks/bwh_3q2-7wZkL5mVb1Xo3q2-7wZkL5mVb1Xo3q2-7wZkL5k"),
            .init("createdAt", "When it was made.", "2026-11-29T08:30:00.000Z"),
            .init("lastUsedAt", "When something last arrived, to ten minutes.", "2026-11-29T08:30:00.000Z"),
        ])
}

extension NativeQuietHours: SchemaDescribed {
    package static let schemaDescription = SchemaDescription(
        "QuietHours", "A daily span of time in which a hook delivers nothing; it may pass midnight.",
        [
            .init("start", "When it starts, `HH:MM`.", "22:00", .pattern("^([01][0-9]|2[0-3]):[0-5][0-9]$")),
            .init("end", "When it ends, `HH:MM`.", "07:00", .pattern("^([01][0-9]|2[0-3]):[0-5][0-9]$")),
            .init("zone", "The IANA name of the time zone.", "Europe/Berlin", .length(1...64)),
        ])
}

extension NativeHookRequest: SchemaDescribed {
    package static let schemaDescription = SchemaDescription(
        "HookRequest", "The body of `POST /v1/hooks`; with neither `preset` nor `template` it takes plain text.",
        isStrict: true,
        [
            .init("name", "What its owner calls it.", "Grafana at home", .length(1...100)),
            .init("chat", "The chat it writes to, by any of its names.", "ch_7mcmixolqbllaxwc", .length(1...256)),
        ] + hookSettings("grafana"))
}

extension NativeHookChange: SchemaDescribed {
    package static let schemaDescription = SchemaDescription(
        "HookChange", "The body of `PATCH /v1/hooks/{hook}`; what is absent stays, and null takes an option away.",
        isStrict: true,
        [.init("name", "What its owner calls it.", "Grafana at home", .length(1...100))] + hookSettings("text"))
}

/// What creating and changing a hook have in common.
private func hookSettings(_ preset: String) -> [SchemaDescription.Member] {
    [
        .init(
            "preset", "The built-in template.", .string(preset),
            .oneOf(["text", "grafana", "github", "homeassistant"])),
        .init("template", "A template of its own, instead of a preset.", .null, .length(1...8000)),
        .init("dedupe", "The template of the dedupe key.", .null, .length(1...1000)),
        .init(
            "dedupeSeconds", "For how many seconds a key counts as seen; a day when absent.", 3600,
            .range(1...2_592_000)),
        .init("quietHours", "When nothing is delivered; what arrives then goes out as one text at their end."),
        .init("digestMinutes", "For how many minutes events are collected into one text.", .null, .range(1...1440)),
        .init("ratePerMinute", "How many events a minute are taken; 30 when absent.", 30, .range(1...600)),
    ]
}

extension NativeHookReceipt: SchemaDescribed {
    package static let schemaDescription = SchemaDescription(
        "HookReceipt", "What became of something that was posted to a hook.",
        [
            .init("state", "`sent`, `held` or `duplicate`.", "sent"),
            .init("send", "The send it became; null while it is held.", "snd_4f0a9k2m7q1x8z3c"),
            .init("until", "When what is held goes out.", .null),
        ])
}
