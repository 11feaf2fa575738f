//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

public import BluewireModel

/// Which chats to list.
public struct ChatQuery: Hashable, Sendable {
    /// At most this many.
    public var limit: Int
    /// Only chats older than this position.
    public var before: PageCursor?
    /// Only chats newer than this position; ignored when ``before`` is set.
    public var after: PageCursor?
    /// Only chats whose title, address or participant contains this text, case folded.
    public var text: String?
    /// Whether junk, SMS categories and blocked chats are listed too.
    public var includesFiltered: Bool
    /// Whether chats without a message are listed too, after all others.
    public var includesEmpty: Bool

    /// A query with the given limit and no filter.
    public init(
        limit: Int = 50, before: PageCursor? = nil, after: PageCursor? = nil, text: String? = nil,
        includesFiltered: Bool = false, includesEmpty: Bool = false
    ) {
        self.limit = limit
        self.before = before
        self.after = after
        self.text = text
        self.includesFiltered = includesFiltered
        self.includesEmpty = includesEmpty
    }
}

/// Which messages of a chat to list.
public struct MessageQuery: Hashable, Sendable {
    /// At most this many.
    public var limit: Int
    /// Only messages older than this position.
    public var before: PageCursor?
    /// Only messages newer than this position; ignored when ``before`` is set.
    public var after: PageCursor?
    /// Whether tapback rows are listed as messages of their own too.
    public var includesTapbacks: Bool

    /// A query with the given limit.
    public init(
        limit: Int = 50, before: PageCursor? = nil, after: PageCursor? = nil, includesTapbacks: Bool = false
    ) {
        self.limit = limit
        self.before = before
        self.after = after
        self.includesTapbacks = includesTapbacks
    }
}

/// What a reference to a chat may mean.
public enum ChatResolution: Hashable, Sendable {
    /// Exactly one chat.
    case chat(Chat)
    /// Several chats; the caller has to choose.
    case ambiguous([Chat])
    /// No chat.
    case none
}
