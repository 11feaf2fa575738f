//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireEvents
package import BluewireModel
import BluewireNetwork
import BluewireServer
import BluewireState
import BluewireWire

/// Offers one-time codes that another device exchanges for a token.
package struct PairingDesk: Sendable {
    private let configuration: GatewayConfiguration

    /// A desk for the gateway that runs on this configuration's state.
    package init(_ configuration: GatewayConfiguration) { self.configuration = configuration }

    /// What the token is to be.
    package struct Options: Hashable, Sendable {
        /// What its owner calls it.
        package var name: String
        /// What it allows.
        package var scopes: [String]
        /// The only chats it sees; empty for all.
        package var chats: [String]
        /// When it ends; nil for never.
        package var expiresAt: Timestamp?
        /// The name or address the other device uses; nil to choose one.
        package var host: String?

        /// Options from their fields.
        package init(name: String, scopes: [String], chats: [String], expiresAt: Timestamp?, host: String?) {
            self.name = name
            self.scopes = scopes
            self.chats = chats
            self.expiresAt = expiresAt
            self.host = host
        }
    }

    /// Makes a code.
    ///
    /// - Throws: ``GatewayError`` when no gateway runs on this state, or the options cannot be meant.
    package func offer(_ options: Options) async throws -> PairingOffer {
        let address = try await GatewayAddress.ofRunning(configuration)
        let desk = TokenDesk(configuration, remote: nil)
        let scopes = try TokenDesk.scopes(options.scopes)
        let chats = options.chats.isEmpty ? nil : try await desk.ids(of: options.chats)
        let host = try options.host.map(Self.checked) ?? address.host(among: LocalAddresses.all)
        let state = try desk.state()
        let made = try await state.tokens().createPairingCode(
            for: TokenRepository.Pairing(
                name: options.name, scopes: scopes, chats: chats, expiresAt: options.expiresAt))
        await AuditTrail(state).record(.pairingOffered(scopes: scopes), by: Principal.owner.id)
        let place = GatewayConfiguration.ListenAddress(host: host, port: address.listener.port)
        return PairingOffer(
            address: address.url(as: host), code: made.code, pin: address.listener.pin, expiresAt: made.expiresAt,
            scopes: options.scopes, staysOnThisMachine: place.isLoopback || address.isLoopback)
    }

    private static func checked(_ host: String) throws(GatewayError) -> String {
        let bare = host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
        guard IPAddress(bare) != nil || (try? EgressDestination("https://\(bare)/"))?.host == bare else {
            throw GatewayError(
                .badData, message: "\"\(host)\" is no host name and no address.",
                remedy: "Give a name like mac.local or an address, without port, that is in allowed-hosts.")
        }
        return bare
    }
}
