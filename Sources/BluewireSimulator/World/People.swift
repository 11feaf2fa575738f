//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// Somebody who can write to us.
package struct SimulatedPerson: Sendable, Codable, Hashable {
    /// What the address book calls them; empty for a stranger.
    package var name: String
    /// Their number or mail address.
    package var address: String
    /// `iMessage` or `SMS`.
    package var service: String
    /// Whether they share when they read.
    package var sendsReadReceipts: Bool

    /// A person from their fields.
    package init(name: String, address: String, service: String = "iMessage", sendsReadReceipts: Bool = true) {
        self.name = name
        self.address = address
        self.service = service
        self.sendsReadReceipts = sendsReadReceipts
    }
}

/// A conversation as the simulator knows it.
package struct SimulatedChat: Sendable, Codable, Hashable {
    /// Its guid in the database.
    package var guid: String
    /// Whether it is a group.
    package var isGroup: Bool
    /// The group's name, if it has one.
    package var name: String?
    /// The addresses of everybody but us; our own in the note-to-self chat.
    package var participants: [String]
    /// The service its messages use.
    package var service: String
    /// Whether it is the note-to-self chat.
    package var isSelf: Bool
    /// The transfer guid of the group's photo, if it has one.
    package var photo: String?
    /// Whether we left the group.
    package var hasLeft: Bool?
}

/// Us, the owner of the simulated account.
package struct SimulatedOwner: Sendable, Codable, Hashable {
    /// Our number.
    package var number = "+12025550100"
    /// Our mail address.
    package var mail = "me@bluewire.example"
    /// What the address book calls us.
    package var name = "Alex Morgan"

    /// The default owner.
    package init() {}
}
