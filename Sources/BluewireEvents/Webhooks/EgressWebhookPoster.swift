//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel
package import BluewireNetwork

/// Posts webhook requests through the egress guard.
package struct EgressWebhookPoster: WebhookPosting {
    private let client: EgressClient
    private let clock: any WallClock

    /// A poster over `client`.
    package init(client: EgressClient, clock: any WallClock = SystemWallClock()) {
        self.client = client
        self.clock = clock
    }

    package func post(_ request: WebhookRequest) async -> WebhookResult {
        let outgoing = EgressRequest(
            .webhook, method: "POST", url: request.url,
            headers: [
                "content-type": "application/json", "user-agent": "Bluewire", "webhook-id": request.id,
                "webhook-timestamp": String(request.timestamp), "webhook-signature": request.signature,
            ],
            body: request.body)
        do {
            let response = try await client.send(outgoing)
            let hint = RetryHint(headers: response.headers, secondsSince1970: clock.now.seconds)
            // Read to the end, so that the connection can be used again; what it says does not matter.
            _ = try? await response.body.collect()
            return .answered(status: response.status, retryAfter: hint.wait)
        } catch {
            return .failed(reason: error.code.rawValue)
        }
    }
}
