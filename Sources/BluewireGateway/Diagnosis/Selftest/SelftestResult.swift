//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// What a check came to, as printed and reported: counts, versions and fixed words, never an address, name or text.
package struct SelftestResult: Hashable, Sendable, Encodable {
    /// The check's stable name, for example `database.wal`.
    package var id: String
    /// What it belongs to.
    package var group: String
    /// What it checks.
    package var title: String
    /// How it ended.
    package var verdict: Verdict
    /// What was seen, or why it was skipped.
    package var detail: String

    /// How a check ended.
    package enum Verdict: String, Hashable, Sendable, Encodable {
        /// As expected.
        case passed
        /// Not run here.
        case skipped
        /// Not as expected.
        case failed
    }

    init(_ check: SelftestCheck, _ outcome: SelftestCheck.Outcome) {
        self.init(id: check.id, group: check.group, title: check.title, outcome: outcome)
    }

    init(id: String, group: String, title: String, outcome: SelftestCheck.Outcome) {
        self.id = id
        self.group = group
        self.title = title
        (verdict, detail) =
            switch outcome {
            case .passed(let detail): (.passed, detail)
            case .skipped(let reason): (.skipped, reason)
            case .failed(let detail): (.failed, detail)
            }
    }
}
