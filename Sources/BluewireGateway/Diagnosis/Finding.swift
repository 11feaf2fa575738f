//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// One thing `bluewire doctor` looked at.
package struct Finding: Hashable, Sendable, Encodable {
    /// A stable word for programs, for example `database`.
    package var id: String
    /// At most sixteen columns for people.
    package var title: String
    /// Whether it is as it should be.
    package var verdict: Verdict
    /// What was seen.
    package var detail: String
    /// What to do about it, when there is something to do.
    package var remedy: String?

    /// A finding from its fields.
    package init(_ id: String, _ title: String, _ verdict: Verdict, _ detail: String, remedy: String? = nil) {
        self.id = id
        self.title = title
        self.verdict = verdict
        self.detail = detail
        self.remedy = remedy
    }

    /// Whether something is as it should be.
    package enum Verdict: String, Hashable, Sendable, Encodable {
        /// It is.
        case good
        /// It works; there is something to know.
        case note
        /// Something needed is missing.
        case bad
    }
}
