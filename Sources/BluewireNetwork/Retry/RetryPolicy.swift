//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// When a failed model request is tried again, as the official SDKs of the providers do it.
///
/// Pure.
package struct RetryPolicy: Sendable, Hashable {
    /// How often a request is repeated after its first attempt.
    package var maximumRetries: Int
    /// The longest wait that is obeyed; a longer one fails at once.
    package var maximumWait: Duration

    /// A policy; the defaults are two retries and a minute.
    package init(maximumRetries: Int = 2, maximumWait: Duration = .seconds(60)) {
        self.maximumRetries = maximumRetries
        self.maximumWait = maximumWait
    }

    /// What one attempt ended with.
    package enum Outcome: Sendable, Hashable {
        /// The connection failed before any byte of the body.
        case noResponse
        /// A status other than success, with what the headers say; permanent when the quota or the credit is used up.
        case status(Int, hint: RetryHint, isPermanent: Bool)
    }

    /// What to do next.
    package enum Decision: Sendable, Hashable {
        /// Wait, then try again.
        case retry(after: Duration)
        /// Give up.
        case giveUp
    }

    /// Decides after attempt number `attempt`, counted from 0.
    ///
    /// - Parameter jitter: a number in [0, 1); it shortens the computed wait by up to a quarter.
    package func decide(after outcome: Outcome, attempt: Int, jitter: Double) -> Decision {
        guard attempt < maximumRetries else { return .giveUp }
        var hinted: Duration?
        if case .status(let status, let hint, let isPermanent) = outcome {
            let isWorthIt = hint.shouldRetry ?? ([408, 409, 429].contains(status) || status >= 500)
            guard isWorthIt, !isPermanent else { return .giveUp }
            hinted = hint.wait
        }
        if let hinted, hinted > .zero {
            return hinted <= maximumWait ? .retry(after: hinted) : .giveUp
        }
        let base = min(0.5 * Double(1 << min(attempt, 10)), 8)
        return .retry(after: .seconds(base * (1 - 0.25 * min(max(jitter, 0), 1))))
    }
}

/// What a response's headers say about trying again.
package struct RetryHint: Sendable, Hashable {
    /// How long to wait.
    package var wait: Duration?
    /// The server's own verdict, which overrides the rule by status.
    package var shouldRetry: Bool?

    /// A hint from its fields.
    package init(wait: Duration? = nil, shouldRetry: Bool? = nil) {
        self.wait = wait
        self.shouldRetry = shouldRetry
    }

    /// Reads `retry-after-ms`, `retry-after` (seconds or an HTTP date) and `x-should-retry`.
    ///
    /// - Parameter secondsSince1970: the time now, for the date form.
    package init(headers: EgressHeaders, secondsSince1970 now: Int64) {
        switch headers["x-should-retry"]?.lowercased() {
        case "true": shouldRetry = true
        case "false": shouldRetry = false
        default: shouldRetry = nil
        }
        if let text = headers["retry-after-ms"], let milliseconds = Double(text), milliseconds.isFinite {
            wait = .seconds(min(max(milliseconds, 0), 1e12) / 1000)
        } else if let text = headers["retry-after"] {
            if let seconds = Double(text), seconds.isFinite {
                wait = .seconds(min(max(seconds, 0), 1e9))
            } else if let date = HTTPDate.secondsSince1970(text) {
                wait = .seconds(max(0, date - now))
            }
        }
    }
}
