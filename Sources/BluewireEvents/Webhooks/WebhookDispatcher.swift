//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel
package import BluewireState
package import Logging
import ServiceLifecycle
import Synchronization

/// Delivers events to the registered webhooks.
package final class WebhookDispatcher: Service {
    /// How often the list of webhooks is read again without being asked; another process may have changed it.
    static let reloadInterval: Duration = .seconds(30)

    private let context: WebhookEndpoint.Context
    private let logger: Logger
    private let changed = Bell()
    /// Webhooks whose loop ended by itself.
    private let ended = Mutex<Set<String>>([])

    /// A dispatcher.
    ///
    /// - Parameter render: the wire form of an event; the same function for all readers of the journal's entries.
    package init(
        journal: Journal, state: StateDatabase, poster: any WebhookPosting,
        render: @escaping @Sendable (GatewayEvent) -> [UInt8], clock: any WallClock = SystemWallClock(),
        configuration: WebhookEndpointStateMachine.Configuration = .init(),
        logger: Logger = Logger(label: "bluewire.webhooks")
    ) {
        context = WebhookEndpoint.Context(
            journal: journal, state: state, poster: poster, render: render, clock: clock,
            configuration: configuration)
        self.logger = logger
    }

    /// Looks at the registered webhooks again, because one was added, changed, paused or removed.
    package func reload() { changed.ring() }

    /// Posts a test event to the webhook once, past its queue.
    ///
    /// - Returns: how it went; nil when there is no such webhook.
    package func sendTest(to id: String) async throws -> WebhookResult? {
        guard let webhook = try await context.state.webhooks().webhook(id) else { return nil }
        let event = GatewayEvent(
            id: Secret.identifier(prefix: "evt_test_"), cursor: context.journal.head,
            kind: GatewayEvent.Kind(rawValue: "webhook.test"), time: context.clock.now,
            line: LineID(rawValue: "gateway"), chat: nil, snapshot: .line(state: "test", reason: nil))
        return await context.post(event, body: context.render(event), to: webhook)
    }

    /// Runs until cancelled or shut down.
    package func run() async throws {
        try await untilShutdown { [self] in
            var running: [String: Running] = [:]
            try await withThrowingDiscardingTaskGroup { group in
                while !Task.isCancelled {
                    for id in ended.withLock({ ended in
                        defer { ended.removeAll() }
                        return ended
                    }) { running[id] = nil }
                    let wanted = await active() ?? running.mapValues(\.webhook)
                    // One that is told to stop keeps its place until it has: two loops never share a webhook.
                    for (id, entry) in running where wanted[id] != entry.webhook { entry.stop.ring() }
                    for (id, webhook) in wanted where running[id] == nil {
                        guard await isReady(webhook) else { continue }
                        let stop = Bell()
                        running[id] = Running(webhook: webhook.started, stop: stop)
                        group.addTask { await self.supervise(webhook.started, until: stop) }
                    }
                    await changed.wait(resting: Self.reloadInterval, clock: context.clock)
                }
            }
        }
    }

    /// The webhooks that are to run; nil when the list cannot be read right now.
    private func active() async -> [String: Webhook]? {
        do {
            let webhooks = try await context.state.webhooks().list().filter { !$0.isPaused }
            return Dictionary(webhooks.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        } catch {
            logger.debug("The list of webhooks cannot be read", metadata: ["error": "\(error)"])
            return nil
        }
    }

    /// Carries out a replay that was asked for; false when our own database does not let us right now.
    private func isReady(_ webhook: Webhook) async -> Bool {
        guard webhook.replayAfter != nil else { return true }
        do {
            try await context.state.webhooks(clock: context.clock).beginReplay(of: webhook)
            return true
        } catch {
            logger.debug("A replay cannot begin", metadata: ["webhook.id": "\(webhook.id)"])
            return false
        }
    }

    /// Runs the webhook's loop, again after failures of our own databases, until it is stopped or pauses itself.
    private func supervise(_ webhook: Webhook, until stop: Bell) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await stop.wait() }
            group.addTask { await self.keepRunning(webhook) }
            await group.next()
            group.cancelAll()
        }
        ended.withLock { _ = $0.insert(webhook.id) }
        changed.ring()
    }

    /// Returns when the webhook paused itself, or when cancelled.
    private func keepRunning(_ webhook: Webhook) async {
        var backoff = Backoff()
        while !Task.isCancelled {
            do {
                try await WebhookEndpoint(webhook: webhook, context: context).run()
                return
            } catch {
                logger.debug("Webhook loop failed", metadata: ["webhook.id": "\(webhook.id)"])
                try? await context.clock.sleep(for: backoff.next())
            }
        }
    }

    /// A webhook that is being served.
    private struct Running {
        let webhook: Webhook
        let stop: Bell
    }
}

extension Webhook {
    /// The webhook once its replay has begun.
    fileprivate var started: Webhook {
        var webhook = self
        webhook.replayAfter = nil
        return webhook
    }
}
