//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel
private import BluewireState
internal import BluewireTransport
private import Logging
internal import ServiceLifecycle
private import Synchronization

/// One agent at work: a sink of the journal that admits messages, and a service that answers them.
///
/// A message is stored with its session before the journal's cursor moves on, an answer before its first bubble, and
/// every bubble has a key that follows from the messages it answers. So whenever the process is killed, nothing is lost
/// and nothing is said twice.
package final class AgentRuntime: Sink, Service {
    /// The agent's settings.
    package let configuration: AgentConfiguration
    private let services: AgentServices
    private let admission: Mutex<Admission>
    private let sessions: AgentSessions
    private let records: AgentRepository
    private let turns: TurnRunner
    private let reminders: ReminderScheduler
    private let logger = Logger(label: "bluewire.agent")
    private let wakeUps: AsyncStream<Void>
    private let wakeUp: AsyncStream<Void>.Continuation

    /// An agent that thinks with `provider`.
    package init(_ configuration: AgentConfiguration, provider: any ModelProvider, services: AgentServices) {
        self.configuration = configuration
        self.services = services
        admission = Mutex(Admission(configuration))
        records = services.state.agents(clock: services.clock)
        sessions = AgentSessions(configuration: configuration, records: records)
        reminders = ReminderScheduler(configuration: configuration, services: services)
        turns = TurnRunner(
            configuration: configuration, provider: provider, services: services, sessions: sessions,
            reminders: reminders
        )
        (wakeUps, wakeUp) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    package var name: String { "agent:\(configuration.name)" }

    /// Whom the agent answers from now on, by the senders and chats of `configuration`; its other settings stay.
    package func replaceAdmission(by configuration: AgentConfiguration) {
        admission.withLock { $0 = Admission(configuration) }
    }

    /// Admits the messages among `events`; when it returns they are stored.
    package func receive(_ events: [GatewayEvent]) async throws {
        for event in events {
            guard case .message(let message, let changed, let arrival) = event.snapshot, let chat = event.chat else {
                continue
            }
            if event.kind == .messageUpdated, changed.contains(where: { ["edited", "unsent"].contains($0) }) {
                try await sessions.revise(
                    message.id, isGone: message.kind == .unsent, in: chat, now: services.clock.now)
                continue
            }
            // A body that came late completes its message in an update; other updates are no news to an agent.
            let isCompletion =
                event.kind == .messageUpdated && message.editedAt == nil
                && changed.contains { ["body", "text", "attachments"].contains($0) }
            guard event.kind == .messageCreated || isCompletion else { continue }
            try await admit(message.id, chat: chat, arrival: arrival, event: event)
        }
    }

    package func run() async throws {
        try await sessions.restore(now: services.clock.now)
        wakeUp.yield()
        await withDiscardingTaskGroup { group in
            group.addTask { await self.reminders.run() }
            for await _ in wakeUps.cancelOnGracefulShutdown() {
                for chat in await sessions.takeReady() {
                    group.addTask { await self.turns.runSession(chat) }
                }
            }
            group.cancelAll()
        }
    }

    private func admit(_ id: MessageID, chat: ChatID, arrival: Arrival, event: GatewayEvent) async throws {
        let now = services.clock.now
        guard try await !records.isProcessed(agent: configuration.name, event: id.rawValue) else { return }
        // The row may have changed since it was journalled: who sent it is only certain some moments later.
        guard let message = try await services.chats.message(id), let chat = try await services.chats.chat(chat) else {
            return
        }
        let admission = admission.withLock { $0 }
        let refusal = admission.refusal(of: message, in: chat, arrival: arrival, seenAt: event.time, now: now)
        guard refusal == nil else {
            logger.debug(
                "message not admitted", metadata: ["message.id": "\(id)", "reason": "\(refusal?.rawValue ?? "")"])
            return
        }
        guard try await services.echoes.origin(of: id, upTo: event.cursor) == nil else { return }
        let pending = SessionState.Pending(
            message: id, line: event.line, admittedAt: now, tellsFailures: admission.isOwner(message.sender),
            selfText: chat.isSelf ? message.body.plainText : nil
        )
        guard try await sessions.add(pending, to: chat.id) else { return }
        try await records.markProcessed(agent: configuration.name, events: [id.rawValue])
        wakeUp.yield()
    }
}
