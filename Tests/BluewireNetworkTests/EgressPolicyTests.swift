//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireNetwork
import Testing

@Suite struct EgressPolicyTests {
    @Test(arguments: [
        "http://allowed@evil.example/", "ftp://example.com/", "http://", "http:///x", "https://example.com:0/",
        "https://example.com:65536/", "https://example.com:+80/", "https://exa mple.com/",
        "https://example.com\\@evil/",
        "https://exam\tple.com/", "https://münchen.example/", "http://0x7f.1/", "http://0x7f000001/",
        "http://017700000001/", "http://2130706433/", "http://127.1/", "http://0177.0.0.1/", "http://127.0.0.01/",
        "http://[::1/", "http://[fe80::1%25lo0]/", "http://[fe80::1%lo0]/", "http://[127.0.0.1]/", "http://[::1]x/",
        "http://a..b/", "https://-/%41/../x y", "javascript:alert(1)", "https://ex%61mple.com/", "https://1.2.3.4.5/",
        "http://0x7f.0.0.0x1/", "https://example.com:/",
    ])
    func oddURLsAreRefused(_ url: String) {
        #expect(throws: EgressError.self) { try EgressDestination(url) }
    }

    @Test(arguments: [
        ("https://Example.COM./a?b#c", "https://example.com/a?b"), ("http://example.com", "http://example.com/"),
        ("https://example.com:443/x", "https://example.com/x"),
        ("https://example.com:8443?q", "https://example.com:8443/?q"),
        ("http://[::FFFF:8.8.8.8]:80/", "http://[::ffff:8.8.8.8]/"), ("https://8.8.8.8/", "https://8.8.8.8/"),
        ("HTTPS://xn--mnchen-3ya.example/", "https://xn--mnchen-3ya.example/"),
    ])
    func goodURLsAreCanonical(_ given: String, _ expected: String) throws {
        #expect(try EgressDestination(given).url == expected)
    }

    static let localAddresses = [
        "127.0.0.1", "127.8.9.10", "10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.255", "192.168.1.1",
        "100.64.0.1", "100.127.255.255", "198.18.0.1", "::1", "fc00::1", "fdff::1", "::ffff:127.0.0.1",
        "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::a00:1", "2002:7f00:1::", "2002:c0a8:101::1",
        "2001:0:1:2:3:4:80ff:fffe", "::10.0.0.1", "::ffff:0:10.0.0.1", "fec0::1", "64:ff9b:1:a00:0:100::",
    ]
    static let neverAddresses = [
        "169.254.169.254", "0.0.0.0", "0.1.2.3", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
        "192.0.0.1", "192.0.2.1", "198.51.100.1", "203.0.113.1", "::", "fe80::1", "febf::1", "ff02::1", "2001:db8::1",
        "100::1", "fd00:ec2::254", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::",
        "2001:0:1:2:3:4:5601:5601", "100.100.100.200", "168.63.129.16", "fd20:ce::254", "192.88.99.1", "3fff::1",
        "64:ff9b:1:a9fe:a9:fe00::",
    ]
    static let publicAddresses = [
        "8.8.8.8", "1.1.1.1", "172.15.255.255", "172.32.0.0", "100.63.255.255", "100.128.0.0", "11.0.0.0",
        "2606:4700::1111", "2a00:1450:4001::1", "::ffff:8.8.8.8", "64:ff9b::808:808",
    ]

    @Test(arguments: localAddresses) func localAddressesNeedAGrant(_ text: String) throws {
        let address = try #require(IPAddress(text))
        let destination = try EgressDestination("https://home.example:8443/")
        #expect(refusal { try EgressPolicy().check(destination, resolvedTo: [address], for: .webhook) } == .refused)
        let policy = try EgressPolicy(allow: ["webhook": ["home.example:8443"]])
        try policy.check(destination, resolvedTo: [address], for: .webhook)
        #expect(refusal { try policy.check(destination, resolvedTo: [address], for: .model) } == .refused)
        let otherPort = try EgressDestination("https://home.example:9/")
        #expect(refusal { try policy.check(otherPort, resolvedTo: [address], for: .webhook) } == .refused)
    }

