//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import BluewireWire
import Testing

@testable import BluewireGateway

@Suite struct PairingTests {
    @Test(arguments: [
        ("0.0.0.0", ["127.0.0.1", "::1", "fd00::2", "192.168.1.20", "10.0.0.1"], "192.168.1.20"),
        ("::", ["127.0.0.1", "::1", "fd00::2"], "fd00::2"), ("0.0.0.0", ["127.0.0.1", "::1"], "127.0.0.1"),
        ("10.9.8.7", ["127.0.0.1", "192.168.1.20"], "10.9.8.7"), ("mac.lan", ["192.168.1.20"], "mac.lan"),
        ("127.0.0.1", ["192.168.1.20"], "127.0.0.1"),
    ])
    func anotherDeviceIsGivenAnAddressItCanReach(_ host: String, _ addresses: [String], _ expected: String) {
        let address = GatewayAddress(listener: NativeListener(host: host, port: 8787, isTLS: true, pin: nil))
        #expect(address.host(among: addresses) == expected)
    }

    @Test func aLinkCarriesAddressCodeAndPinBehindTheHash() {
        let address = GatewayAddress(listener: NativeListener(host: "::", port: 443, isTLS: true, pin: "a+b/c="))
        let offer = PairingOffer(
            address: address.url(as: "fd00::2"), code: "bwp_x", pin: "a+b/c=", expiresAt: Timestamp(seconds: 0),
            scopes: ["read"], staysOnThisMachine: false)
        #expect(offer.url == "https://[fd00::2]:443/#pair=bwp_x&pin=a-b_c")
        #expect(offer.pin == "a+b/c=")
        let plain = PairingOffer(
            address: "http://127.0.0.1:1", code: "bwp_x", pin: nil, expiresAt: Timestamp(seconds: 0), scopes: [],
            staysOnThisMachine: true)
        #expect(plain.url == "http://127.0.0.1:1/#pair=bwp_x")
    }

    @Test func thePictureHasAQuietZoneAndFitsEightyColumns() throws {
        var offer = PairingOffer(
            address: "https://\(String(repeating: "a", count: 240))", code: "bwp_6f1Zk0mV3q2-7wZkL5mVbQ",
            pin: "A8Gua+SjSV1xEzGS9kSS0g89d8LBg51NFUW5p0AWw6Y=", expiresAt: Timestamp(seconds: 0), scopes: [],
            staysOnThisMachine: false)
        let picture = try #require(offer.picture)
        #expect(picture.count <= 80)
        #expect(picture.allSatisfy { $0.count == picture.count })
        for index in 0..<4 {
            #expect(!picture[index].contains(true) && !picture[picture.count - 1 - index].contains(true))
            #expect(picture.allSatisfy { !$0[index] && !$0[$0.count - 1 - index] })
        }
        #expect(picture[4][4])
        offer.url += String(repeating: "a", count: 100)
        #expect(offer.picture == nil)
    }
}
