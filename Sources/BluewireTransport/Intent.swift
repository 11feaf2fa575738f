//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

public import BluewireModel

/// What a transport is asked to do.
public enum Intent: Hashable, Sendable {
    /// Send a draft.
    case send(Draft, to: Target)
    /// Put on or take off a tapback.
    case tapback(target: MessageID, part: Int, kind: Tapback.Kind, emoji: String?, isRemoval: Bool, in: Target)
    /// Replace the text of a part of an own message.
    case edit(target: MessageID, part: Int, text: String, in: Target)
    /// Take back a part of an own message.
    case unsend(target: MessageID, part: Int, in: Target)
    /// Show or hide the typing indicator; ephemeral.
    case typing(isOn: Bool, in: Target)
    /// Mark the chat as read; ephemeral.
    case markRead(in: Target)

    /// The capabilities a transport needs to perform it.
    public var required: Set<Capability> {
        switch self {
        case .send(let draft, let target):
            var needed: Set<Capability> = []
            if !draft.text.isEmpty { needed.insert(.text) }
            if !draft.files.isEmpty { needed.insert(.file) }
            if draft.replyTo != nil { needed.insert(.reply) }
            if draft.effect != nil { needed.insert(.effect) }
            if draft.subject != nil { needed.insert(.subject) }
            if case .handle = target { needed.insert(.newChat) }
            return needed
        case .tapback(_, _, let kind, _, _, _): return kind == .emoji ? [.tapback, .emojiTapback] : [.tapback]
        case .edit: return [.edit]
        case .unsend: return [.unsend]
        case .typing: return [.typing]
        case .markRead: return [.markRead]
        }
    }

    /// Where it goes.
    public var target: Target {
        switch self {
        case .send(_, let target), .tapback(_, _, _, _, _, let target), .edit(_, _, _, let target),
            .unsend(_, _, let target), .typing(_, let target), .markRead(let target):
            target
        }
    }
}

/// Where an intent goes, resolved against the store just before dispatch.
public enum Target: Hashable, Sendable {
    /// An existing chat: the store's GUID (polarity as stored), whether it is a group, the channel of its newest
    /// message, and its participants' addresses.
    case chat(guid: ChatGUID, isGroup: Bool, channel: Channel, addresses: [String])
    /// An address no chat exists for.
    case handle(address: String, channel: Channel)
}
