//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel

/// What survives a crash of one session: messages waiting for an answer, and an answer that is on its way out.
struct SessionState: Codable, Hashable, Sendable {
    /// Messages admitted and not answered yet, oldest first.
    var pending: [Pending] = []
    /// An answer of which some bubbles may not have gone out yet.
    var reply: Reply?

    /// A message waiting for an answer.
    struct Pending: Codable, Hashable, Sendable {
        var message: MessageID
        var line: LineID
        var admittedAt: Timestamp
        var tellsFailures: Bool
        /// The text, for telling the two rows of a message to oneself apart from two messages.
        var selfText: String?
    }

    /// An answer on its way out.
    ///
    /// Its keys follow from its name, so that sending it again sends nothing twice.
    struct Reply: Codable, Hashable, Sendable {
        var name: String
        var turn: String
        var line: LineID
        var answering: MessageID
        var bubbles: [String]
        var sent: Int
        /// When it was thought of; nil in what older versions stored.
        var madeAt: Timestamp?
    }

    /// The name of the turn that answers exactly these messages.
    static func turnName(_ pending: [Pending]) -> String {
        StableHash.hex(pending.map(\.message.rawValue).joined(separator: "\n"))
    }
}
