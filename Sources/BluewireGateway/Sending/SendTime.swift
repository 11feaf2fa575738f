//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel

/// A time to send at, as a person writes it.
package enum SendTime {
    /// The time of `2026-03-14T09:26:00+01:00` or `in 10m` (s, m, h, d); nil for anything else.
    package static func parse(_ text: String, now: Timestamp) -> Timestamp? {
        if let time = Timestamp(rfc3339: text) { return time }
        var words = text.split(separator: " ")
        guard words.first?.lowercased() == "in", words.count == 2 else { return nil }
        let last = words.removeLast()
        let seconds: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
        // Nine digits of days are far beyond what can be scheduled and far below what overflows.
        guard let unit = last.last.flatMap({ seconds[$0] }), last.count <= 10, let number = Int64(last.dropLast()),
            number > 0
        else { return nil }
        let (total, overflow) = number.multipliedReportingOverflow(by: unit)
        return overflow || total > 10_000_000_000 ? nil : now + .seconds(total)
    }
}
