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
    /// Mark the chat as unread; ephemeral.
    case markUnread(in: Target)
    /// Change a group.
    case chat(ChatChange, in: Target)

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
            if !draft.mentions.isEmpty { needed.insert(.mention) }
            if draft.isVoiceNote { needed.insert(.voiceNote) }
            if draft.fileOffsets.contains(where: { $0 > 0 }) { needed.insert(.parts) }
            if !draft.choices.isEmpty { needed.insert(.choices) }
            switch target {
            case .chat: break
            case .handle: needed.insert(.newChat)
            case .group: needed.insert(.groupCreate)
            }
            return needed
        case .tapback(_, _, let kind, _, _, _): return kind == .emoji ? [.tapback, .emojiTapback] : [.tapback]
        case .edit: return [.edit]
        case .unsend: return [.unsend]
        case .typing: return [.typing]
        case .markRead: return [.markRead]
        case .markUnread: return [.markUnread]
        case .chat(.rename, _): return [.groupRename]
        case .chat(.icon, _): return [.groupIcon]
        case .chat(.addParticipant, _), .chat(.removeParticipant, _): return [.groupMembers]
        case .chat(.leave, _): return [.groupLeave]
        }
    }

    /// Where it goes.
    public var target: Target {
        switch self {
        case .send(_, let target), .tapback(_, _, _, _, _, let target), .edit(_, _, _, let target),
            .unsend(_, _, let target), .typing(_, let target), .markRead(let target), .markUnread(let target),
            .chat(_, let target):
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
    /// The addresses of people no group exists for, and the name it is to have.
    case group(addresses: [String], name: String?)
}
