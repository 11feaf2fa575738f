//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireNetwork
import BluewireServer
// Full Foundation: reading the file of certificates.
import Foundation

/// A gateway named by its URL, with the token that opens it and what its certificate is checked by.
package struct RemoteGateway: Sendable {
    let base: String
    let token: String
    let trust: EgressTrust
    let policy: EgressPolicy

    /// Whether everybody on the way can read along: plain http to another machine.
    package let isExposed: Bool

    /// What a command was told.
    package struct Options: Hashable, Sendable {
        /// The URL, https unless it is of this machine.
        package var url: String
        /// The token, `bw_…`.
        package var token: String
        /// The file of the certificates to believe instead of the system's, PEM.
        package var authorities: String?
        /// The pin of the gateway's key, with or without `sha256//`.
        package var pin: String?
        /// Whether plain http may leave this machine.
        package var allowsPlain = false

        /// Options from what is always needed.
        package init(url: String, token: String) {
            self.url = url
            self.token = token
        }
    }

    /// A gateway by its options; nothing is connected.
    ///
    /// - Throws: ``GatewayError`` with `configuration`, or `missingInput` for a file that cannot be read.
    package init(_ options: Options) throws(GatewayError) {
        let destination = try Self.destination(options.url)
        guard !options.token.isEmpty, options.token.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw Self.wrong("The token is empty or has characters that no token has.", remedy: Self.tokenRemedy)
        }
        let isLocal = destination.host == "localhost" || destination.literal.map(Self.isLoopback) == true
        if destination.scheme == "http" {
            guard options.pin == nil, options.authorities == nil else {
                throw Self.wrong("Plain http has no certificate to check.", remedy: "Write https://…")
            }
            guard isLocal || options.allowsPlain else {
                throw Self.wrong(
                    "Plain http would show the token and every message to the network.",
                    remedy: "Use https; --insecure-http where everybody in the network may read along.")
            }
        }
        isExposed = destination.scheme == "http" && !isLocal
        base = destination.url.hasSuffix("/") ? String(destination.url.dropLast()) : destination.url
        token = options.token
        policy = try Self.policy(destination)
        trust = try Self.trust(options)
    }

    /// The error with what a caller of a gateway can do about it.
    func explained(_ error: EgressError) -> EgressError {
        guard error.code == .unreachable else { return error }
        return EgressError(
            .unreachable, "The gateway at \(base) cannot be reached: \(error.message)",
            remedy: base.hasPrefix("https:")
                ? "Check that it runs and the address; a certificate of its own needs --pin or --ca."
                : "Check that it runs, and the address.")
    }

    private static func destination(_ url: String) throws(GatewayError) -> EgressDestination {
        do throws(EgressError) {
            let destination = try EgressDestination(url)
            guard !destination.path.contains("?") else {
                throw EgressError(.invalid, "The URL cannot be used: it has a query.")
            }
            return destination
        } catch {
            throw wrong(error.message, remedy: "Write the gateway as https://host:port.")
        }
    }

    /// Exactly the host and port that were named, wherever they are.
    private static func policy(_ destination: EgressDestination) throws(GatewayError) -> EgressPolicy {
        let name = if case .v6 = destination.literal { "[\(destination.host)]" } else { destination.host }
        guard let grant = EgressGrant("\(name):\(destination.port)") else {
            throw wrong("The URL cannot be used.", remedy: "Write the gateway as https://host:port.")
        }
        return EgressPolicy(grants: [.gateway: [grant]])
    }

    private static func trust(_ options: Options) throws(GatewayError) -> EgressTrust {
        var bytes: [UInt8]?
        if let file = options.authorities {
            guard let data = FileManager.default.contents(atPath: file), data.count <= 1 << 20 else {
                throw GatewayError(
                    .missingInput, message: "The certificates in \(file) cannot be read.",
                    remedy: "Check the path given with --ca or BLUEWIRE_CA.")
            }
            bytes = [UInt8](data)
        }
        let pin = options.pin.map { $0.hasPrefix("sha256//") ? String($0.dropFirst(8)) : $0 }
        if let pin, !CertificatePin.isPlausible(pin) {
            throw wrong(
                "The pin is not the base64 of a SHA-256.", remedy: "Use the one that `bluewire tls init` printed.")
        }
        var acceptsKey: (@Sendable ([UInt8]) -> Bool)?
        if let pin { acceptsKey = { CertificatePin.of(publicKey: $0) == pin } }
        do throws(EgressError) {
            return try EgressTrust(authorities: bytes, acceptsKey: acceptsKey)
        } catch {
            throw GatewayError(.badData, message: error.message, remedy: error.remedy)
        }
    }

    private static func isLoopback(_ address: IPAddress) -> Bool {
        AllowedClients.loopback.contains { $0.contains(address) }
    }

    private static func wrong(_ message: String, remedy: String) -> GatewayError {
        GatewayError(.configuration, message: message, remedy: remedy)
    }

    /// How to come by a token and hand it over.
    package static let tokenRemedy =
        "Make one on the gateway's machine with `bluewire token create --scope read`, and put it into BLUEWIRE_TOKEN "
        + "or a file for --token-file."
}
