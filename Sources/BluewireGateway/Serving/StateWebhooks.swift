//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireEvents
import BluewireModel
import BluewireNetwork
import BluewireServer
import BluewireState
import BluewireWire

/// Webhooks as the server manages them.
struct StateWebhooks: WebhookManaging {
    let state: StateDatabase
    let dispatcher: WebhookDispatcher

    func webhooks() async throws -> [NativeWebhook] {
        try await state.webhooks().list().map { Self.native($0, secret: nil) }
    }

    func register(_ request: NativeWebhookRequest) async throws -> NativeWebhook {
        // A URL the egress guard could never take is refused here, not at the first delivery.
        _ = try EgressDestination(request.url)
        let filter = EventFilter(
            kinds: request.types.map { Set($0.map { GatewayEvent.Kind(rawValue: $0) }) },
            chats: request.chats.map { Set($0.map { ChatID(rawValue: $0) }) }
        )
        let webhook = try await state.webhooks().create(url: request.url, filter: filter)
        dispatcher.reload()
        return Self.native(webhook, secret: webhook.secret, name: request.name)
    }

    func remove(_ id: String) async throws -> Bool {
        let removed = try await state.webhooks().remove(id)
        if removed { dispatcher.reload() }
        return removed
    }

    func deliveries(of id: String, limit: Int) async throws -> [NativeDelivery]? {
        guard try await state.webhooks().webhook(id) != nil else { return nil }
        return try await state.deliveries().list(webhook: id, limit: limit).map {
            NativeDelivery(
                id: "\($0.webhook).\($0.sequence)", event: $0.event, state: $0.state.rawValue, attempts: $0.attempts,
                status: $0.status, reason: $0.error, updatedAt: $0.updatedAt
            )
        }
    }

    func test(_ id: String) async throws -> Bool {
        try await dispatcher.sendTest(to: id) != nil
    }

    private static func native(_ webhook: Webhook, secret: String?, name: String? = nil) -> NativeWebhook {
        NativeWebhook(
            id: webhook.id, name: name ?? webhook.id, url: webhook.url,
            types: (webhook.filter.kinds ?? []).map(\.rawValue).sorted(),
            chats: (webhook.filter.chats ?? []).map(\.rawValue).sorted(),
            secret: secret, state: webhook.isPaused ? "paused" : "active", createdAt: webhook.createdAt
        )
    }
}
