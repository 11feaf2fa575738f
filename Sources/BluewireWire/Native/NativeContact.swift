//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel

/// A card of the address book.
package struct NativeContact: Hashable, Sendable, Decodable, JSONWritable {
    /// The card's id.
    package var id: String
    /// What to call the person or company.
    package var name: String
    /// The nickname, if any.
    package var nickname: String?
    /// Whether it is the owner's own card.
    package var isMe: Bool
    /// Phone numbers and e-mail addresses, as the card spells them.
    package var addresses: [String]

    /// The card as it travels.
    package init(_ contact: Contact, addresses: [String]) {
        id = contact.id
        name = contact.name
        nickname = contact.nickname
        isMe = contact.isMe
        self.addresses = addresses
    }

    package func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("id", id)
            writer.member("name", name)
            writer.member("nickname", nickname)
            writer.member("isMe", isMe)
            writer.member("addresses", addresses)
        }
    }
}
