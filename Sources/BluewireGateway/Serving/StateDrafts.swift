//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import BluewireServer
import BluewireState
import BluewireTransport
import BluewireWire

/// The drafts of shadow mode as the server shows and releases them.
struct StateDrafts: DraftManaging {
    let agents: AgentRepository
    let sender: any OutboundSending

    func drafts() async throws -> [NativeDraft] {
        try await agents.drafts().compactMap { draft in
            guard case .message(let content) = draft.action else { return nil }
            return NativeDraft(
                id: draft.id, agent: draft.agent, chat: draft.chat.rawValue, text: content.text,
                replyTo: content.replyTo?.rawValue, createdAt: draft.createdAt
            )
        }
    }

    func approve(_ id: String) async throws -> NativeSend? {
        guard let draft = try await agents.draft(id), draft.state == .waiting else { return nil }
        // The draft's id is the key: approving twice sends once.
        let send = try await sender.submit(
            SendRequest(
                recipient: .chat(draft.chat), line: draft.line, action: draft.action, key: draft.id,
                origin: "draft:\(draft.agent)"
            )
        )
        _ = try await agents.decideDraft(id, .approved, send: send.id)
        return NativeSend(send)
    }

    func discard(_ id: String) async throws -> Bool {
        guard let draft = try await agents.draft(id), draft.state == .waiting else { return false }
        return try await agents.decideDraft(id, .discarded) != nil
    }
}
