//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireNetwork
import Testing

@Suite struct RetryPolicyTests {
    private static let now: Int64 = 784_111_777  // Sun, 06 Nov 1994 08:49:37 GMT

    private func decide(_ status: Int, _ headers: EgressHeaders = [:], attempt: Int = 0, isPermanent: Bool = false)
        -> RetryPolicy.Decision
    {
        let hint = RetryHint(headers: headers, secondsSince1970: Self.now)
        return RetryPolicy().decide(
            after: .status(status, hint: hint, isPermanent: isPermanent), attempt: attempt, jitter: 0
        )
    }

    @Test(arguments: [408, 409, 429, 500, 502, 503, 529]) func transientStatusesAreRetried(_ status: Int) {
        #expect(decide(status) == .retry(after: .seconds(0.5)))
    }

    @Test(arguments: [400, 401, 402, 403, 404, 413, 422, 302]) func otherStatusesAreNot(_ status: Int) {
        #expect(decide(status) == .giveUp)
    }

    @Test func connectionFailuresAreRetriedTwice() {
        let policy = RetryPolicy()
        #expect(policy.decide(after: .noResponse, attempt: 0, jitter: 0) == .retry(after: .seconds(0.5)))
        #expect(policy.decide(after: .noResponse, attempt: 1, jitter: 0) == .retry(after: .seconds(1)))
        #expect(policy.decide(after: .noResponse, attempt: 2, jitter: 0) == .giveUp)
    }

    @Test func jitterShortensByAtMostAQuarterAndTheWaitIsCapped() {
        let policy = RetryPolicy(maximumRetries: 20)
        #expect(policy.decide(after: .noResponse, attempt: 9, jitter: 0) == .retry(after: .seconds(8)))
        #expect(policy.decide(after: .noResponse, attempt: 9, jitter: 1) == .retry(after: .seconds(6)))
    }

    @Test func serverHintsAreObeyed() {
        #expect(decide(429, ["Retry-After": "7"]) == .retry(after: .seconds(7)))
        #expect(decide(429, ["retry-after-ms": "250", "retry-after": "9"]) == .retry(after: .milliseconds(250)))
        #expect(decide(503, ["retry-after": "Sun, 06 Nov 1994 08:49:47 GMT"]) == .retry(after: .seconds(10)))
        #expect(decide(503, ["retry-after": "Sun, 06 Nov 1994 08:00:00 GMT"]) == .retry(after: .seconds(0.5)))
        #expect(decide(503, ["retry-after": "soon"]) == .retry(after: .seconds(0.5)))
        #expect(decide(429, ["retry-after": "61"]) == .giveUp)
        #expect(decide(429, ["retry-after": "60"]) == .retry(after: .seconds(60)))
    }

    @Test func serverVerdictOverridesTheStatus() {
        #expect(decide(500, ["x-should-retry": "false"]) == .giveUp)
        #expect(decide(400, ["x-should-retry": "true"]) == .retry(after: .seconds(0.5)))
    }

    @Test func exhaustedQuotaIsFinal() {
        #expect(decide(429, ["retry-after": "1"], isPermanent: true) == .giveUp)
    }
}
