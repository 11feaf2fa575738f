//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireAgent
import BluewireModel
import BluewireServer
import BluewireTransport
import Foundation
import Testing

@testable import BluewireGateway

@Suite struct ConfigurationTests {
    private func load(
        yaml: String? = nil, environment: [String: String] = [:], flags: [String: String] = [:]
    ) throws -> GatewayConfiguration {
        var environment = environment
        environment["HOME"] = "/home/somebody"
        let loader = ConfigurationLoader(environment: environment)
        guard let yaml else { return try loader.load(flags: flags) }
        let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).yaml")
        try Data(yaml.utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        return try loader.load(file: file.path, flags: flags)
    }

    @Test func defaultsAreSafe() throws {
        let configuration = try load()
        #expect(configuration.listen.description == "127.0.0.1:8787")
        #expect(configuration.agentsSend == false)
        #expect(configuration.agents.isEmpty)
        #expect(configuration.database == "/home/somebody/Library/Messages/chat.db")
        #expect(configuration.transports == [.applescript])
    }

    @Test func flagsBeatTheEnvironmentAndTheEnvironmentBeatsTheFile() throws {
        let yaml = "listen: 127.0.0.1:1000\nline: file\nlog-level: debug\n"
        let environment = ["BLUEWIRE_LISTEN": "127.0.0.1:2000", "BLUEWIRE_LINE": "environment"]
        let configuration = try load(yaml: yaml, environment: environment, flags: ["listen": "127.0.0.1:3000"])
        #expect(configuration.listen.port == 3000)
        #expect(configuration.line == LineID(rawValue: "environment"))
        #expect(configuration.logLevel == "debug")
    }

    @Test(arguments: [
        ("simulator", [GatewayConfiguration.TransportKind.simulator]), ("none", []),
        ("[applescript, simulator]", [.applescript, .simulator]),
        ("simulator, applescript", [.simulator, .applescript]),
    ])
    func transportsKeepTheirOrder(_ text: String, _ expected: [GatewayConfiguration.TransportKind]) throws {
        let configuration = try load(yaml: "transport: \(text)\nsimulator-socket: /tmp/simulator.sock\n")
        #expect(configuration.transports == expected)
        let names: [String] = try TransportFactory.line(configuration).transports.map { $0.name }
        #expect(names == expected.map { $0.rawValue })
    }

    @Test(arguments: ["pigeon", "none,simulator", "simulator,simulator", "applescript,pigeon", "\"\""])
    func transportsThatMakeNoSenseAreRefused(_ text: String) throws {
        #expect(throws: GatewayError.self) { try load(yaml: "transport: \(text)\nsimulator-socket: /tmp/s.sock\n") }
    }

    @Test func theLimitOfUploadsIsANumberOfBytesMessagesTakes() throws {
        #expect(try load().uploadLimit == 104_857_600)
        #expect(try load(yaml: "limits:\n  upload: 5000000\n").uploadLimit == 5_000_000)
        #expect(try load(environment: ["BLUEWIRE_LIMITS_UPLOAD": "1000"]).uploadLimit == 1000)
        for bad in ["0", "-1", "100 MB", "104857601"] {
            #expect(throws: GatewayError.self) { try load(yaml: "limits:\n  upload: \(bad)\n") }
        }
    }

    @Test func listsAndNestedKeysAreRead() throws {
        let configuration = try load(
            yaml: """
                allowed-hosts: [mac.local, bluewire.lan]
                egress:
                  webhook: 192.168.1.20:8123
                agents:
                  - name: helper
                    provider: concierge
                    allow: ["+15551234567"]
                    ack: slow
                webhooks:
                  - name: crm
                    url: https://example.com/hook
                database: ~/copy/chat.db
                """)
        #expect(configuration.allowedHosts == ["mac.local", "bluewire.lan"])
        #expect(configuration.webhookEgress == ["192.168.1.20:8123"])
        #expect(configuration.agents.map(\.agent.name) == ["helper"])
        #expect(configuration.agents.first?.agent.allow == ["+15551234567"])
        #expect(configuration.webhooks.first?.url == "https://example.com/hook")
        #expect(configuration.database == "/home/somebody/copy/chat.db")
    }

    @Test(arguments: [
        ("lisen: 127.0.0.1:1", "lisen"), ("agents:\n  - name: a\n    alow: [x]", "alow"),
        ("egress:\n  webhok: x", "webhok"),
        ("listen: nonsense", "listen"), ("agents-send: perhaps", "agents-send"), ("transport: pigeon", "transport"),
        ("- a\n- b", "key: value"), ("a: [", "YAML"), ("agents:\n  - name: a\n  - name: a", "Two agents"),
        ("transport: simulator", "simulator-socket"), ("agents:\n  - provider: concierge", "agents"),
        ("log-level: loud", "log-level"), ("line: two words", "line"),
    ])
    func aWrongFileIsRefusedAndTheErrorNamesThePlace(yaml: String, named: String) throws {
        let error = #expect(throws: GatewayError.self) { try load(yaml: yaml) }
        #expect(error?.code == .configuration)
        #expect(error?.message.contains(named) == true)
        #expect(error?.remedy.isEmpty == false)
    }

