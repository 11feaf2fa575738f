//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import BluewireState
import BluewireTransport

/// Sends reminders when they are due.
///
/// A reminder goes out under its own key, so a crash in between repeats nothing.
final class ReminderScheduler: Sendable {
    private let configuration: AgentConfiguration
    private let services: AgentServices
    private let tasks: TaskRepository
    private let drafts: AgentRepository?
    private let changes: AsyncStream<Void>
    private let change: AsyncStream<Void>.Continuation

    /// How long it sleeps at most: a changed clock or a task made elsewhere is seen after that.
    private static let longestNap: Duration = .seconds(2)

    init(configuration: AgentConfiguration, services: AgentServices) {
        self.configuration = configuration
        self.services = services
        tasks = services.state.tasks(clock: services.clock)
        drafts = configuration.shadow ? services.state.agents(clock: services.clock) : nil
        (changes, change) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    /// Looks again: a reminder was made.
    func reminderWasMade() { change.yield() }

    /// Runs until cancelled.
    func run() async {
        await withDiscardingTaskGroup { group in
            group.addTask {
                while !Task.isCancelled {
                    let wait = await self.untilNext()
                    do {
                        try await self.services.clock.sleep(for: wait)
                    } catch {
                        return
                    }
                    self.change.yield()
                }
            }
            for await _ in changes { await fire() }
            group.cancelAll()
        }
    }

    /// Sends everything that is due.
    func fire() async {
        guard await !services.isStopped(),
            let due = try? await tasks.due(at: services.clock.now, agent: configuration.name)
        else { return }
        for task in due {
            guard let chat = try? await services.chats.chat(task.chat) else { continue }
            let sender = ChatBoundSender(
                chat: chat.id, line: chat.line, agent: configuration.name, sender: services.sender, drafts: drafts
            )
            let action = Send.Action.message(Draft(text: "⏰ \(task.text)"))
            do {
                _ = try await sender.submit(action, key: "reminder:\(task.id)", answering: nil)
                try await tasks.markReminded(task.id)
            } catch {
                // It stays due and is tried again at the next look.
                continue
            }
        }
    }

    private func untilNext() async -> Duration {
        guard let next = try? await tasks.nextDue(agent: configuration.name) else { return Self.longestNap }
        return min(max(next - services.clock.now, .seconds(1)), Self.longestNap)
    }
}
