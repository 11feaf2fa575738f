//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import BluewireState
import BluewireTransport
import Synchronization

/// The loop of one webhook: reads the journal, asks the state machine, posts and keeps the log of deliveries.
struct WebhookEndpoint: Sendable {
    /// What all webhooks of a dispatcher share.
    struct Context: Sendable {
        var journal: Journal
        var state: StateDatabase
        var poster: any WebhookPosting
        var render: @Sendable (GatewayEvent) -> [UInt8]
        var clock: any WallClock
        var configuration: WebhookEndpointStateMachine.Configuration
    }

    /// What finished while the loop waited.
    private final class Inbox: Sendable {
        struct Content {
            var outcomes: [(item: WebhookEndpointStateMachine.Item, outcome: WebhookEndpointStateMachine.Outcome)] = []
            var hasSaved = false
        }

        private let content = Mutex(Content())

        func add(_ item: WebhookEndpointStateMachine.Item, _ outcome: WebhookEndpointStateMachine.Outcome) {
            content.withLock { $0.outcomes.append((item, outcome)) }
        }

        func noteSave() { content.withLock { $0.hasSaved = true } }

        func takeAll() -> Content {
            content.withLock { content in
                defer { content = Content() }
                return content
            }
        }
    }

    /// How long results wait to be stored together: a crash repeats at most so much, under the same webhook-id.
    static let saveInterval: Duration = .milliseconds(250)
    /// Stands for the answer of a receiver when the event is gone from the journal and nothing was posted.
    static let prunedStatus = 0

    let webhook: Webhook
    let context: Context

    func run() async throws {
        let bell = Bell()
        let inbox = Inbox()
        var progress = try await WebhookProgress.load(webhook, context: context)
        defer {
            // What a receiver took while the loop was being stopped need not be repeated.
            for (item, outcome) in inbox.takeAll().outcomes {
                progress.note(
                    progress.machine.finished(item.sequence, lane: item.lane, outcome, at: context.clock.now),
                    at: context.clock.now)
            }
            progress.saveNow()
        }
        try await withThrowingDiscardingTaskGroup { group in
            defer { group.cancelAll() }
            group.addTask { await context.journal.withListener({ bell.ring() }) { await Bell().wait() } }
            while !Task.isCancelled {
                let finished = inbox.takeAll()
                if finished.hasSaved { progress.saveEnded() }
                for (item, outcome) in finished.outcomes {
                    progress.note(
                        progress.machine.finished(item.sequence, lane: item.lane, outcome, at: context.clock.now),
                        at: context.clock.now)
                }
                let hasMore = try await progress.fill()
                for item in progress.note(progress.machine.next(at: context.clock.now), at: context.clock.now) {
                    let entry = try await progress.entry(of: item)
                    group.addTask {
                        let outcome = await post(entry)
                        if Task.isCancelled, !outcome.isDelivered { return }
                        inbox.add(item, outcome)
                        bell.ring()
                    }
                }
                if let reason = progress.pauseReason {
                    try await context.state.webhooks().setPaused(webhook.id, true, reason: reason)
                    return
                }
                if let save = progress.takeSave(at: context.clock.now) {
                    group.addTask {
                        try await save()
                        inbox.noteSave()
                        bell.ring()
                    }
                }
                if hasMore, progress.machine.room > 0 { continue }
                let wake = [progress.machine.nextWake(at: context.clock.now), progress.saveDue].compactMap(\.self).min()
                await bell.wait(until: wake, clock: context.clock)
            }
        }
    }

    /// Posts one event; nil stands for one that is no longer in the journal.
    private func post(_ entry: JournalEntry?) async -> WebhookEndpointStateMachine.Outcome {
        guard let entry else { return .delivered(status: Self.prunedStatus) }
        return await context.post(entry.event, body: entry.rendered(by: context.render), to: webhook).outcome
    }
}

extension WebhookEndpoint.Context {
    /// Signs and posts an event once.
    func post(_ event: GatewayEvent, body: [UInt8], to webhook: Webhook) async -> WebhookResult {
        // The same for every try of this event at this webhook, and free of the full stop that separates what is signed.
        let id = "\(event.id)_\(webhook.id)".replacing(".", with: "_")
        let seconds = clock.now.seconds
        let signer = WebhookSigner(secrets: [webhook.secret] + [webhook.previousSecret].compactMap(\.self))
        let signature = signer.signature(id: id, seconds: seconds, body: body)
        let start = ContinuousClock.now
        let result = await poster.post(
            WebhookRequest(url: webhook.url, id: id, timestamp: seconds, signature: signature, body: body))
        GatewayMetrics.deliverySeconds.observe(ContinuousClock.now - start)
        GatewayMetrics.deliveries.add(1, result.outcome.metricLabel)
        return result
    }
}

extension WebhookEndpointStateMachine.Outcome {
    /// The outcome as a metric's label.
    fileprivate var metricLabel: String {
        switch self {
        case .delivered: "delivered"
        case .rejected: "rejected"
        case .unavailable: "unavailable"
        case .gone: "gone"
        }
    }
}
