//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel

/// One security-relevant thing that happened: facts only, never message text, names, addresses or secrets.
package struct AuditRecord: Hashable, Sendable {
    /// When.
    package var at: Timestamp
    /// Who: a token id, `local`, `ip:<address>`, `agent:<name>`, `system`.
    package var actor: String
    /// What, for example `token.create`, `webhook.create`, `send`.
    package var action: String
    /// What it was done to: an id of ours, or a pseudonym `h_…` of anything that names a person.
    package var object: String?
    /// `allowed`, `denied`, `failed`.
    package var outcome: String
    /// Why, in a word or a number.
    package var reason: String?

    /// The longest field, in bytes; what is longer is cut.
    package static let longestField = 200

    /// A record from its fields.
    package init(
        at: Timestamp, actor: String, action: String, object: String? = nil, outcome: String = "allowed",
        reason: String? = nil
    ) {
        self.at = at
        self.actor = actor
        self.action = action
        self.object = object
        self.outcome = outcome
        self.reason = reason
    }

    /// The record as it is stored: no field longer than ``longestField``.
    var clipped: AuditRecord {
        func clip(_ text: String) -> String {
            guard text.utf8.count > Self.longestField else { return text }
            var kept = ""
            for character in text {
                guard kept.utf8.count + character.utf8.count <= Self.longestField else { break }
                kept.append(character)
            }
            return kept
        }
        return AuditRecord(
            at: at, actor: clip(actor), action: clip(action), object: object.map(clip), outcome: clip(outcome),
            reason: reason.map(clip))
    }
}
