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
    static let routes = [list, create, one, change, remove, rotate, deliveries, replay, test]

    private static let list = Route.get(
        "/v1/webhooks", "listWebhooks", .scope(.webhooksManage), "List webhooks.", gives: NativeList<NativeWebhook>.self
    ) { call in
        NativeList(try await repository(call).list().map { NativeWebhook($0, showsSecret: false) })
    }

    private static let create = Route.take(
        .post, "/v1/webhooks", "createWebhook", .scope(.webhooksManage),
        "Register a webhook; the answer shows its secret once.", body: NativeWebhookRequest.self,
        gives: NativeWebhook.self, status: .created
    ) { call, request in
        try checkURL(request.url)
        let webhook = try await repository(call).create(
            url: request.url, filter: EventFilter(types: request.types, chats: request.chats),
            after: call.context.journal.head)
        call.context.webhooksChanged()
        await call.audit(.webhookCreated(webhook.id))
        return NativeWebhook(webhook, showsSecret: true)
    }.detail("Events from now on are posted to it, signed as Standard Webhooks 1.0.0 says.")

    private static let one = Route.get(
        "/v1/webhooks/{webhook}", "getWebhook", .scope(.webhooksManage), "One webhook.", gives: NativeWebhook.self
    ) { call in NativeWebhook(try await webhook(call), showsSecret: false) }

    private static let change = Route.take(
        .patch, "/v1/webhooks/{webhook}", "updateWebhook", .scope(.webhooksManage),
        "Change a webhook, pause it, or let it go on.", body: NativeWebhookChange.self, gives: NativeWebhook.self
    ) { call, request in
        if let url = request.url { try checkURL(url) }
        let changed = try await repository(call).update(try call.parameter("webhook")) { webhook in
            if let url = request.url { webhook.url = url }
            if request.types != nil || request.chats != nil {
                webhook.filter = EventFilter(
                    types: request.types ?? webhook.filter.kinds?.map(\.rawValue),
                    chats: request.chats ?? webhook.filter.chats?.map(\.rawValue))
            }
            if let isPaused = request.isPaused {
                webhook.isPaused = isPaused
                webhook.pauseReason = nil
            }
        }
        guard let webhook = changed else { throw NativeProblem.notFound("webhook") }
        call.context.webhooksChanged()
        return NativeWebhook(webhook, showsSecret: false)
    }

    private static let remove = Route.act(
        .delete, "/v1/webhooks/{webhook}", "deleteWebhook", .scope(.webhooksManage), "Remove a webhook."
    ) { call in
        let id = try call.parameter("webhook")
        guard try await repository(call).remove(id) else { throw NativeProblem.notFound("webhook") }
        call.context.webhooksChanged()
        await call.audit(.webhookRemoved(id))
    }

    private static let rotate = Route.act(
        .post, "/v1/webhooks/{webhook}/secret", "rotateWebhookSecret", .scope(.webhooksManage),
        "Give a webhook a new secret, shown once; both sign until the next rotation.", gives: NativeWebhook.self
    ) { call in
        let id = try await webhook(call).id
        guard try await repository(call).rotateSecret(id) != nil, let webhook = try await repository(call).webhook(id)
        else { throw NativeProblem.notFound("webhook") }
        call.context.webhooksChanged()
        await call.audit(.webhookSecretRotated(id))
        return NativeWebhook(webhook, showsSecret: true)
    }

    private static let deliveries = Route.get(
        "/v1/webhooks/{webhook}/deliveries", "listDeliveries", .scope(.webhooksManage),
        "The newest deliveries of a webhook; `state=dead` lists the dead letters.",
        gives: NativeList<NativeDelivery>.self
    ) { call in
        let deliveries = try await call.context.state.deliveries.list(
            webhook: try await webhook(call).id, state: call.query("state").map(Delivery.State.init(rawValue:)),
            limit: try call.limit())
        return NativeList(deliveries.map(NativeDelivery.init))
    }.query(
        .limit, .choice("state", "Only deliveries in this state.", ["retrying", "setAside", "delivered", "dead"]))

    private static let replay = Route.take(
        .post, "/v1/webhooks/{webhook}/replay", "replayWebhook", .scope(.webhooksManage),
        "Deliver everything after a cursor again, in order and under the same ids.", body: NativeReplayRequest.self,
        gives: NativeWebhook.self, status: .accepted
    ) { call, request in
        let cursor = try call.context.journal.cursor(from: request.cursor)
        let changed = try await repository(call).update(try call.parameter("webhook")) { $0.replayAfter = cursor }
        guard let webhook = changed else { throw NativeProblem.notFound("webhook") }
        call.context.webhooksChanged()
        return NativeWebhook(webhook, showsSecret: false)
    }.problems(.cursorExpired)

    private static let test = Route.raw(
        .post, "/v1/webhooks/{webhook}/test", "testWebhook", .scope(.webhooksManage), "Send a test event to a webhook.",
        answers: [.status(.accepted, "The event was posted; the receiver tells whether it came.")]
    ) { call in
        guard let test = call.context.testWebhook else { throw NativeProblem.notAvailable("webhooks") }
        try await test(try await webhook(call))
        return Response(status: .accepted)
    }.problems(.notAvailable)

    private static func repository(_ call: Call) -> WebhookRepository {
        call.context.state.webhooks(clock: call.context.clock)
    }

    private static func webhook(_ call: Call) async throws -> Webhook {
        guard let webhook = try await repository(call).webhook(try call.parameter("webhook")) else {
            throw NativeProblem.notFound("webhook")
        }
        return webhook
    }

    private static func checkURL(_ url: String) throws {
        guard url.hasPrefix("https://") || url.hasPrefix("http://"), url.utf8.count <= 2048 else {
            throw NativeProblem.badRequest("“url” is no HTTP address.", remedy: "Use https://… or http://…")
        }
    }
}

extension EventFilter {
    /// A filter in the words of the wire; nil and empty lists mean all.
    init(types: [String]?, chats: [String]?) {
        self.init(
            kinds: types.flatMap { $0.isEmpty ? nil : Set($0.map(GatewayEvent.Kind.init(rawValue:))) },
            chats: chats.flatMap { $0.isEmpty ? nil : Set($0.map(ChatID.init(rawValue:))) })
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
