//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel

/// One thing that was done or refused.
package struct NativeAuditEntry: Hashable, Sendable, Decodable, JSONWritable {
    /// Its place in the trail, without gaps.
    package var sequence: Int64
    /// When.
    package var at: NativeTime
    /// Who: the id of a token or session, `local`, `agent:<name>`, `system`.
    package var actor: String
    /// What, for example `token.create`.
    package var action: String
    /// What it was done to.
    package var object: String?
    /// `allowed`, `denied` or `failed`.
    package var outcome: String
    /// Why.
    package var reason: String?

    /// An entry from its fields.
    package init(
        sequence: Int64, at: Timestamp, actor: String, action: String, object: String?, outcome: String, reason: String?
    ) {
        self.sequence = sequence
        self.at = NativeTime(at)
        self.actor = actor
        self.action = action
        self.object = object
        self.outcome = outcome
        self.reason = reason
    }

    package func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("sequence", sequence)
            writer.member("at", at)
            writer.member("actor", actor)
            writer.member("action", action)
            writer.member("object", object)
            writer.member("outcome", outcome)
            writer.member("reason", reason)
        }
    }
}
