//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import BluewireState
import BluewireTransport
import BluewireWire
import HTTPTypes
import Hummingbird

/// Tasks and drafts of agents.
enum AgentRoutes {
    static let routes = [tasks, drafts, approve, discard]

    private static let tasks = Route.get(
        "/v1/tasks", "listTasks", .scope(.messagesRead), "List tasks and reminders.", gives: NativeList<NativeTask>.self
    ) { call in
        let caller = try call.principal()
        var chat: ChatID?
        if let reference = call.query("chat"), !reference.isEmpty { chat = try await call.chat(reference).id }
        let tasks = try await call.context.state.tasks(clock: call.context.clock).list(chat: chat)
        return NativeList(tasks.filter { caller.sees($0.chat) }.map(NativeTask.init))
    }.query(.text("chat", "Only those of this chat, by any of its names.", "ch_7mcmixolqbllaxwc"))

    private static let drafts = Route.get(
        "/v1/drafts", "listDrafts", .scope(.agentsRun), "List answers that wait for consent.",
        gives: NativeList<NativeDraft>.self
    ) { call in
        let caller = try call.principal()
        return NativeList(
            try await agents(call).drafts(chats: caller.chats).filter { caller.sees($0.chat) }.map(NativeDraft.init))
    }

    private static let approve = Route.act(
        .post, "/v1/drafts/{draft}/approve", "approveDraft", .scope(.agentsRun), "Send an answer that waits.",
        gives: NativeSend.self, status: .accepted
    ) { call in
        let found = try await draft(call)
        guard let (draft, isFirst) = try await agents(call).claimDraft(found.id) else {
            return try await approved(found.id, call)
        }
        // What was claimed before may have been submitted: once the outbox forgets the key it would go out twice.
        guard call.context.clock.now - draft.updatedAt < keyMemory else { throw decided }
        let send: Send
        do throws(OutboundError) {
            // The draft's id is the key: approving it twice sends it once.
            send = try await call.context.sender.submit(
                SendRequest(
                    recipient: .chat(draft.chat), line: draft.line, action: draft.action, key: draft.id,
                    origin: "agent:" + draft.agent))
        } catch {
            // Nothing was stored.
            if isFirst { try await agents(call).releaseDraft(draft) }
            throw error
        }
        try await agents(call).noteSend(send.id, ofDraft: draft.id)
        await call.audit(.draftDecided(draft.id, .approved))
        return NativeSend(send)
    }.problems(.unsupported, .conflict, .forbidden)

    private static let discard = Route.act(
        .post, "/v1/drafts/{draft}/discard", "discardDraft", .scope(.agentsRun), "Drop an answer that waits."
    ) { call in
        let draft = try await draft(call)
        guard try await agents(call).decideDraft(draft.id, .discarded) != nil else { throw decided }
        await call.audit(.draftDecided(draft.id, .discarded))
    }.problems(.conflict)

    private static func agents(_ call: Call) -> AgentRepository {
        call.context.state.agents(clock: call.context.clock)
    }

    private static func draft(_ call: Call) async throws -> AgentDraft {
        guard let draft = try await agents(call).draft(try call.parameter("draft")),
            try call.principal().sees(draft.chat)
        else {
            throw NativeProblem.notFound("draft")
        }
        return draft
    }

    /// How long after its first claim a draft may be submitted again; a little less than the outbox remembers keys.
    private static let keyMemory: Duration = .seconds(23 * 3600)

    /// What a draft became that was approved before.
    private static func approved(_ id: String, _ call: Call) async throws -> NativeSend {
        guard let known = try await agents(call).draft(id)?.send, let send = try await call.context.sender.send(known)
        else { throw decided }
        return NativeSend(send)
    }

    private static let decided = NativeProblem(
        .conflict, detail: "The draft was decided before.", remedy: "List the drafts that wait.")
}

extension NativeTask {
    /// A task as it travels.
    init(_ task: TaskItem) {
        self.init(
            id: task.id, chat: task.chat.rawValue, text: task.text, dueAt: task.dueAt, zone: task.zone,
            state: task.state.rawValue)
    }
}

extension NativeDraft {
    /// A draft as it travels.
    init(_ draft: AgentDraft) {
        self.init(
            id: draft.id, agent: draft.agent, chat: draft.chat.rawValue, action: NativeAction(draft.action),
            message: draft.message?.rawValue, createdAt: draft.createdAt)
    }
}
