//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel

/// A card of the address book with its addresses as written.
package struct ContactEntry: Hashable, Sendable {
    /// The person or company.
    package var contact: Contact
    /// The phone numbers and e-mail addresses, as the card spells them.
    package var addresses: [String]

    /// An entry from its parts.
    package init(contact: Contact, addresses: [String]) {
        self.contact = contact
        self.addresses = addresses
    }
}

/// Cards by address.
///
/// A number on a card without a country code names a handle only when exactly one person has it. Names serve display;
/// nothing is authorised by them.
struct ContactIndex: Sendable {
    private var exact: [HandleKey: [Contact]] = [:]
    private var national: [String: [Contact]] = [:]
    private(set) var ownAddresses: Set<HandleKey> = []
    /// Every card with its addresses as written, by name.
    let entries: [ContactEntry]

    init(cards: [AddressBookReader.Card] = []) {
        entries = cards.map { ContactEntry(contact: $0.contact, addresses: $0.addresses) }
            .sorted { ($0.contact.name.lowercased(), $0.contact.id) < ($1.contact.name.lowercased(), $1.contact.id) }
        for card in cards {
            for address in card.addresses {
                let key = Self.key(address)
                guard !key.rawValue.isEmpty else { continue }
                if let digits = Self.nationalDigits(key) {
                    national[digits, default: []].append(card.contact)
                } else {
                    exact[key, default: []].append(card.contact)
                    if card.contact.isMe { ownAddresses.insert(key) }
                }
            }
        }
    }

    func contact(for key: HandleKey) -> Contact? {
        if let cards = exact[key] { return Self.best(cards) }
        guard key.rawValue.hasPrefix("+") else { return national[key.rawValue].flatMap(Self.best) }
        let digits = key.rawValue.dropFirst()
        // Countries of the North American plan dial ten digits, most others nine or more after the trunk zero.
        let lengths = digits.hasPrefix("1") ? [10] : [11, 10, 9]
        for length in lengths where digits.count > length {
            if let cards = national[String(digits.suffix(length))] { return Self.best(cards) }
        }
        return nil
    }

    /// `00` in front of a number stands for `+`.
    private static func key(_ address: String) -> HandleKey {
        let key = HandleKey(address)
        guard key.rawValue.hasPrefix("00"), key.rawValue.utf8.count > 10 else { return key }
        return HandleKey("+" + key.rawValue.dropFirst(2))
    }

    /// The digits of a number without country code, its trunk zero or leading one removed; nil for anything else.
    private static func nationalDigits(_ key: HandleKey) -> String? {
        let text = key.rawValue
        guard !text.hasPrefix("+"), text.utf8.count > 6, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            return nil
        }
        if text.hasPrefix("0") { return String(text.dropFirst()) }
        if text.hasPrefix("1"), text.utf8.count == 11 { return String(text.dropFirst()) }
        return text
    }

    /// One person of several cards: the fullest name wins; people with different names share the address.
    private static func best(_ cards: [Contact]) -> Contact? {
        guard var chosen = cards.first else { return nil }
        var names: [String] = []
        for card in cards where !names.contains(card.name) { names.append(card.name) }
        if let longest = names.max(by: { $0.count < $1.count }), names.allSatisfy({ longest.hasPrefix($0) }) {
            return cards.first { $0.name == longest }
        }
        chosen.name = names.joined(separator: " or ")
        return chosen
    }
}
