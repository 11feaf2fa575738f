//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

private import BluewireModel
package import BluewireTransport

/// A target in the words of the script.
package struct ScriptTarget: Hashable, Sendable {
    /// Whether ``name`` is a chat id (else the address of a participant).
    package var isChat: Bool
    /// The chat id or address.
    package var name: String
    /// The account of a participant: `iMessage` or `SMS`.
    package var account: String

    /// A target from its fields.
    package init(isChat: Bool, name: String, account: String) {
        self.isChat = isChat
        self.name = name
        self.account = account
    }

    /// How `target` is named in Messages; nil for a group that does not exist, which no script can make reliably.
    ///
    /// The polarity of a chat GUID is repaired from what the chat is: on macOS 26 a group may be listed as `any;-;chat…`,
    /// and sending there makes a ghost row. The account follows the channel, never the GUID, whose service is `any`.
    package init?(_ target: Target) {
        switch target {
        case .group: return nil
        case .handle(let address, let channel):
            self.init(isChat: false, name: address, account: Self.account(of: channel))
        case .chat(let guid, let isGroup, let channel, _):
            let repaired =
                guid.style == nil
                ? guid : ChatGUID(service: guid.service, isGroup: isGroup, identifier: guid.identifier)
            self.init(isChat: true, name: repaired.rawValue, account: Self.account(of: channel))
        }
    }

    /// The person of a direct chat, for when Messages does not know the chat; nil for groups.
    package static func participant(of target: Target) -> ScriptTarget? {
        guard case .chat(let guid, false, let channel, let addresses) = target else { return nil }
        return ScriptTarget(
            isChat: false, name: addresses.first ?? guid.identifier, account: account(of: channel))
    }

    /// The script knows two accounts; RCS is reached through the one of the phone.
    private static func account(of channel: Channel) -> String {
        channel == .sms || channel == .rcs ? "SMS" : "iMessage"
    }
}
