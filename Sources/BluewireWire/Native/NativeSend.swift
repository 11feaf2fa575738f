//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel

/// A send as the native surface shows it.
package struct NativeSend: Hashable, Sendable, Decodable {
    /// Its name.
    package var id: String
    /// The chat it is for, when that is known.
    package var chat: String?
    /// The address it is for, or several separated by commas, while no chat exists.
    package var to: String?
    /// The line it goes out on.
    package var line: String
    /// What is sent.
    package var action: NativeAction
    /// `queued`, `dispatched`, `landed`, `sent`, `delivered`, `read`, `failed`, `unknown` or `cancelled`.
    package var state: String
    /// The message it became, once its row was seen.
    package var message: String?
    /// Why it failed, or why it is unknown.
    package var failure: NativeFailure?
    /// How often a transport was asked.
    package var attempts: Int
    /// When it was accepted.
    package var createdAt: NativeTime
    /// When it is to go out, for one that was given a time.
    package var scheduledAt: NativeTime?
    /// When it last changed state.
    package var updatedAt: NativeTime

    /// The send as it travels.
    package init(_ send: Send) {
        id = send.id.rawValue
        chat = nil
        to = nil
        switch send.recipient {
        case .chat(let id): chat = id.rawValue
        case .handle(let address): to = address
        case .group(let addresses, _): to = addresses.joined(separator: ",")
        }
        line = send.line.rawValue
        action = NativeAction(send.action)
        state = send.state.rawValue
        message = send.message?.rawValue
        failure = send.failure.map(NativeFailure.init)
        attempts = send.attempts
        createdAt = NativeTime(send.createdAt)
        scheduledAt = NativeTime(send.scheduledAt)
        updatedAt = NativeTime(send.updatedAt)
    }
}

extension NativeSend: JSONWritable {
    package func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("id", id)
            writer.member("chat", chat)
            writer.member("to", to)
            writer.member("line", line)
            writer.member("action", action)
            writer.member("state", state)
            writer.member("message", message)
            writer.member("failure", failure)
            writer.member("attempts", attempts)
            writer.member("createdAt", createdAt)
            writer.member("scheduledAt", scheduledAt)
            writer.member("updatedAt", updatedAt)
        }
    }
}

/// What a send sends.
package struct NativeAction: Hashable, Sendable, Decodable {
    /// `message`, `tapback`, `edit`, `unsend`, or a change of the group: `rename`, `icon`, `addParticipant`,
    /// `removeParticipant`, `leave`.
    package var type: String
    /// The text of a message or an edit, or the new name of a group.
    package var text: String?
    /// The names of the files of a message; paths stay with the gateway.
    package var files: [String]
    /// The message answered inline.
    package var replyTo: String?
    /// The send effect.
    package var effect: String?
    /// The subject line.
    package var subject: String?
    /// The message acted on.
    package var target: String?
    /// The part acted on.
    package var part: Int?
    /// The tapback.
    package var kind: String?
    /// The emoji of the tapback.
    package var emoji: String?
    /// Whether a tapback is taken off.
    package var remove: Bool?
    /// The people mentioned in the text.
    package var mentions: [NativeMention]
    /// Whether the file is a voice note.
    package var voiceNote: Bool
    /// What the recipient can choose from.
    package var choices: [String]
    /// Who is added to or removed from the group.
    package var address: String?

    /// The action as it travels.
    package init(_ action: Send.Action) {
        files = []
        mentions = []
        voiceNote = false
        choices = []
        switch action {
        case .message(let draft):
            type = "message"
            text = draft.text
            files = draft.files.map { String($0.split(separator: "/").last ?? "") }
            replyTo = draft.replyTo?.rawValue
            effect = draft.effect
            subject = draft.subject
            mentions = draft.mentions.map {
                NativeMention(address: $0.address, start: $0.range.location, length: $0.range.length)
            }
            voiceNote = draft.isVoiceNote
            choices = draft.choices
        case .tapback(let target, let part, let kind, let emoji, let isRemoval):
            type = "tapback"
            self.target = target.rawValue
            self.part = part
            self.kind = kind.name
            self.emoji = emoji
            remove = isRemoval
        case .edit(let target, let part, let text):
            type = "edit"
            self.target = target.rawValue
            self.part = part
            self.text = text
        case .unsend(let target, let part):
            type = "unsend"
            self.target = target.rawValue
            self.part = part
        case .chat(let change):
            type = change.name
            switch change {
            case .rename(let name): text = name
            case .addParticipant(let someone), .removeParticipant(let someone): address = someone
            case .icon, .leave: break
            }
        }
    }
}

extension NativeAction: JSONWritable {
    package func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("type", type)
            writer.member("text", text)
            writer.member("files", files)
            writer.member("replyTo", replyTo)
            writer.member("effect", effect)
            writer.member("subject", subject)
            writer.member("target", target)
            writer.member("part", part)
            writer.member("kind", kind)
            writer.member("emoji", emoji)
            writer.key("remove")
            if let remove { writer.bool(remove) } else { writer.null() }
            writer.member("mentions", mentions)
            writer.member("voiceNote", voiceNote)
            writer.member("choices", choices)
            writer.member("address", address)
        }
    }
}

/// Why a send failed.
package struct NativeFailure: Hashable, Sendable, Decodable, JSONWritable {
    /// A stable code.
    package var code: String
    /// What to do about it.
    package var remedy: String

    /// The failure as it travels.
    package init(_ failure: Send.Failure) {
        code = failure.code
        remedy = failure.remedy
    }

    package func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("code", code)
            writer.member("remedy", remedy)
        }
    }
}

/// One try to hand a send to a transport.
package struct NativeAttempt: Hashable, Sendable, Decodable, JSONWritable {
    /// Which try of the send, counted from 1; several transports may be asked within one.
    package var number: Int
    /// The transport that was asked.
    package var transport: String
    /// When it was asked.
    package var startedAt: NativeTime
    /// When it answered.
    package var endedAt: NativeTime?
    /// What it answered: `started` while it has not, else for example `accepted`, `unreachable` or `ambiguous`.
    package var outcome: String
    /// The stable code of why it did not take it.
    package var reason: String?

    /// The attempt as it travels.
    package init(_ attempt: SendAttempt) {
        number = attempt.number
        transport = attempt.transport
        startedAt = NativeTime(attempt.startedAt)
        endedAt = NativeTime(attempt.endedAt)
        outcome = attempt.outcome.rawValue
        reason = attempt.reason
    }

    package func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("number", number)
            writer.member("transport", transport)
            writer.member("startedAt", startedAt)
            writer.member("endedAt", endedAt)
            writer.member("outcome", outcome)
            writer.member("reason", reason)
        }
    }
}
