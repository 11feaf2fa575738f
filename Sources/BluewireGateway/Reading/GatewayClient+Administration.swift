//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireWire

extension GatewayClient {
    /// Every token, newest first.
    package func tokens() async throws -> NativeList<NativeToken> { try await get("/v1/tokens", [:]) }

    /// Makes a token; the answer alone carries its secret.
    package func createToken(_ request: NativeTokenRequest) async throws -> NativeToken {
        try await post("/v1/tokens", body: request.json)
    }

    /// Ends a token for good.
    package func revokeToken(_ id: String) async throws { try await delete("/v1/tokens/\(Self.segment(id))") }

    /// Every webhook.
    package func webhooks() async throws -> NativeList<NativeWebhook> { try await get("/v1/webhooks", [:]) }

    /// Registers a webhook; the answer carries its secret.
    package func createWebhook(_ request: NativeWebhookRequest) async throws -> NativeWebhook {
        try await post("/v1/webhooks", body: request.json)
    }

    /// Changes a webhook.
    package func changeWebhook(_ id: String, _ change: NativeWebhookChange) async throws -> NativeWebhook {
        try await patch(Self.webhook(id), body: change.json)
    }

    /// Removes a webhook.
    package func deleteWebhook(_ id: String) async throws { try await delete(Self.webhook(id)) }

    /// Gives a webhook a new secret, which the answer carries.
    package func rotateWebhook(_ id: String) async throws -> NativeWebhook {
        try await post(Self.webhook(id) + "/secret")
    }

    /// Gives an incoming hook a new secret address, which the answer carries.
    package func rotateHook(_ id: String) async throws -> NativeHook {
        try await post("/v1/hooks/\(Self.segment(id))/secret")
    }

    /// The newest entries of the audit trail, newest first.
    package func audit(limit: Int) async throws -> NativeList<NativeAuditEntry> {
        try await get("/v1/audit", ["limit": "\(limit)"])
    }

    /// The newest deliveries of a webhook.
    package func deliveries(of id: String, state: String?, limit: Int) async throws -> NativeList<NativeDelivery> {
        try await get(Self.webhook(id) + "/deliveries", ["state": state, "limit": "\(limit)"])
    }

    /// Delivers everything after a cursor again.
    package func replayWebhook(_ id: String, after cursor: String) async throws -> NativeWebhook {
        try await post(Self.webhook(id) + "/replay", body: NativeReplayRequest(cursor: cursor).json)
    }

    /// The newest sends.
    package func sends(state: String?, limit: Int) async throws -> NativeList<NativeSend> {
        try await get("/v1/sends", ["state": state, "limit": "\(limit)"])
    }

    /// Every try to hand a send over, in order.
    package func attempts(of send: String) async throws -> NativeList<NativeAttempt> {
        try await get("/v1/sends/\(Self.segment(send))/attempts", [:])
    }

    /// Tries a failed or unknown send again.
    package func retrySend(_ id: String) async throws -> NativeSend {
        try await post("/v1/sends/\(Self.segment(id))/retry")
    }

    /// Cancels a queued send.
    package func cancelSend(_ id: String) async throws -> NativeSend {
        try await post("/v1/sends/\(Self.segment(id))/cancel")
    }

    /// The lines and what each can do.
    package func lines() async throws -> NativeList<NativeLine> { try await get("/v1/lines", [:]) }

    /// A page of the address book.
    package func contacts(limit: Int, query: String?) async throws -> NativeList<NativeContact> {
        try await get("/v1/contacts", ["limit": "\(limit)", "q": query])
    }

    /// The state of the gateway in detail.
    package func health() async throws -> NativeHealth { try await get("/v1/health", [:]) }

    /// Lets the gateway read its configuration again.
    package func reload() async throws -> NativeReload { try await post("/v1/reload") }

    private static func webhook(_ id: String) -> String { "/v1/webhooks/\(segment(id))" }
}
