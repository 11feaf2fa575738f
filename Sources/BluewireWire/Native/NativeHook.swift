//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel

/// An incoming hook.
package struct NativeHook: Hashable, Sendable, Decodable {
    /// Its id.
    package var id: String
    /// What its owner calls it.
    package var name: String
    /// The only chat it writes to.
    package var chat: String
    /// The built-in template.
    package var preset: String?
    /// The template of its own.
    package var template: String?
    /// The template of the dedupe key.
    package var dedupe: String?
    /// For how many seconds a key counts as seen.
    package var dedupeSeconds: Int
    /// When nothing is delivered.
    package var quietHours: NativeQuietHours?
    /// For how many minutes events are collected into one text.
    package var digestMinutes: Int?
    /// How many events a minute are taken.
    package var ratePerMinute: Int
    /// How many events it holds back now.
    package var held: Int
    /// The secret (`bwh_…`), only in the answer to its creation.
    package var secret: String?
    /// Where senders post, only in the answer to its creation.
    package var url: String?
    /// When it was made.
    package var createdAt: NativeTime
    /// When something last arrived, to ten minutes.
    package var lastUsedAt: NativeTime?

    /// A hook with its settings still at their defaults.
    package init(id: String, name: String, chat: String, createdAt: Timestamp, lastUsedAt: Timestamp?) {
        self.id = id
        self.name = name
        self.chat = chat
        dedupeSeconds = 86_400
        ratePerMinute = 30
        held = 0
        self.createdAt = NativeTime(createdAt)
        self.lastUsedAt = NativeTime(lastUsedAt)
    }
}

extension NativeHook: JSONWritable {
    package func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("id", id)
            writer.member("name", name)
            writer.member("chat", chat)
            writer.member("preset", preset)
            writer.member("template", template)
            writer.member("dedupe", dedupe)
            writer.member("dedupeSeconds", dedupeSeconds)
            writer.member("quietHours", quietHours)
            writer.member("digestMinutes", digestMinutes)
            writer.member("ratePerMinute", ratePerMinute)
            writer.member("held", held)
            if let secret { writer.member("secret", secret) }
            if let url { writer.member("url", url) }
            writer.member("createdAt", createdAt)
            writer.member("lastUsedAt", lastUsedAt)
        }
    }
}

/// A daily span of time in which a hook delivers nothing.
package struct NativeQuietHours: Hashable, Sendable, Decodable, JSONWritable {
    /// When it starts, `HH:MM`.
    package var start: String
    /// When it ends, `HH:MM`.
    package var end: String
    /// The IANA name of the time zone.
    package var zone: String

    /// A span from its fields.
    package init(start: String, end: String, zone: String) {
        self.start = start
        self.end = end
        self.zone = zone
    }

    /// A span given in minutes after midnight.
    package init(startMinute: Int, endMinute: Int, zone: String) {
        self.init(start: Self.text(startMinute), end: Self.text(endMinute), zone: zone)
    }

    /// Start and end in minutes after midnight.
    ///
    /// - Throws: ``RequestError`` when one is not `HH:MM`.
    package func minutes() throws(RequestError) -> (start: Int, end: Int) {
        (try Self.minute(start, "start"), try Self.minute(end, "end"))
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        start = try container.decode(String.self, forKey: .start)
        end = try container.decode(String.self, forKey: .end)
        zone = try container.decode(String.self, forKey: .zone)
    }

    package func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("start", start)
            writer.member("end", end)
            writer.member("zone", zone)
        }
    }

    private enum CodingKeys: String, CodingKey { case start, end, zone }

    private static func text(_ minute: Int) -> String {
        let (hours, minutes) = (minute / 60, minute % 60)
        return (hours < 10 ? "0" : "") + "\(hours):" + (minutes < 10 ? "0" : "") + "\(minutes)"
    }

    private static func minute(_ text: String, _ name: String) throws(RequestError) -> Int {
        let pieces = text.split(separator: ":", omittingEmptySubsequences: false)
        guard pieces.count == 2,
            pieces.allSatisfy({ $0.utf8.count == 2 && $0.utf8.allSatisfy { (48...57).contains($0) } }),
            let hours = Int(pieces[0]), let minutes = Int(pieces[1]), hours < 24, minutes < 60
        else {
            throw RequestError(
                message: "The member “quietHours.\(name)” is no time of day.", remedy: "Write it as 22:00.")
        }
        return hours * 60 + minutes
    }
}

/// What became of something that was posted to a hook.
package struct NativeHookReceipt: Hashable, Sendable, Decodable, JSONWritable {
    /// `sent`, `held` or `duplicate`.
    package var state: String
    /// The send it became; nil while it is held.
    package var send: String?
    /// When what is held goes out.
    package var until: NativeTime?

    /// A receipt from its fields.
    package init(state: String, send: String? = nil, until: Timestamp? = nil) {
        self.state = state
        self.send = send
        self.until = NativeTime(until)
    }

    package func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("state", state)
            writer.member("send", send)
            writer.member("until", until)
        }
    }
}
