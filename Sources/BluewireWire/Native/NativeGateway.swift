//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel

/// A line with what it can do.
package struct NativeLine: Hashable, Sendable, Decodable, JSONWritable {
    /// Its name.
    package var id: String
    /// What it is: `messages`, `simulator`.
    package var kind: String
    /// What it can do.
    package var capabilities: [String]
    /// What it cannot do, and why.
    package var missing: [Missing]

    /// A line from its parts.
    package init(id: String, kind: String, capabilities: [String], missing: [Missing]) {
        self.id = id
        self.kind = kind
        self.capabilities = capabilities
        self.missing = missing
    }

    package func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("id", id)
            writer.member("kind", kind)
            writer.member("capabilities", capabilities)
            writer.member("missing", missing)
        }
    }

    /// Something a line cannot do.
    package struct Missing: Hashable, Sendable, Decodable, JSONWritable {
        /// What.
        package var capability: String
        /// Why.
        package var reason: String

        /// A lack from its parts.
        package init(capability: String, reason: String) {
            self.capability = capability
            self.reason = reason
        }

        package func write(to writer: inout JSONWriter) {
            writer.object { writer in
                writer.member("capability", capability)
                writer.member("reason", reason)
            }
        }
    }
}

/// Something that keeps the gateway from being ready.
package struct NativeReadiness: Hashable, Sendable, Decodable, JSONWritable {
    /// A stable code.
    package var code: String
    /// What is missing.
    package var detail: String
    /// What to do.
    package var remedy: String

    /// An entry from its fields.
    package init(code: String, detail: String, remedy: String) {
        self.code = code
        self.detail = detail
        self.remedy = remedy
    }

    package func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("code", code)
            writer.member("detail", detail)
            writer.member("remedy", remedy)
        }
    }
}

/// The state of the gateway.
package struct NativeHealth: Hashable, Sendable, Decodable, JSONWritable {
    /// Whether nothing is missing.
    package var ready: Bool
    /// What is missing.
    package var missing: [NativeReadiness]
    /// The position after the newest event.
    package var cursor: String
    /// How many live readers there are.
    package var readers: Int
    /// The scopes of the caller.
    package var scopes: [String]
    /// Parts of the gateway that not every gateway has: `simulator`.
    package var features: [String]
    /// Where it listens; null when only on its own socket.
    package var listener: NativeListener?

    /// A state from its fields.
    package init(
        missing: [NativeReadiness], cursor: String, readers: Int, scopes: [String], features: [String],
        listener: NativeListener? = nil
    ) {
        self.listener = listener
        ready = missing.isEmpty
        self.missing = missing
        self.cursor = cursor
        self.readers = readers
        self.scopes = scopes
        self.features = features
    }

    package func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("ready", ready)
            writer.member("missing", missing)
            writer.member("cursor", cursor)
            writer.member("readers", readers)
            writer.member("scopes", scopes)
            writer.member("features", features)
            writer.member("listener", listener)
        }
    }
}

/// A task or reminder an agent keeps for somebody.
package struct NativeTask: Hashable, Sendable, Decodable, JSONWritable {
    /// Its name.
    package var id: String
    /// The chat it belongs to.
    package var chat: String?
    /// What is to be done.
    package var text: String
    /// When it is due.
    package var dueAt: NativeTime?
    /// The time zone it was said in.
    package var zone: String?
    /// `open`, `done`, `reminded` and so on.
    package var state: String

    /// A task from its fields.
    package init(id: String, chat: String?, text: String, dueAt: Timestamp?, zone: String?, state: String) {
        self.id = id
        self.chat = chat
        self.text = text
        self.dueAt = NativeTime(dueAt)
        self.zone = zone
        self.state = state
    }

    package func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("id", id)
            writer.member("chat", chat)
            writer.member("text", text)
            writer.member("dueAt", dueAt)
            writer.member("zone", zone)
            writer.member("state", state)
        }
    }
}

/// An answer of an agent that waits for the owner's consent.
package struct NativeDraft: Hashable, Sendable, Decodable, JSONWritable {
    /// Its name.
    package var id: String
    /// The agent.
    package var agent: String
    /// The chat it is for.
    package var chat: String
    /// What would be sent.
    package var action: NativeAction
    /// The message it answers.
    package var message: String?
    /// When it was written.
    package var createdAt: NativeTime

    /// A draft from its fields.
    package init(
        id: String, agent: String, chat: String, action: NativeAction, message: String?, createdAt: Timestamp
    ) {
        self.id = id
        self.agent = agent
        self.chat = chat
        self.action = action
        self.message = message
        self.createdAt = NativeTime(createdAt)
    }

    package func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("id", id)
            writer.member("agent", agent)
            writer.member("chat", chat)
            writer.member("action", action)
            writer.member("message", message)
            writer.member("createdAt", createdAt)
        }
    }
}

/// One step of what happened to a message, for the inspector.
package struct NativeTraceStep: Hashable, Sendable, Decodable, JSONWritable {
    /// When it happened.
    package var at: NativeTime
    /// What happened, in one or two words: `row`, `event`, `delivery`, `turn`, `send` and so on.
    package var step: String
    /// What happened, in a sentence without message text.
    package var detail: String
    /// How long it took, in milliseconds.
    package var milliseconds: Int?

    /// A step from its fields.
    package init(at: Timestamp, step: String, detail: String, milliseconds: Int? = nil) {
        self.at = NativeTime(at)
        self.step = step
        self.detail = detail
        self.milliseconds = milliseconds
    }

    package func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("at", at)
            writer.member("step", step)
            writer.member("detail", detail)
            writer.member("milliseconds", milliseconds)
        }
    }
}