    @Test(arguments: neverAddresses) func someAddressesAreNeverReached(_ text: String) throws {
        let address = try #require(IPAddress(text))
        let destination = try EgressDestination("https://home.example/")
        let policy = try EgressPolicy(allow: ["webhook": ["home.example", "0.0.0.0/0", "::/0"]])
        #expect(refusal { try policy.check(destination, resolvedTo: [address], for: .webhook) } == .refused)
    }

    @Test(arguments: publicAddresses) func publicAddressesAreOpenOverTLSOnly(_ text: String) throws {
        let address = try #require(IPAddress(text))
        try EgressPolicy().check(EgressDestination("https://a.example/"), resolvedTo: [address], for: .webhook)
        let plain = try EgressDestination("http://a.example/")
        #expect(refusal { try EgressPolicy().check(plain, resolvedTo: [address], for: .webhook) } == .refused)
        try EgressPolicy(allow: ["webhook": ["a.example"]]).check(plain, resolvedTo: [address], for: .webhook)
    }

    @Test func oneBadAddressRefusesAllAndNoneIsUnreachable() throws {
        let destination = try EgressDestination("https://rebind.example/")
        let mixed = [IPAddress("8.8.8.8"), IPAddress("127.0.0.1")].compactMap(\.self)
        #expect(refusal { try EgressPolicy().check(destination, resolvedTo: mixed, for: .webhook) } == .refused)
        #expect(refusal { try EgressPolicy().check(destination, resolvedTo: [], for: .webhook) } == .unreachable)
    }

    @Test(arguments: [
        ("192.168.0.0/16", "http://hass.local/", "192.168.4.5", true),
        ("192.168.0.0/16", "http://h/", "10.0.0.1", false),
        ("127.0.0.1:11434", "http://127.0.0.1:11434/v1", "127.0.0.1", true),
        ("127.0.0.1:11434", "http://127.0.0.1:80/", "127.0.0.1", false),
        ("[::1]:80", "http://[::1]/", "::1", true), ("[::1]:81", "http://[::1]/", "::1", false),
        ("*.lan.example", "http://a.lan.example/", "10.0.0.1", true),
        ("*.lan.example", "http://lan.example/", "10.0.0.1", false),
        ("*.lan.example", "http://evillan.example/", "10.0.0.1", false),
        ("LOCALHOST", "http://localhost/", "::1", true),
    ])
    func grantsCoverWhatTheySay(_ grant: String, _ url: String, _ address: String, _ isAllowed: Bool) throws {
        let policy = try EgressPolicy(allow: ["webhook": [grant]])
        let addresses = [try #require(IPAddress(address))]
        let destination = try EgressDestination(url)
        let code = refusal { try policy.check(destination, resolvedTo: addresses, for: .webhook) }
        #expect(code == (isAllowed ? nil : .refused))
    }

    @Test(arguments: ["", "a b", "http://x", "host:0", "host:x", "300.1.1.1/99", "[::1", "[::1]:", "*"])
    func badGrantsAreNamed(_ text: String) {
        #expect(throws: EgressError.self) { try EgressPolicy(allow: ["webhook": [text]]) }
    }

    @Test func unknownPurposesAreNamed() {
        let error = #expect(throws: EgressError.self) { try EgressPolicy(allow: ["mail": []]) }
        #expect(error?.message.contains("mail") == true)
    }

    @Test(arguments: [
        "1:2:3:4:5:6:7:8:9", "1::2::3", ":1", "1:2:3", "::g", "::12345", "1:2:3:4:5:6:7::8::", "1.2.3.4:5", ":",
    ])
    func malformedAddressesAreNone(_ text: String) {
        #expect(IPAddress(text) == nil)
    }

    private func refusal(_ body: () throws -> Void) -> EgressError.Code? {
        do {
            try body()
            return nil
        } catch {
            return (error as? EgressError)?.code
        }
    }
}
