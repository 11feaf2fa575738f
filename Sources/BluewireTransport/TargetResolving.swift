//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

public import BluewireModel

/// Resolves recipients against the store and looks for landed rows there; the outbox knows no store.
public protocol TargetResolving: Sendable {
    /// Where a recipient is reached today.
    ///
    /// - Throws: ``OutboundError`` with `notFound` or `ambiguous`.
    func target(of recipient: Recipient, line: LineID) async throws(OutboundError) -> ResolvedTarget

    /// The newest row of the line's store; noted at dispatch, so that older rows are never taken for the send.
    func newestRow(line: LineID) async throws -> RowID

    /// Own rows above `row` in the chat (or, for an address, to that address), oldest first, joined or not.
    func ownRows(above row: RowID, in target: Target, line: LineID) async throws -> [OwnRow]
}

/// A recipient as the store knows it.
public struct ResolvedTarget: Hashable, Sendable {
    /// Where intents go.
    public var target: Target
    /// The chat, once one exists.
    public var chat: ChatID?
    /// Whether it is a proven self-chat.
    public var isSelf: Bool

    /// A target from its fields.
    public init(target: Target, chat: ChatID?, isSelf: Bool) {
        self.target = target
        self.chat = chat
        self.isSelf = isSelf
    }
}

/// An own row in the store, as far as matching a send needs it.
public struct OwnRow: Hashable, Sendable {
    /// The message, hydrated.
    public var message: Message
    /// Whether the row is joined to a chat; an unjoined row without text is a ghost.
    public var isJoined: Bool

    /// A row from its fields.
    public init(message: Message, isJoined: Bool) {
        self.message = message
        self.isJoined = isJoined
    }
}
