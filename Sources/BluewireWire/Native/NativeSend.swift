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
    /// The address it is for, while no chat exists.
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
            writer.member("updatedAt", updatedAt)
        }
    }
}

/// What a send sends.
package struct NativeAction: Hashable, Sendable, Decodable {
    /// `message`, `tapback`, `edit` or `unsend`.
    package var type: String
    /// The text of a message or an edit.
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

    /// The action as it travels.
    package init(_ action: Send.Action) {
        files = []
        switch action {
        case .message(let draft):
            type = "message"
            text = draft.text
            files = draft.files.map { String($0.split(separator: "/").last ?? "") }
            replyTo = draft.replyTo?.rawValue
            effect = draft.effect
            subject = draft.subject
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
            if case .rename(let name) = change { text = name }
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