    @Test func aMisspeltVariableIsRefused() {
        let error = #expect(throws: GatewayError.self) { try load(environment: ["BLUEWIRE_LISTN": "127.0.0.1:1"]) }
        #expect(error?.message.contains("BLUEWIRE_LISTN") == true)
    }

    @Test func aNamedFileMustExistButTheDefaultOneNeedNot() {
        let error = #expect(throws: GatewayError.self) {
            try ConfigurationLoader(environment: ["HOME": "/nowhere"]).load(file: "/nowhere/bluewire.yaml")
        }
        #expect(error?.code == .configuration)
        #expect(throws: Never.self) { try ConfigurationLoader(environment: ["HOME": "/nowhere"]).load() }
    }

    @Test(arguments: [
        ("127.0.0.1:8787", "127.0.0.1", 8787), ("[::1]:90", "::1", 90), ("8080", "127.0.0.1", 8080),
        ("mac.local:1", "mac.local", 1),
    ])
    func listenAddressesAreRead(text: String, host: String, port: Int) {
        let address = GatewayConfiguration.ListenAddress(text)
        #expect(address?.host == host)
        #expect(address?.port == port)
    }

    @Test(arguments: ["", ":", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1", ":80", "a:b"])
    func otherListenAddressesAreRefused(text: String) {
        #expect(GatewayConfiguration.ListenAddress(text) == nil)
    }

    @Test func tlsAndLimitsAreRead() throws {
        let pin = "A8Gua+SjSV1xEzGS9kSS0g89d8LBg51NFUW5p0AWw6Y="
        let configuration = try load(
            yaml: """
                tls:
                  certificate: ~/tls/certificate.pem
                  key: ~/tls/key.pem
                  client-ca: /etc/ca.pem
                  clients:
                    - name: phone
                      spki: \(pin)
                      scopes: [read]
                      chats: [ch_a]
                limits:
                  requests: 5/9
                  sockets: off
                  connections: 99
                allowed-clients: [192.168.0.0/16, "fd00::/8"]
                """)
        #expect(configuration.tls?.certificate == "/home/somebody/tls/certificate.pem")
        #expect(configuration.tls?.clientAuthority == "/etc/ca.pem")
        #expect(configuration.clients.map(\.spki) == [pin])
        #expect(configuration.clients.first?.chats == ["ch_a"])
        #expect(configuration.limits.requestsOnLoopback == RequestRate(perSecond: 5, burst: 9))
        #expect(configuration.limits.sockets == nil)
        #expect(configuration.limits.connections == 99)
        #expect(configuration.limits.connectionsOnLoopback == nil)
        #expect(configuration.limits.connectionsPerAddress == 256)
        let clients = try #require(configuration.allowedClients)
        for address in ["127.0.0.1", "::1", "192.168.7.7", "::ffff:192.168.7.7", "fd12::1", "fd12::1%en0"] {
            #expect(clients.contains(address))
        }
        for address in ["10.0.0.1", "2001:db8::1", "64:ff9b::c0a8:1", "unknown", ""] {
            #expect(!clients.contains(address))
        }
    }

    @Test(arguments: [
        ("127.0.0.1:1", true), ("127.8.8.8:1", true), ("localhost:1", true), ("[::1]:1", true), ("0.0.0.0:1", false),
        ("[::]:1", false), ("192.168.1.5:1", false), ("mac.local:1", false), ("localhost.evil.example:1", false),
    ])
    func whatOtherMachinesReachIsKnown(_ text: String, _ isLoopback: Bool) throws {
        #expect(try #require(GatewayConfiguration.ListenAddress(text)).isLoopback == isLoopback)
    }

    @Test(arguments: [
        ("tls:\n  certificate: /a", "tls.key"), ("tls:\n  key: /a", "tls.certificate"),
        ("tls:\n  client-ca: /a", "tls.certificate"), ("limits:\n  requests: fast", "limits.requests"),
        ("limits:\n  connections: 3", "limits.connections"), ("limits:\n  connections: off", "limits.connections"),
        ("limits:\n  sockets: 0", "limits.sockets"), ("allowed-clients: [my-phone]", "allowed-clients"),
        ("listen-plain: perhaps", "listen-plain"),
        (
            "tls:\n  certificate: /a\n  key: /b\n  clients:\n    - name: x\n      spki: y\n      scopes: [read]",
            "client-ca"
        ),
        (
            "tls:\n  certificate: /a\n  key: /b\n  client-ca: /c\n  clients:\n    - name: x\n      spki: y\n"
                + "      scopes: [read]", "spki"
        ),
        (
            "tls:\n  certificate: /a\n  key: /b\n  client-ca: /c\n  clients:\n    - name: x\n"
                + "      spki: A8Gua+SjSV1xEzGS9kSS0g89d8LBg51NFUW5p0AWw6Y=\n      scopes: [fly]", "scopes"
        ),
    ])
    func wrongSettingsOfTheListenerAreNamed(yaml: String, named: String) throws {
        let error = #expect(throws: GatewayError.self) { try load(yaml: yaml) }
        #expect(error?.code == .configuration)
        #expect(error?.message.contains(named) == true)
    }
}
