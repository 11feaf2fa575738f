//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// The body of `POST /v1/hooks`.
package struct NativeHookRequest: StrictRequest, Hashable, Sendable {
    /// What its owner calls it.
    package var name: String
    /// The chat it writes to, by any of its names.
    package var chat: String
    /// What becomes of what arrives.
    package var settings: NativeHookSettings

    /// A request from its fields.
    package init(name: String, chat: String, settings: NativeHookSettings = NativeHookSettings()) {
        self.name = name
        self.chat = chat
        self.settings = settings
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        name = try container.decode(String.self, forKey: .name)
        chat = try container.decode(String.self, forKey: .chat)
        settings = try NativeHookSettings(container)
    }

    /// The members of the body.
    package enum CodingKeys: String, HookSettingsKey {
        case name, chat, preset, template, dedupe, dedupeSeconds, quietHours, digestMinutes, ratePerMinute
    }
    package typealias Key = CodingKeys
}

extension NativeHookRequest: JSONWritable {
    package func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("name", name)
            writer.member("chat", chat)
            settings.writeMembers(to: &writer)
        }
    }
}

/// The body of `PATCH /v1/hooks/{hook}`; what is absent stays, and null takes an option away.
package struct NativeHookChange: StrictRequest, Hashable, Sendable {
    /// What its owner calls it.
    package var name: String?
    /// What becomes of what arrives.
    package var settings: NativeHookSettings

    /// A change from its fields.
    package init(name: String? = nil, settings: NativeHookSettings = NativeHookSettings()) {
        self.name = name
        self.settings = settings
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        name = try container.decodeIfPresent(String.self, forKey: .name)
        settings = try NativeHookSettings(container)
    }

    /// The members of the body.
    package enum CodingKeys: String, HookSettingsKey {
        case name, preset, template, dedupe, dedupeSeconds, quietHours, digestMinutes, ratePerMinute
    }
    package typealias Key = CodingKeys
}

/// What an owner can say about a hook.
package struct NativeHookSettings: Hashable, Sendable {
    /// The built-in template.
    package var preset: String?
    /// A template of its own.
    package var template: String?
    /// The template of the dedupe key.
    package var dedupe: String?
    /// For how many seconds a key counts as seen.
    package var dedupeSeconds: Int?
    /// When nothing is delivered.
    package var quietHours: NativeQuietHours?
    /// For how many minutes events are collected into one text.
    package var digestMinutes: Int?
    /// How many events a minute are taken.
    package var ratePerMinute: Int?

    /// The members that are there and null: options to be taken away.
    package var cleared: Set<String> = []

    /// Nothing said.
    package init() {}

    /// What a body says.
    fileprivate init<Key: HookSettingsKey>(_ container: KeyedDecodingContainer<Key>) throws {
        preset = try container.decodeIfPresent(String.self, forKey: .preset)
        template = try container.decodeIfPresent(String.self, forKey: .template)
        dedupe = try container.decodeIfPresent(String.self, forKey: .dedupe)
        dedupeSeconds = try container.decodeIfPresent(Int.self, forKey: .dedupeSeconds)
        quietHours = try container.decodeIfPresent(NativeQuietHours.self, forKey: .quietHours)
        digestMinutes = try container.decodeIfPresent(Int.self, forKey: .digestMinutes)
        ratePerMinute = try container.decodeIfPresent(Int.self, forKey: .ratePerMinute)
        for key in [Key.dedupe, .quietHours, .digestMinutes] where container.contains(key) {
            if try container.decodeNil(forKey: key) { cleared.insert(key.stringValue) }
        }
    }

    fileprivate func writeMembers(to writer: inout JSONWriter) {
        if let preset { writer.member("preset", preset) }
        if let template { writer.member("template", template) }
        if let dedupe { writer.member("dedupe", dedupe) }
        if let dedupeSeconds { writer.member("dedupeSeconds", dedupeSeconds) }
        if let quietHours { writer.member("quietHours", quietHours) }
        if let digestMinutes { writer.member("digestMinutes", digestMinutes) }
        if let ratePerMinute { writer.member("ratePerMinute", ratePerMinute) }
    }
}

/// The members that creating and changing a hook have in common.
package protocol HookSettingsKey: CodingKey, CaseIterable {
    static var preset: Self { get }
    static var template: Self { get }
    static var dedupe: Self { get }
    static var dedupeSeconds: Self { get }
    static var quietHours: Self { get }
    static var digestMinutes: Self { get }
    static var ratePerMinute: Self { get }
}
