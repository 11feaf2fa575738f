//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

internal import BluewireModel
internal import BluewireState
internal import BluewireTransport

/// How much each origin may send; kept low because Apple locks accounts that behave like spam.
///
/// Counted from the stored sends, so a restart forgives nothing.
package struct Budget: Hashable, Sendable {
    /// What one origin may send.
    package struct Allowance: Hashable, Sendable {
        /// The most sends within ``window``.
        package var burst: Int
        /// The stretch of time ``burst`` counts in.
        package var window: Duration
        /// The most sends within 24 hours.
        package var perDay: Int
        /// The most first messages to people or groups without a chat within 24 hours.
        package var firstContactsPerDay: Int

        /// An allowance from its numbers; anything below one means none at all.
        package init(burst: Int, window: Duration = .seconds(10), perDay: Int, firstContactsPerDay: Int) {
            self.burst = burst
            self.window = window
            self.perDay = perDay
            self.firstContactsPerDay = firstContactsPerDay
        }
    }

    /// For each token and web session.
    package var token = Allowance(burst: 30, perDay: 500, firstContactsPerDay: 50)
    /// For the owner, on the gateway's own socket and the command line.
    package var owner = Allowance(burst: 60, perDay: 2000, firstContactsPerDay: 200)
    /// For each agent.
    package var agent = Allowance(burst: 20, perDay: 500, firstContactsPerDay: 5)

    /// The defaults.
    package init() {}

    /// What `origin` may send.
    package func allowance(of origin: String) -> Allowance {
        if origin == Principal.owner.id { return owner }
        return origin.hasPrefix("agent:") ? agent : token
    }
}

extension Budget.Allowance {
    /// Why `record` is too much now; nil when it is not.
    func refusal(of record: SendRecord, now: Timestamp, in tx: any SendTransaction) throws -> OutboundError? {
        let day = Duration.seconds(24 * 3600)
        var rules = [(limit: burst, span: window, onlyFirstContacts: false, what: "sends at a time")]
        rules.append((perDay, day, false, "sends a day"))
        if record.isFirstContact == true { rules.append((firstContactsPerDay, day, true, "first messages a day")) }
        var refusal: OutboundError?
        for rule in rules {
            let oldest = try Self.oldest(
                of: rule.limit, origin: record.origin, onlyFirstContacts: rule.onlyFirstContacts, now: now, in: tx)
            guard let oldest, oldest + rule.span > now else { continue }
            let pause = oldest + rule.span - now
            guard pause > refusal?.retryAfter ?? .zero else { continue }
            refusal = OutboundError(
                .limited, message: "More than \(rule.limit) \(rule.what) are not allowed.",
                remedy: "Wait as long as it says; the owner can raise the budget.", retryAfter: pause)
        }
        return refusal
    }

    /// The oldest of the newest `limit` sends; it has to leave the span before another one fits.
    private static func oldest(
        of limit: Int, origin: String, onlyFirstContacts: Bool, now: Timestamp, in tx: any SendTransaction
    ) throws -> Timestamp? {
        guard limit > 0 else { return now }
        return try tx.acceptance(limit, newestOf: origin, upTo: now, onlyFirstContacts: onlyFirstContacts)
    }
}
