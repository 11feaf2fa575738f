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
    private let change = Bell()

    /// How long it sleeps at most: a clock that was set is seen after that.
    private static let longestNap: Duration = .seconds(30)

    init(configuration: AgentConfiguration, services: AgentServices) {
        self.configuration = configuration
        self.services = services
        tasks = services.state.tasks(clock: services.clock)
        drafts = configuration.shadow ? services.state.agents(clock: services.clock) : nil
    }

    /// Looks again: a reminder was made.
    func reminderWasMade() { change.ring() }

    /// Runs until cancelled.
    func run() async {
        while !Task.isCancelled {
            await fire()
            let next = try? await tasks.nextDue(agent: configuration.name)
            let pause = next.map { max($0 - services.clock.now, .seconds(1)) } ?? Self.longestNap
            if pause < Self.longestNap {
                await change.wait(until: services.clock.now + pause, clock: services.clock)
            } else {
                await change.wait(resting: Self.longestNap, clock: services.clock)
            }
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
}
