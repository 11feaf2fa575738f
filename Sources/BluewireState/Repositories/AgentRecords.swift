//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel

/// What an agent would have done in shadow mode, waiting for its owner.
package struct AgentDraft: Hashable, Sendable {
    /// Its name, for example `drf_…`.
    package var id: String
    /// The agent.
    package var agent: String
    /// The chat it would go to.
    package var chat: ChatID
    /// The line it would go out on.
    package var line: LineID
    /// The message it answers.
    package var message: MessageID?
    /// What would be sent.
    package var action: Send.Action
    /// How it stands.
    package var state: State
    /// The send it became, once approved.
    package var send: SendID?
    /// When it was made.
    package var createdAt: Timestamp
    /// When it last changed.
    package var updatedAt: Timestamp

    /// How a draft stands.
    package struct State: OpenValue, CustomStringConvertible {
        package let rawValue: String
        package init(rawValue: String) { self.rawValue = rawValue }

        /// Nobody decided yet.
        package static let waiting = State(rawValue: "waiting")
        /// The owner let it go.
        package static let approved = State(rawValue: "approved")
        /// The owner dropped it.
        package static let discarded = State(rawValue: "discarded")
    }
}

/// One think-and-answer cycle of an agent, as the inspector shows it.
package struct TurnRecord: Hashable, Sendable {
    /// Its name, for example `turn_…`.
    package var id: String
    /// The agent.
    package var agent: String
    /// The chat.
    package var chat: ChatID
    /// The messages it answered.
    package var messages: [MessageID]
    /// How it ended: `running`, `answered`, `cancelled`, `failed` or `withheld`.
    package var outcome: String
    /// When it began.
    package var startedAt: Timestamp
    /// When it ended.
    package var endedAt: Timestamp?
    /// What happened, in order.
    package var steps: [TurnStep]
}

/// One step of a turn.
package struct TurnStep: Hashable, Sendable {
    /// When.
    package var at: Timestamp
    /// A stable short name, for example `debounce`, `model.request`, `tool.call`, `send`.
    package var step: String
    /// What to show beside it.
    package var detail: String

    /// A step from its fields.
    package init(at: Timestamp, step: String, detail: String) {
        self.at = at
        self.step = step
        self.detail = detail
    }
}
