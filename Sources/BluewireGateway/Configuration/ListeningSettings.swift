//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import BluewireServer
import BluewireState

/// What the settings about listening mean: who can reach the gateway, by which names, as whom.
enum ListeningSettings {
    /// Hosts that stand for every address of the machine.
    static let everywhere: Set<String> = ["0.0.0.0", "::"]

    /// Refuses what cannot be meant.
    static func validate(_ configuration: GatewayConfiguration) throws(GatewayError) {
        if !configuration.clients.isEmpty, configuration.tls?.clientAuthority == nil {
            throw GatewayError(
                .configuration, message: "tls.clients names client certificates, but tls.client-ca is not set.",
                remedy: "Set tls.client-ca to the certificate that signs them, or remove tls.clients."
            )
        }
        var names: Set<String> = []
        var pins: Set<String> = []
        for client in configuration.clients {
            let scopes = Set(client.scopes.map { Scope(rawValue: $0) })
            let trouble: String? =
                if client.name.isEmpty || !names.insert(client.name).inserted {
                    "needs a name of its own"
                } else if !CertificatePin.isPlausible(client.spki) || !pins.insert(client.spki).inserted {
                    "needs the pin of a key of its own in spki"
                } else if scopes.isEmpty || !scopes.allSatisfy(\.isKnown) {
                    "has scopes that do not exist"
                } else {
                    nil
                }
            guard let trouble else { continue }
            throw GatewayError(
                .configuration, message: "The entry \"\(client.name)\" of tls.clients \(trouble).",
                remedy: "A pin is 44 characters of base64; scopes are "
                    + (["read", "send", "manage"] + Scope.single.map(\.rawValue)).joined(separator: ", ") + "."
            )
        }
    }

    /// Refuses to listen without TLS where other machines can reach it, unless that was asked for, and to be announced
    /// where they cannot.
    static func checkReach(_ configuration: GatewayConfiguration) throws(GatewayError) {
        guard !configuration.isAnnounced || !configuration.listen.isLoopback else {
            throw GatewayError(
                .configuration,
                message: "The gateway is to be announced in the local network, but listens on \(configuration.listen), "
                    + "which only this machine reaches.",
                remedy: "Listen on 0.0.0.0 or an address of the local network (with TLS: `bluewire tls init`), or set "
                    + "discovery: false."
            )
        }
        guard configuration.tls == nil, !configuration.listen.isLoopback, !configuration.listensPlain else { return }
        throw GatewayError(
            .configuration,
            message: "\(configuration.listen) can be reached by other machines, and TLS is not set up.",
            remedy: "Run `bluewire tls init` and add the lines it prints, listen on 127.0.0.1, or set "
                + "listen-plain: true where everybody in the network may read along."
        )
    }

    /// The names requests may carry: those of the settings, and the addresses that are listened on.
    static func hosts(_ configuration: GatewayConfiguration) -> [String] {
        let host = configuration.listen.host
        let own = everywhere.contains(host) ? LocalAddresses.all : [host]
        // A client that has found it in the local network calls it by the name it has there.
        let announced = configuration.isAnnounced ? LocalAddresses.names.filter { $0.hasSuffix(".local") } : []
        return configuration.allowedHosts + announced + own.map { $0.contains(":") ? "[\($0)]" : $0 }
    }

    /// Who may talk to the gateway, and how much.
    static func access(_ configuration: GatewayConfiguration) -> AccessRules {
        var rules = AccessRules(
            hosts: hosts(configuration), clients: principals(configuration), limits: configuration.limits)
        if let clients = configuration.allowedClients { rules.admits = { clients.contains($0) } }
        return rules
    }

    /// What client certificates stand for, by their pins.
    static func principals(_ configuration: GatewayConfiguration) -> [String: Principal] {
        Dictionary(
            configuration.clients.map { client in
                (
                    client.spki,
                    Principal(
                        id: "cert_\(client.name)", scopes: Set(client.scopes.map { Scope(rawValue: $0) }),
                        chats: client.chats.map { Set($0.map { ChatID(rawValue: $0) }) }
                    )
                )
            },
            uniquingKeysWith: { first, _ in first }
        )
    }
}

extension Settings {
    /// Reads where and how to listen, and the limits.
    func applyListening(to configuration: inout GatewayConfiguration) throws(GatewayError) {
        configuration.listensPlain = try bool(.listenPlain) ?? false
        configuration.isAnnounced = try bool(.discovery) ?? false
        if let entries = list(.allowedClients) {
            guard let clients = AllowedClients(entries) else {
                throw invalid(
                    .allowedClients, entries.joined(separator: ", "),
                    expected: "addresses and networks, for example 192.168.1.0/24"
                )
            }
            configuration.allowedClients = clients
        }
        try applyCertificates(to: &configuration)
        if let rate = try limit(.requestLimit, expected: "rate/burst, for example 20/40, or off", RequestRate.init) {
            configuration.limits.requests = rate.value
            configuration.limits.requestsOnLoopback = rate.value
        }
        if let total = try limit(.connectionLimit, expected: "a number from 16 to 100000", count(16...100_000)) {
            guard let value = total.value else {
                throw invalid(.connectionLimit, "off", expected: "a number from 16 to 100000")
            }
            configuration.limits.connections = value
        }
        if let most = try limit(.addressLimit, expected: "a number, or off", count(1...100_000)) {
            configuration.limits.connectionsPerAddress = most.value
            configuration.limits.connectionsOnLoopback = most.value
        }
        if let most = try limit(.failureLimit, expected: "a number, or off", count(1...100_000)) {
            configuration.limits.failures = most.value
        }
        if let most = try limit(.socketLimit, expected: "a number, or off", count(1...100_000)) {
            configuration.limits.sockets = most.value
            configuration.limits.socketsOnLoopback = most.value
        }
    }

    private func applyCertificates(to configuration: inout GatewayConfiguration) throws(GatewayError) {
        let certificate = path(.certificate, home: configuration.home)
        let key = path(.certificateKey, home: configuration.home)
        let authority = path(.clientAuthority, home: configuration.home)
        switch (certificate, key) {
        case (let certificate?, let key?):
            configuration.tls = TLSFiles(certificate: certificate, key: key, clientAuthority: authority)
        case (nil, nil) where authority == nil: break
        default:
            throw GatewayError(
                .configuration, message: "TLS needs both tls.certificate and tls.key.",
                remedy: "Set both, or none of the tls settings; `bluewire tls init` makes a pair."
            )
        }
    }

    /// A limit, where it was set.
    private func limit<Value>(
        _ key: ConfigurationKey, expected: String, _ read: (String) -> Value?
    ) throws(GatewayError) -> Limit<Value>? {
        guard let text = string(key) else { return nil }
        if text == "off" { return Limit(value: nil) }
        guard let value = read(text) else { throw invalid(key, text, expected: expected) }
        return Limit(value: value)
    }

    private func count(_ range: ClosedRange<Int>) -> (String) -> Int? {
        { text in Int(text).flatMap { range.contains($0) ? $0 : nil } }
    }
}

/// A limit that was set: its value, or nil for none.
private struct Limit<Value> {
    var value: Value?
}
