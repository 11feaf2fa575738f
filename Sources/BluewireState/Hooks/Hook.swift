//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel

/// An incoming hook: whoever knows its secret address can put one text into its one chat.
package struct Hook: Hashable, Sendable {
    /// Its name in lists and as origin of sends, for example `hk_…`.
    package var id: String
    /// What its owner calls it.
    package var name: String
    /// The chat it writes to; fixed for its life.
    package var chat: ChatID
    /// What becomes of what arrives.
    package var settings: Settings
    /// When it was made.
    package var createdAt: Timestamp
    /// When something last arrived, to ten minutes.
    package var lastUsedAt: Timestamp?

    /// What becomes of what arrives.
    package struct Settings: Hashable, Sendable, Codable {
        /// The built-in template; nil with one of its own.
        package var preset: String?
        /// The template of the text.
        package var template: String?
        /// The template of the dedupe key; nil for the preset's.
        package var dedupe: String?
        /// For how many seconds a key counts as seen.
        package var dedupeSeconds: Int
        /// When nothing is delivered.
        package var quiet: QuietTimes?
        /// For how many minutes events are collected into one text; nil delivers each at once.
        package var digestMinutes: Int?
        /// How many events a minute are taken.
        package var ratePerMinute: Int

        /// Settings with the defaults: each event at once, keys for a day, 30 a minute.
        package init(preset: String? = nil, template: String? = nil) {
            self.preset = preset
            self.template = template
            dedupeSeconds = 86_400
            ratePerMinute = 30
        }
    }

    /// A daily span of time on the clocks of some place; it may pass midnight.
    package struct QuietTimes: Hashable, Sendable, Codable {
        /// When it starts, in minutes after midnight.
        package var start: Int
        /// When it ends, in minutes after midnight.
        package var end: Int
        /// The IANA name of the time zone.
        package var zone: String

        /// A span from its parts.
        package init(start: Int, end: Int, zone: String) {
            self.start = start
            self.end = end
            self.zone = zone
        }
    }
}

/// Something that arrived at a hook and has not been handed to the outbox.
package struct HookItem: Hashable, Sendable {
    /// Its place in the order of arrival.
    package var sequence: Int64
    /// What will be sent.
    package var text: String
}

/// Items of one hook that go out as one text, under one idempotency key.
package struct HookBatch: Hashable, Sendable {
    /// Its name, which is the idempotency key.
    package var id: String
    /// The hook.
    package var hook: Hook
    /// When its first item arrived.
    package var arrivedAt: Timestamp
    /// The items in the order they arrived.
    package var items: [HookItem]
}
