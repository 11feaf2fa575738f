//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel

/// The message an inline reply answers.
package struct NativeReply: Hashable, Sendable, Decodable, JSONWritable {
    /// The first message of the thread.
    package var message: String
    /// The part of it; −1 for the whole message.
    package var part: Int

    /// The thread as it travels.
    package init(_ thread: ReplyThread) {
        message = thread.originator.rawValue
        part = thread.part
    }

    package func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("message", message)
            writer.member("part", part)
        }
    }
}

/// An app payload.
package struct NativeBalloon: Hashable, Sendable, Decodable, JSONWritable {
    /// The bundle identifier of the app.
    package var bundleId: String
    /// The best one-line description.
    package var summary: String?
    /// The URL it carries.
    package var url: String?
    /// The title of a link preview, or the caption of a template.
    package var title: String?
    /// The subtitle.
    package var subtitle: String?
    /// The options of a poll.
    package var pollOptions: [NativePollOption]

    /// The balloon as it travels.
    package init(_ balloon: Balloon) {
        bundleId = balloon.bundleID
        summary = balloon.summary
        url = balloon.url
        title = balloon.title
        subtitle = balloon.subtitle
        pollOptions = balloon.pollOptions.map(NativePollOption.init)
    }

    package func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("bundleId", bundleId)
            writer.member("summary", summary)
            writer.member("url", url)
            writer.member("title", title)
            writer.member("subtitle", subtitle)
            writer.member("pollOptions", pollOptions)
        }
    }
}

/// One option of a poll.
package struct NativePollOption: Hashable, Sendable, Decodable, JSONWritable {
    /// Apple's identifier.
    package var id: String
    /// The text.
    package var text: String

    /// The option as it travels.
    package init(_ option: Balloon.PollOption) {
        id = option.id
        text = option.text
    }

    package func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("id", id)
            writer.member("text", text)
        }
    }
}

/// What happened to a chat.
package struct NativeGroupEvent: Hashable, Sendable, Decodable, JSONWritable {
    /// `participantAdded`, `renamed` and so on.
    package var kind: String
    /// Whom it happened to.
    package var subject: NativeHandle?
    /// The new name, for renames.
    package var title: String?

    /// The event, with a name where `names` knows one.
    package init(_ event: GroupEvent, names: NameLookup? = nil) {
        kind = event.kind.rawValue
        subject = event.subject.map { NativeHandle($0, name: names?($0)) }
        title = event.title
    }

    package func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("kind", kind)
            writer.member("subject", subject)
            writer.member("title", title)
        }
    }
}

/// The history of an edited part.
package struct NativeEdit: Hashable, Sendable, Decodable, JSONWritable {
    /// The part.
    package var part: Int
    /// Every version, oldest first.
    package var versions: [Version]

    /// The history as it travels.
    package init(_ edit: MessageEdit) {
        part = edit.part
        versions = edit.versions.map { Version(text: $0.text, at: NativeTime($0.date)) }
    }

    package func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("part", part)
            writer.member("versions", versions)
        }
    }

    /// One version of a part.
    package struct Version: Hashable, Sendable, Decodable, JSONWritable {
        /// The text as it was.
        package var text: String
        /// When it was written.
        package var at: NativeTime?

        package func write(to writer: inout JSONWriter) {
            writer.object { writer in
                writer.member("text", text)
                writer.member("at", at)
            }
        }
    }
}

/// Apple's error of a message, in words.
package struct NativeMessageError: Hashable, Sendable, Decodable, JSONWritable {
    /// Apple's number.
    package var code: Int
    /// What it means.
    package var meaning: String

    /// The error of a number; nil for 0.
    package init?(code: Int) {
        guard code != 0 else { return nil }
        self.code = code
        meaning = Self.meanings.indices.contains(code) ? Self.meanings[code] : "unknown error \(code)"
    }

    package func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("code", code)
            writer.member("meaning", meaning)
        }
    }

    /// Apple's FZErrorType 0…42, by number.
    private static let meanings = [
        "none", "unknown error", "cancelled", "timed out", "send failed", "internal error", "network error",
        "network lookup failed", "network connection failed", "no network", "network busy", "network access denied",
        "wrong server signature", "server answer not decodable", "server answer malformed", "server error",
        "invalid request", "malformed request", "unknown request", "invalid token", "rejected by the server",
        "recipient invalid", "recipient does not exist on this service", "recipient's software cannot receive it",
        "rejected by the recipient", "the file could not be converted", "encryption failed", "decryption failed",
        "encryption failed", "decryption failed", "account disabled", "no account", "account needs an update",
        "account invalid", "attachment upload failed", "attachment download failed", "attachment upload failed",
        "attachment download failed", "macOS needs an update", "Messages' service crashed", "sign-in needed",
        "attachment no longer on the server", "text could not be prepared",
    ]
}
