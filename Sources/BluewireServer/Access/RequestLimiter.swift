//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import Synchronization

/// Spaces out the requests of every caller: a bucket for each address, and one for each token.
///
/// Callers on the gateway's own socket are never slowed; those on loopback only when the owner has set a rate.
final class RequestLimiter: Sendable {
    private let rate: @Sendable (_ isLoopback: Bool) -> RequestRate?
    private let clock: any WallClock
    private let buckets = Mutex<[String: TokenBucket]>([:])

    /// How many callers are told apart.
    private static let capacity = 10_000

    /// A limiter that asks for the rate of callers on this machine and elsewhere each time; nil is no limit.
    init(clock: any WallClock, rate: @escaping @Sendable (_ isLoopback: Bool) -> RequestRate?) {
        self.clock = clock
        self.rate = rate
    }

    /// A limiter with rates for callers elsewhere and on this machine; nil is no limit.
    convenience init(elsewhere: RequestRate?, loopback: RequestRate?, clock: any WallClock) {
        self.init(clock: clock) { $0 ? loopback : elsewhere }
    }

    /// Counts a request of an address.
    ///
    /// - Throws: ``RateLimited``.
    func admit(address: String?) throws(RateLimited) {
        guard let address else { return }
        let client = ClientAddress(address)
        try admit("address " + client.key, client)
    }

    /// Counts a request of a token that came from an address.
    ///
    /// - Throws: ``RateLimited``.
    func admit(token: String, address: String?) throws(RateLimited) {
        guard let address else { return }
        try admit("token " + token, ClientAddress(address))
    }

    private func admit(_ key: String, _ client: ClientAddress) throws(RateLimited) {
        guard let rate = rate(client.isLoopback) else { return }
        let now = clock.now
        let wait = buckets.withLock { buckets in
            if buckets.count >= Self.capacity, buckets[key] == nil {
                for (other, bucket) in buckets {
                    var bucket = bucket
                    if bucket.isFull(at: now) { buckets[other] = nil }
                }
                // A flood from more callers than this is bounded by the limit of connections.
                guard buckets.count < Self.capacity else { return Duration?.none }
            }
            return buckets[key, default: TokenBucket(rate, at: now)].take(at: now, rate: rate)
        }
        if let wait { throw RateLimited(.tooManyRequests, wait: wait) }
    }
}
