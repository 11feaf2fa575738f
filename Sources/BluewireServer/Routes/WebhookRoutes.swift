//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import BluewireState
import BluewireWire
import HTTPTypes
import Hummingbird

/// Webhooks.
enum WebhookRoutes {
    static let routes: [Route] = [
        .get("/v1/webhooks", .scope(.manage), "List webhooks.") { call in
            .json(NativeList(try await repository(call).list().map { NativeWebhook($0, showsSecret: false) }))
        },
        .post("/v1/webhooks", .scope(.manage), "Register a webhook; the answer shows its secret once.") { call in
            let request: NativeWebhookRequest = try await call.body()
            guard request.url.hasPrefix("https://") || request.url.hasPrefix("http://") else {
                throw NativeProblem.badRequest("“url” is no HTTP address.", remedy: "Use https://… or http://…")
            }
            let webhook = try await repository(call).create(
                url: request.url, filter: EventFilter(request), after: call.context.journal.head)
            call.context.webhooksChanged()
            return .json(NativeWebhook(webhook, showsSecret: true), status: .created)
        },
        .get("/v1/webhooks/{webhook}", .scope(.manage), "One webhook.") { call in
            .json(NativeWebhook(try await webhook(call), showsSecret: false))
        },
        .delete("/v1/webhooks/{webhook}", .scope(.manage), "Remove a webhook.") { call in
            guard try await repository(call).remove(try call.parameter("webhook")) else {
                throw NativeProblem.notFound("webhook")
            }
            call.context.webhooksChanged()
            return .empty
        },
        .get("/v1/webhooks/{webhook}/deliveries", .scope(.manage), "The newest deliveries of a webhook.") { call in
            let webhook = try await webhook(call)
            let deliveries = try await call.context.state.deliveries.list(webhook: webhook.id, limit: try call.limit())
            return .json(NativeList(deliveries.map(NativeDelivery.init)))
        },
        .post("/v1/webhooks/{webhook}/test", .scope(.manage), "Send a test event to a webhook.") { call in
            guard let test = call.context.testWebhook else { throw NativeProblem.notAvailable("webhooks") }
            try await test(try await webhook(call))
            return Response(status: .accepted)
        },
    ]

    private static func repository(_ call: Call) -> WebhookRepository {
        call.context.state.webhooks(clock: call.context.clock)
    }

    private static func webhook(_ call: Call) async throws -> Webhook {
        guard let webhook = try await repository(call).webhook(try call.parameter("webhook")) else {
            throw NativeProblem.notFound("webhook")
        }
        return webhook
    }
}

extension EventFilter {
    /// The filter of a registration.
    init(_ request: NativeWebhookRequest) {
        self.init(
            kinds: request.types.flatMap { $0.isEmpty ? nil : Set($0.map(GatewayEvent.Kind.init(rawValue:))) },
            chats: request.chats.flatMap { $0.isEmpty ? nil : Set($0.map(ChatID.init(rawValue:))) })
    }
}

extension NativeWebhook {
    /// A webhook as it travels.
    init(_ webhook: Webhook, showsSecret: Bool) {
        self.init(
            id: webhook.id, url: webhook.url, types: (webhook.filter.kinds ?? []).map(\.rawValue).sorted(),
            chats: (webhook.filter.chats ?? []).map(\.rawValue).sorted(),
            secret: showsSecret ? webhook.secret : nil, isPaused: webhook.isPaused, reason: webhook.pauseReason,
            createdAt: webhook.createdAt)
    }
}

extension NativeDelivery {
    /// A delivery as it travels.
    init(_ delivery: Delivery) {
        self.init(
            event: delivery.event, kind: delivery.kind.rawValue, state: delivery.state.rawValue,
            attempts: delivery.attempts, status: delivery.status, reason: delivery.error, updatedAt: delivery.updatedAt)
    }
}
