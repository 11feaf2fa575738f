//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel
package import BluewireState
package import BluewireTransport

/// A way out that leads to one chat only: whoever holds it cannot choose a recipient.
///
/// In shadow mode everything becomes a draft for the owner, and signals are dropped.
package struct ChatBoundSender: Sendable {
    /// The chat.
    package let chat: ChatID
    /// The line of the chat.
    package let line: LineID
    private let agent: String
    private let sender: any OutboundSending
    private let drafts: AgentRepository?

    /// A sender into `chat`; with `drafts`, nothing leaves.
    package init(
        chat: ChatID, line: LineID, agent: String, sender: any OutboundSending, drafts: AgentRepository?
    ) {
        self.chat = chat
        self.line = line
        self.agent = agent
        self.sender = sender
        self.drafts = drafts
    }

    /// What became of something that was handed over.
    package enum Outcome: Hashable, Sendable {
        /// It is in the outbox.
        case accepted(SendID)
        /// It waits for the owner.
        case drafted(String)
        /// The key was used before: it went out in an earlier life of this turn.
        case alreadySent
    }

    /// Hands over `action` under an idempotency key.
    ///
    /// - Throws: ``OutboundError``; nothing was stored then.
    package func submit(
        _ action: Send.Action, key: String, answering message: MessageID?
    ) async throws -> Outcome {
        if let drafts {
            let draft = try await drafts.addDraft(
                agent: agent, chat: chat, line: line, message: message, action: action, key: key)
            return .drafted(draft.id)
        }
        let request = SendRequest(
            recipient: .chat(chat), line: line, action: action, key: key, origin: "agent:\(agent)"
        )
        do throws(OutboundError) {
            return .accepted(try await sender.submit(request).id)
        } catch {
            guard error.code == .keyReused else { throw error }
            return .alreadySent
        }
    }

    /// Shows typing or marks the chat as read, where a transport can.
    package func signal(_ signal: Signal) async {
        guard drafts == nil else { return }
        await sender.signal(signal, in: chat)
    }
}
