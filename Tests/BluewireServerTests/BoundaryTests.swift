//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import Testing

@testable import BluewireServer

struct BoundaryTests {
    @Test(arguments: [
        ("localhost:8787", true), ("127.0.0.1", true), ("[::1]:8787", true), ("LOCALHOST", true),
        ("gateway.lan:1", true),
        ("evil.example", false), ("127.0.0.1.evil.example", false), ("", false), ("[::2]", false),
    ])
    func onlyOurNamesAreAccepted(_ host: String, _ isOurs: Bool) {
        #expect(OriginPolicy(names: ["Gateway.lan"]).accepts(host: host) == isOurs)
    }

    @Test
    func aRequestWithoutHostIsNotForUs() {
        #expect(!OriginPolicy().accepts(host: nil))
    }

    @Test(
        arguments: [
            (nil, true), ("http://localhost:8787", true), ("https://localhost:8787", true),
            ("http://localhost:9999", false),
            ("http://evil.example", false), ("null", false), ("http://localhost:8787.evil.example", false),
        ] as [(String?, Bool)])
    func onlyOurOwnPageIsAccepted(_ origin: String?, _ isOurs: Bool) {
        #expect(OriginPolicy().accepts(origin: origin, host: "localhost:8787") == isOurs)
    }

    @Test(arguments: [
        ("bytes=0-9", ByteRange.range(0..<10)), ("bytes=90-", .range(90..<100)), ("bytes=-5", .range(95..<100)),
        ("bytes=50-500", .range(50..<100)), ("bytes=100-", .unsatisfiable), ("bytes=-0", .unsatisfiable),
        ("bytes=9-1", .ignored), ("bytes=0-1,5-6", .ignored), ("lines=0-1", .ignored), ("bytes=x-", .ignored),
        ("bytes=-", .ignored), ("bytes=0-9223372036854775807", .range(0..<100)),
    ])
    func rangesAreRead(_ text: String, _ range: ByteRange) {
        #expect(ByteRange.parse(text, size: 100) == range)
    }
}
