//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import BluewireState
import BluewireTransport

/// Checks what is done to groups and who is in them; pure.
///
/// The rules are Apple's: they are refused here with their reason rather than by Messages without one.
struct GroupCheck {
    var limits: OutboundGate.Limits

    /// A change in the form in which it is stored.
    func checked(_ change: ChatChange) throws(OutboundError) -> ChatChange {
        switch change {
        case .rename(let name): return .rename(try checked(name: name))
        case .addParticipant(let address): return .addParticipant(try checked(address: address, member: "address"))
        case .removeParticipant, .icon, .leave: return change
        }
    }

    /// A recipient in the form in which it is stored.
    func checked(_ recipient: Recipient) throws(OutboundError) -> Recipient {
        guard case .group(let addresses, let name) = recipient else { return recipient }
        var people: [String] = []
        for address in addresses {
            let checked = try checked(address: address, member: "to")
            if !people.contains(checked) { people.append(checked) }
        }
        guard people.count >= 2 else {
            throw .invalid(
                "A group needs at least two other people.", "Name two or more different addresses.", member: "to")
        }
        guard people.count <= limits.groupSize else {
            throw .invalid(
                "The group is too large.", "Name at most \(limits.groupSize) addresses.", member: "to")
        }
        var title: String?
        if let name {
            title = try checked(name: name)
            if title?.isEmpty == true { title = nil }
        }
        return .group(people, name: title)
    }

    /// Refuses a change that Apple's rules or the state of the chat do not allow.
    ///
    /// - Parameter chat: the chat as the store knows it; nil when that is not known.
    func check(_ change: ChatChange, of target: Target, chat: Chat?) throws(OutboundError) {
        guard case .chat(_, let isGroup, let channel, let addresses) = target else {
            throw .invalid("There is no group to change.", "Name an existing group.", member: "chat")
        }
        guard isGroup else {
            throw OutboundError(
                .unsupported, message: "This is a chat with one person; only groups can be changed.",
                remedy: "Make a group: send a message to several addresses.")
        }
        guard channel != .sms, channel != .rcs else {
            throw OutboundError(
                .unsupported, message: "This is an \(channel) group; Apple lets only iMessage groups be changed.",
                remedy: "Make a group of people who all use iMessage.")
        }
        let keys = addresses.map { HandleKey($0) }
        switch change {
        case .rename(let name):
            if let chat, NormalisedText(chat.displayName ?? "").rawValue == NormalisedText(name).rawValue {
                throw Self.conflict("The group has that name already.", member: "name")
            }
        case .icon(let path):
            if path == nil, let chat, chat.icon == nil { throw Self.conflict("The group has no icon.", member: "icon") }
        case .addParticipant(let address):
            guard !keys.contains(HandleKey(address)) else {
                throw Self.conflict("The address is in the group already.", member: "address")
            }
            guard keys.count < limits.groupSize else {
                throw OutboundError(
                    .unsupported, message: "The group is full.",
                    remedy: "Apple allows \(limits.groupSize) people besides you.")
            }
        case .removeParticipant(let address):
            guard keys.contains(HandleKey(address)) else {
                throw Self.conflict("The address is not in the group.", member: "address")
            }
            try checkSize(keys.count, "Somebody can be removed only")
        case .leave: try checkSize(keys.count, "A group can be left only")
        }
    }

    /// Refuses mentions of people who are not there.
    func check(_ mentions: [Mention], in target: Target) throws(OutboundError) {
        let keys = Set(target.addresses.map { HandleKey($0) })
        guard mentions.allSatisfy({ keys.contains(HandleKey($0.address)) }) else {
            throw .invalid(
                "Somebody mentioned is not in the chat.", "Mention participants, by their addresses.",
                member: "mentions")
        }
    }

    private func checkSize(_ others: Int, _ what: String) throws(OutboundError) {
        guard others < 3 else { return }
        throw OutboundError(
            .unsupported, message: "\(what) while at least three other people are in it; that is Apple's rule.",
            remedy: "Mute the group in Messages, or make another one.")
    }

    private func checked(name: String) throws(OutboundError) -> String {
        let name = name.trimmingSpaces()
        let hasControl = name.unicodeScalars.contains { $0.properties.generalCategory == .control || $0 == "\u{2028}" }
        guard name.count <= limits.groupNameLength, !hasControl else {
            throw .invalid(
                "The name of the group is too long or has several lines.",
                "Use one line of up to \(limits.groupNameLength) characters.", member: "name")
        }
        return name
    }

    /// An address as it is handed over: a mail address, or a number with its country code.
    private func checked(address: String, member: String) throws(OutboundError) -> String {
        let key = HandleKey(address).rawValue
        let sides = key.split(separator: "@", omittingEmptySubsequences: false)
        let isMail =
            sides.count == 2 && !sides[0].isEmpty && sides[1].contains(".") && !key.contains(where: \.isWhitespace)
        let digits = key.dropFirst()
        let isNumber = key.hasPrefix("+") && (7...15).contains(digits.count) && digits.allSatisfy(\.isASCIIDigit)
        guard isMail || isNumber else {
            throw .invalid(
                "An address is neither a mail address nor a number with its country code.",
                "Write numbers as +15551234567.", member: member)
        }
        return key
    }

    private static func conflict(_ message: String, member: String) -> OutboundError {
        OutboundError(.conflict, message: message, remedy: "There is nothing to do.", member: member)
    }
}

extension Character {
    /// Whether it is one of 0 to 9.
    fileprivate var isASCIIDigit: Bool { ("0"..."9").contains(self) }
}

extension Target {
    /// The addresses of the people it reaches.
    var addresses: [String] {
        switch self {
        case .handle(let address, _): [address]
        case .group(let addresses, _), .chat(_, true, _, let addresses): addresses
        case .chat(let guid, false, _, let addresses): addresses.isEmpty ? [guid.identifier] : addresses
        }
    }
}
