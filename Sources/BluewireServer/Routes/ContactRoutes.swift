//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import BluewireState
import BluewireStore
import BluewireWire
import Hummingbird

/// The address book.
enum ContactRoutes {
    static let routes = [list, one]

    private static let list = Route.get(
        "/v1/contacts", "listContacts", .scope(.contactsRead), "List the cards of the address book, by name.",
        gives: NativeList<NativeContact>.self
    ) { call in
        let all = try visible(call)
        let wanted = call.query("q")?.lowercased() ?? ""
        let found = wanted.isEmpty ? all : all.filter { $0.matches(wanted) }
        let start = call.query("after").flatMap { id in found.firstIndex { $0.contact.id == id } }.map { $0 + 1 } ?? 0
        let page = found.dropFirst(start).prefix(try call.limit())
        let hasMore = start + page.count < found.count
        return NativeList(
            page.map { NativeContact($0.contact, addresses: $0.addresses) },
            next: hasMore ? page.last?.contact.id : nil)
    }.query(
        .limit, .text("q", "Only cards whose name or address contains this.", "ada"),
        .text("after", "Only cards after this one: `next` of the page before.", "3F2A:ABPerson"))

    private static let one = Route.get(
        "/v1/contacts/{contact}", "getContact", .scope(.contactsRead), "One card of the address book.",
        gives: NativeContact.self
    ) { call in
        let id = try call.parameter("contact")
        guard let entry = try visible(call).first(where: { $0.contact.id == id }) else {
            throw NativeProblem.notFound("contact")
        }
        return NativeContact(entry.contact, addresses: entry.addresses)
    }

    /// The cards the caller sees: those of no chat are for callers without a list of chats.
    private static func visible(_ call: Call) throws -> [ContactEntry] {
        try call.principal().chats == nil ? call.context.contacts() : []
    }
}

extension ContactEntry {
    /// Whether name, nickname or an address contains a lower-case text.
    fileprivate func matches(_ text: String) -> Bool {
        contact.name.lowercased().contains(text) || contact.nickname?.lowercased().contains(text) == true
            || addresses.contains { $0.lowercased().contains(text) }
    }
}
