//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import Testing

@Suite struct IdentityTests {
    @Test(arguments: [
        ("iMessage;-;+15551234567", "iMessage", Character("-"), "+15551234567"),
        ("any;+;chat137448204252170498", "any", "+", "chat137448204252170498"),
        ("SMS;-;56249(smsfp)", "SMS", "-", "56249(smsfp)"),
        ("iMessage;-;odd;name;here", "iMessage", "-", "odd;name;here"),
    ])
    func splitsAChatGUIDAtTheFirstTwoSemicolons(raw: String, service: String, style: Character, identifier: String) {
        let guid = ChatGUID(rawValue: raw)
        #expect(guid.service == service)
        #expect(guid.style == style)
        #expect(guid.identifier == identifier)
        #expect(ChatGUID(service: service, isGroup: style == "+", identifier: identifier) == guid)
    }

    @Test(arguments: ["+15551234567", "", "iMessage;-"])
    func aChatGUIDWithoutThreePartsIsItsOwnIdentifier(raw: String) {
        let guid = ChatGUID(rawValue: raw)
        #expect(guid.identifier == raw)
        #expect(guid.service.isEmpty)
        #expect(guid.style == nil)
    }

    @Test(arguments: [
        ("+1 (555) 123-4567", "+15551234567"), ("\u{202A}+1 555\u{A0}123 4567\u{202C}", "+15551234567"),
        (" Ana@Example.COM ", "ana@example.com"), ("262966", "262966"), ("APPLE", "APPLE"),
        ("urn:biz:1234-ABCD", "urn:biz:1234-ABCD"), ("015112345678", "015112345678"),
    ])
    func spellingsOfOneAddressCompareEqual(address: String, key: String) {
        #expect(HandleKey(address).rawValue == key)
        #expect(HandleKey(key) == HandleKey(address))
    }

    @Test func aNumberWithoutPlusIsNeverTakenForTheOneWithPlus() {
        #expect(HandleKey("15551234567") != HandleKey("+15551234567"))
    }

    @Test(arguments: [("rcs", "RCS"), ("any", ""), (nil, ""), ("iMessage", "iMessage"), ("Jabber", "Jabber")])
    func channelsKeepWhatTheyDoNotKnow(service: String?, expected: String) {
        #expect(Channel(service: service).rawValue == expected)
    }

    @Test(arguments: ["0a1b2c3d-0", "0a1b2c3d-10000", "ff-9223372036854775807"])
    func cursorsRoundTrip(text: String) {
        #expect(Cursor(text)?.description == text)
    }

    @Test(arguments: ["", "-", "0a1b", "0a1b--1", "0a1b-x", "zz-1", "0a1b-1-2", "0a1b-9223372036854775808"])
    func refusesWhatIsNoCursor(text: String) {
        #expect(Cursor(text) == nil)
    }

    @Test func pageCursorsRoundTripAndRefuseOthers() {
        let cursor = PageCursor(date: 795_173_213_589_123_457, row: 42, generation: 7)
        #expect(PageCursor(cursor.description) == cursor)
        #expect(PageCursor("1.2") == nil)
        #expect(PageCursor("!.2.3") == nil)
        #expect(PageCursor(date: -5, row: 1, generation: 0).description == "-5.1.0")
    }
}
