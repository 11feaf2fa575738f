//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel

/// What happened, without who and when: the vocabulary of the audit trail.
package struct AuditFact: Hashable, Sendable {
    /// What.
    package var action: String
    /// What it was done to.
    package var object: String?
    /// `allowed`, `denied`, `failed`.
    package var outcome = "allowed"
    /// Why, or how much.
    package var reason: String?

    /// Whether a stranger may cause any number of these; they are then counted instead of written one by one.
    package var isRefusal: Bool { outcome != "allowed" }

    /// Credentials were refused; `reason` is a code such as `unknown_token`.
    package static func authenticationRefused(reason: String) -> AuditFact {
        AuditFact(action: "authentication", outcome: "denied", reason: reason)
    }

    /// A caller lacks a scope for an operation, named by its route or method, never by a path as it was sent.
    package static func scopeDenied(_ scope: Scope, operation: String) -> AuditFact {
        AuditFact(action: "scope", object: operation, outcome: "denied", reason: scope.rawValue)
    }

    /// A token was made.
    package static func tokenCreated(_ token: String, scopes: Set<Scope>) -> AuditFact {
        AuditFact(
            action: "token.create", object: token, reason: scopes.map(\.rawValue).sorted().joined(separator: " "))
    }

    /// A token was ended.
    package static func tokenRevoked(_ token: String) -> AuditFact { AuditFact(action: "token.revoke", object: token) }

    /// A one-time code for a token was made.
    package static func pairingOffered(scopes: Set<Scope>) -> AuditFact {
        AuditFact(action: "pair.offer", reason: scopes.map(\.rawValue).sorted().joined(separator: " "))
    }

    /// A one-time code was exchanged for a token.
    package static func paired(_ token: String, scopes: Set<Scope>) -> AuditFact {
        AuditFact(action: "pair", object: token, reason: scopes.map(\.rawValue).sorted().joined(separator: " "))
    }

    /// A one-time code was refused; `reason` is a code.
    package static func pairingRefused(reason: String) -> AuditFact {
        AuditFact(action: "pair", outcome: "denied", reason: reason)
    }

    /// A webhook was registered.
    package static func webhookCreated(_ webhook: String) -> AuditFact {
        AuditFact(action: "webhook.create", object: webhook)
    }

    /// A webhook was removed.
    package static func webhookRemoved(_ webhook: String) -> AuditFact {
        AuditFact(action: "webhook.remove", object: webhook)
    }

    /// A webhook got a new secret.
    package static func webhookSecretRotated(_ webhook: String) -> AuditFact {
        AuditFact(action: "webhook.rotate", object: webhook)
    }

    /// An incoming hook was made.
    package static func hookCreated(_ hook: String) -> AuditFact {
        AuditFact(action: "hook.create", object: hook)
    }

    /// A hook got a new secret.
    package static func hookSecretRotated(_ hook: String) -> AuditFact {
        AuditFact(action: "hook.rotate", object: hook)
    }

    /// An incoming hook was removed.
    package static func hookRemoved(_ hook: String) -> AuditFact {
        AuditFact(action: "hook.remove", object: hook)
    }

    /// A send was accepted; `recipient` is a pseudonym, `length` the number of characters of its text.
    package static func sendAccepted(_ send: SendID, to recipient: String, length: Int) -> AuditFact {
        AuditFact(action: "send", object: recipient, reason: "\(send) \(length) characters")
    }

    /// Somebody decided about an agent's draft: `approved` or `discarded`.
    package static func draftDecided(_ draft: String, _ decision: AgentDraft.State) -> AuditFact {
        AuditFact(action: "draft.decide", object: draft, reason: decision.rawValue)
    }

    /// The egress guard refused a request for a purpose.
    package static func egressDenied(purpose: String) -> AuditFact {
        AuditFact(action: "egress", object: purpose, outcome: "denied")
    }

    /// The configuration was read again and holds; `remark` names the settings that need a restart.
    package static func configurationReloaded(_ remark: String? = nil) -> AuditFact {
        AuditFact(action: "configuration.reload", reason: remark)
    }

    /// The configuration was read again and could not be used; `reason` is a code.
    package static func configurationReloadFailed(_ reason: String) -> AuditFact {
        AuditFact(action: "configuration.reload", outcome: "failed", reason: reason)
    }

    /// A backup was made.
    package static var backupMade: AuditFact { AuditFact(action: "backup") }

    /// The state was put back from a backup made at `time`.
    package static func restoreDone(from time: Timestamp) -> AuditFact {
        AuditFact(action: "restore", reason: time.rfc3339)
    }

    /// The trail itself was read out.
    package static var auditExported: AuditFact { AuditFact(action: "audit.export") }

    /// `count` refusals of one kind within a minute were not written one by one.
    package static func summary(of action: String, outcome: String, count: Int) -> AuditFact {
        AuditFact(action: action, outcome: outcome, reason: "\(count) more within a minute")
    }

    /// The fact as a record.
    package func record(by actor: String, at time: Timestamp) -> AuditRecord {
        AuditRecord(at: time, actor: actor, action: action, object: object, outcome: outcome, reason: reason)
    }
}
