//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// How many requests a caller may make: a steady rate, and how many at once after a pause.
package struct RequestRate: Hashable, Sendable {
    /// Requests a second in the long run.
    package var perSecond: Double
    /// Requests that may come at once.
    package var burst: Int

    /// A rate from its parts.
    package init(perSecond: Double, burst: Int) {
        self.perSecond = perSecond
        self.burst = burst
    }

    /// Reads `20` (a burst of twice that) or `20/40`; nil for anything else.
    package init?(_ text: String) {
        let pieces = text.split(separator: "/", omittingEmptySubsequences: false)
        guard pieces.count <= 2, let rate = Double(pieces[0]), rate >= 0.1, rate <= 100_000 else { return nil }
        guard pieces.count == 2 else {
            self.init(perSecond: rate, burst: max(1, Int(rate * 2)))
            return
        }
        guard let burst = Int(pieces[1]), (1...1_000_000).contains(burst) else { return nil }
        self.init(perSecond: rate, burst: burst)
    }

    /// 20 a second, 40 at once.
    package static let standard = RequestRate(perSecond: 20, burst: 40)
}
