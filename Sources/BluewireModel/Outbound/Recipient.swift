//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// Whom a send is for.
public enum Recipient: Hashable, Sendable, Codable {
    /// A known chat.
    case chat(ChatID)
    /// An address, for a first message; resolved to a chat as soon as one exists.
    case handle(String)
    /// Several addresses, for a first message to a group.
    ///
    /// Resolved to the one group of exactly these people (and of that name, if one is given) as soon as it exists.
    case group([String], name: String?)
}
