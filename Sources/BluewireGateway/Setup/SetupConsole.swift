//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel

/// The person at the terminal, as the set-up talks with them; a stand-in in tests.
package protocol SetupConsole: Sendable {
    /// Says something, a paragraph at a time.
    func say(_ text: String)

    /// Begins a part.
    func begin(_ title: String)

    /// Shows chats, the newest first.
    func show(_ chats: [SetupChat])

    /// Asks something and waits for a line; nil when there will be none any more.
    func ask(_ question: String) async -> String?
}

/// A chat as the set-up shows it.
package struct SetupChat: Hashable, Sendable {
    /// What it is called.
    package var name: String
    /// When its newest message was sent.
    package var lastMessageAt: Timestamp?

    /// A chat from its fields.
    package init(name: String, lastMessageAt: Timestamp?) {
        self.name = name
        self.lastMessageAt = lastMessageAt
    }
}
