//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel

/// Permits that come back at a steady rate, up to a burst.
struct TokenBucket {
    private var rate: RequestRate
    private var permits: Double
    private var filledAt: Timestamp

    /// A full bucket.
    init(_ rate: RequestRate, at now: Timestamp) {
        self.rate = rate
        permits = Double(rate.burst)
        filledAt = now
    }

    /// Takes a permit; returns how long to wait when there is none.
    ///
    /// - Parameter rate: the rate from now on; what was left stays, up to its burst.
    mutating func take(at now: Timestamp, rate: RequestRate) -> Duration? {
        fill(at: now)
        self.rate = rate
        permits = min(permits, Double(rate.burst))
        guard permits >= 1 else { return .seconds((1 - permits) / rate.perSecond) }
        permits -= 1
        return nil
    }

    /// Whether it is full again, so that it need not be remembered.
    mutating func isFull(at now: Timestamp) -> Bool {
        fill(at: now)
        return permits >= Double(rate.burst)
    }

    private mutating func fill(at now: Timestamp) {
        // A clock that was set back gives nothing and takes nothing.
        let passed = max(.zero, now - filledAt)
        permits = min(Double(rate.burst), permits + passed / .seconds(1) * rate.perSecond)
        filledAt = now
    }
}
