//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel

/// Decides, from what a message is, whether an agent may answer it.
///
/// Pure; closed unless everything fits.
package struct Admission: Sendable {
    /// What is wrong with a message that is not answered.
    package enum Refusal: String, Hashable, Sendable {
        case arrival, kind, empty, stale, fromMe, chat, group, sender, shortCode, automatic
    }

    private let configuration: AgentConfiguration
    private let allowed: Set<HandleKey>
    private let owners: Set<HandleKey>

    /// How old a message may be when it arrives.
    package static let freshness: Duration = .seconds(15 * 60)
    /// How long after its arrival an event is still answered, after an outage.
    package static let patience: Duration = .seconds(2 * 3600)

    /// The rules of one agent.
    package init(_ configuration: AgentConfiguration) {
        self.configuration = configuration
        allowed = Set(configuration.allow.filter { $0 != "*" }.map { HandleKey($0) })
        owners = Set(configuration.owners.filter { $0 != "*" }.map { HandleKey($0) })
    }

    /// Why `message`, as it is in the store now, is not answered; nil when it is.
    package func refusal(
        of message: Message, in chat: Chat, arrival: Arrival, seenAt: Timestamp, now: Timestamp
    ) -> Refusal? {
        guard arrival.reachesAgents else { return .arrival }
        guard message.kind == .text else { return .kind }
        guard !message.flags.contains(.autoReply), !message.flags.contains(.spam) else { return .automatic }
        guard !message.body.plainText.trimmingSpaces().isEmpty || message.attachments.contains(where: { !$0.isHidden })
        else { return .empty }
        guard seenAt - message.sentAt <= Self.freshness, now - seenAt <= Self.patience else { return .stale }
        guard configuration.chats.isEmpty || configuration.chats.contains(chat.id.rawValue) else { return .chat }
        guard !chat.isGroup || configuration.groups else { return .group }
        if message.isFromMe { return chat.isSelf ? nil : .fromMe }
        guard let sender = message.sender else { return chat.isSelf ? nil : .sender }
        guard !Self.isShortCode(sender) else { return .shortCode }
        guard configuration.allow.contains("*") || allowed.contains(sender.key) else { return .sender }
        return nil
    }

    /// Whether the sender is told about failures.
    package func isOwner(_ sender: Handle?) -> Bool {
        guard let sender else { return true }
        return configuration.owners.contains("*") || owners.contains(sender.key)
    }

    /// Short codes and alphanumeric senders are machines.
    private static func isShortCode(_ sender: Handle) -> Bool {
        let key = sender.key.rawValue
        if key.contains("@") { return false }
        return key.isEmpty || !key.utf8.allSatisfy { $0 == 0x2B || (0x30...0x39).contains($0) }
            || (!key.hasPrefix("+") && key.count <= 6)
    }
}
