//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import BluewireState
import BluewireTransport
import Synchronization

/// Sends reminders when they are due.
///
/// A reminder goes out under its own key, and that it is about to go out is noted before, so a crash in between repeats
/// nothing, even when the outbox has forgotten the key.
final class ReminderScheduler: Sendable {
    /// A reminder that could not be sent so far.
    private struct Setback {
        var since: Timestamp
        var pause: Duration
        var nextAt: Timestamp
    }

    private let configuration: AgentConfiguration
    private let services: AgentServices
    private let tasks: TaskRepository
    private let drafts: AgentRepository?
    private let change = Bell()
    private let setbacks = Mutex<[String: Setback]>([:])

    /// How long it sleeps at most: a clock that was set is seen after that.
    private static let longestNap: Duration = .seconds(30)
    /// How long it waits at most before it tries a reminder again, and how long it tries.
    private static let longestPause: Duration = .seconds(60)
    private static let perseverance: Duration = .seconds(24 * 3600)
    /// How long after it was begun a reminder may be handed over again; less than the outbox remembers keys.
    private static let keyMemory: Duration = .seconds(23 * 3600)

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
            let looked = services.clock.now
            let again = await fire(at: looked)
            let next = try? await tasks.nextDue(agent: configuration.name, after: looked)
            let earliest = [again, next].compactMap { $0 }.min()
            let pause = earliest.map { max($0 - services.clock.now, .seconds(1)) } ?? Self.longestNap
            if pause < Self.longestNap {
                await change.wait(until: services.clock.now + pause, clock: services.clock)
            } else {
                await change.wait(resting: Self.longestNap, clock: services.clock)
            }
        }
    }

    /// Sends everything that is due.
    ///
    /// - Returns: when something that could not be sent is to be tried again.
    func fire(at now: Timestamp) async -> Timestamp? {
        guard await !services.isStopped(),
            let due = try? await tasks.due(at: now, agent: configuration.name)
        else { return nil }
        let ids = Set(due.map(\.id))
        setbacks.withLock { setbacks in setbacks = setbacks.filter { ids.contains($0.key) } }
        for task in due {
            let wait = setbacks.withLock { $0[task.id]?.nextAt }
            if let wait, wait > now { continue }
            let isSettled = (try? await remind(task, at: now)) ?? false
            if isSettled {
                setbacks.withLock { $0[task.id] = nil }
            } else if notesSetback(of: task, at: now) {
                guard (try? await tasks.markReminded(task.id)) != nil else { continue }
                setbacks.withLock { $0[task.id] = nil }
            }
        }
        return setbacks.withLock { $0.values.map(\.nextAt).min() }
    }

    /// Hands one reminder over; false when its chat is not there.
    private func remind(_ task: TaskItem, at now: Timestamp) async throws -> Bool {
        guard let chat = try await services.chats.chat(task.chat) else { return false }
        let begun = try await tasks.beginReminder(task.id, at: now)
        if now - begun < Self.keyMemory {
            let sender = ChatBoundSender(
                chat: chat.id, line: chat.line, agent: configuration.name, sender: services.sender, drafts: drafts
            )
            do {
                let action = Send.Action.message(Draft(text: "⏰ \(task.text)"))
                _ = try await sender.submit(action, key: "reminder:\(task.id)", answering: nil)
            } catch let error as OutboundError {
                // Nothing was stored now; what an earlier life began stays begun.
                if begun == now { try await tasks.releaseReminder(task.id, begunAt: begun) }
                guard error.code == .invalid else { throw error }
            }
        }
        try await tasks.markReminded(task.id)
        return true
    }

    /// Doubles the pause before a reminder is tried again; true when it was tried long enough.
    private func notesSetback(of task: TaskItem, at now: Timestamp) -> Bool {
        setbacks.withLock { setbacks in
            let last = setbacks[task.id]
            let pause = min(last.map { $0.pause * 2 } ?? .seconds(1), Self.longestPause)
            let since = last?.since ?? now
            setbacks[task.id] = Setback(since: since, pause: pause, nextAt: now + pause)
            return now - since >= Self.perseverance
        }
    }
}
