//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireServer
import BluewireWire

/// Where a running gateway is reached, as it says itself.
struct GatewayAddress: Hashable, Sendable {
    var listener: NativeListener

    /// The address of the gateway that runs on this state.
    ///
    /// - Throws: ``GatewayError`` when none runs.
    static func ofRunning(_ configuration: GatewayConfiguration) async throws -> GatewayAddress {
        let client = try await RunningGateway.required(configuration, remote: nil)
        guard let listener = try await client.health().listener else {
            throw GatewayError(
                .unavailable, message: "The gateway does not say where it listens.",
                remedy: "Restart it; it is of another version, or still starts.")
        }
        return GatewayAddress(listener: listener)
    }

    /// Whether it listens on every address of the machine.
    var isEverywhere: Bool { ListeningSettings.everywhere.contains(listener.host) }

    /// Whether only this machine reaches it.
    var isLoopback: Bool {
        GatewayConfiguration.ListenAddress(host: listener.host, port: listener.port).isLoopback
    }

    /// The URL without a path, under its own name or another.
    func url(as host: String? = nil) -> String {
        let place = GatewayConfiguration.ListenAddress(host: host ?? listener.host, port: listener.port)
        return "\(listener.tls ? "https" : "http")://\(place)"
    }

    /// The name another machine in the local network can use, given the addresses of this one.
    func host(among addresses: [String]) -> String {
        guard isEverywhere else { return listener.host }
        let outside = addresses.filter { !GatewayConfiguration.ListenAddress(host: $0, port: 0).isLoopback }
        return outside.first { !$0.contains(":") } ?? outside.first ?? "127.0.0.1"
    }
}
