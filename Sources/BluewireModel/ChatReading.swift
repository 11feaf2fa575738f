//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// Reads chats and messages by their native names; the store behind it may be local or remote.
public protocol ChatReading: Sendable {
    /// The chat of that name; nil when there is none.
    func chat(_ id: ChatID) async throws -> Chat?

    /// The newest messages of a chat, oldest first, tapback rows folded into their targets.
    func recentMessages(in chat: ChatID, limit: Int) async throws -> [Message]

    /// The message of that GUID as it is now; nil when it is gone.
    func message(_ id: MessageID) async throws -> Message?
}
