//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// A person or company in the address book; may own many handles.
public struct Contact: Hashable, Sendable, Codable {
    /// The card's unique id in its address book.
    public var id: String
    /// What to call the person: full name, else nickname, else organisation.
    public var name: String
    /// The nickname, if any.
    public var nickname: String?
    /// Whether this is the owner's own card.
    public var isMe: Bool

    /// A contact from its parts.
    public init(id: String, name: String, nickname: String? = nil, isMe: Bool = false) {
        self.id = id
        self.name = name
        self.nickname = nickname
        self.isMe = isMe
    }
}
