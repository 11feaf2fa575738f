//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel
package import BluewireState

/// Something a turn may do besides answering.
package protocol AgentTool: Sendable {
    /// What a model is told about it.
    var description: ToolDescription { get }

    /// Does it and says, in text for the model, what came of it.
    func call(_ arguments: ToolArguments, in turn: ToolContext) async throws(ToolError) -> String
}

/// What a tool may touch: this chat and nothing else.
///
/// No tool takes a recipient.
package struct ToolContext: Sendable {
    /// The agent.
    package var agent: String
    /// The way out, bound to the chat the turn answers in.
    package var sender: ChatBoundSender
    /// The message that is answered.
    package var message: MessageID
    /// The message that started the turn; stays the same when later ones join it.
    package var firstMessage: MessageID
    /// The time now.
    package var now: Timestamp
    /// The zone the person lives in.
    package var zone: ZoneName
    /// Tasks and reminders.
    package var tasks: TaskRepository
    /// Finds messages.
    package var search: any MessageSearching
    /// Told when a reminder was made, so that it rings in time.
    package var reminderWasMade: @Sendable () -> Void
}

/// The standard tools.
package enum StandardTools {
    /// All of them, in the order models see.
    package static let all: [any AgentTool] = [
        SearchMessagesTool(), CreateReminderTool(), ListTasksTool(), CompleteTaskTool(), ReactTool(),
    ]
}
