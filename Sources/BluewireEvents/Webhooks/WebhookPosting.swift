//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// Posts webhook requests.
package protocol WebhookPosting: Sendable {
    /// Posts the request once and reports how it went; redirects are not followed.
    func post(_ request: WebhookRequest) async -> WebhookResult
}

/// A signed request to a webhook.
package struct WebhookRequest: Hashable, Sendable {
    /// Where to.
    package var url: String
    /// The id of the event at this webhook; the same for every try.
    package var id: String
    /// Unix seconds of this try.
    package var timestamp: Int64
    /// The signature header.
    package var signature: String
    /// The event as JSON.
    package var body: [UInt8]

    /// A request from its fields.
    package init(url: String, id: String, timestamp: Int64, signature: String, body: [UInt8]) {
        self.url = url
        self.id = id
        self.timestamp = timestamp
        self.signature = signature
        self.body = body
    }
}

/// How a post went.
package enum WebhookResult: Hashable, Sendable {
    /// The receiver answered.
    case answered(status: Int, retryAfter: Duration?)
    /// There was no answer; a stable short reason.
    case failed(reason: String)

    /// What it means for the webhook.
    var outcome: WebhookEndpointStateMachine.Outcome {
        switch self {
        case .answered(let status, _) where (200..<300).contains(status): .delivered(status: status)
        case .answered(410, _): .gone
        case .answered(let status, let pause) where [408, 429, 502, 503, 504].contains(status):
            .unavailable(reason: "http_\(status)", status: status, retryAfter: pause)
        case .answered(let status, let pause): .rejected(status: status, retryAfter: pause)
        case .failed(let reason): .unavailable(reason: reason, status: nil, retryAfter: nil)
        }
    }
}
