//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireEvents
import BluewireServer
import BluewireState
import BluewireTransport
import Logging
import ServiceLifecycle
import UnixSignals

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The running product: one service group over parts wired from the configuration.
package enum Gateway {
    /// Runs until a signal asks it to stop.
    ///
    /// - Parameters:
    ///   - source: where the configuration is read again, at SIGHUP or when a client asks; nil for never.
    ///   - greet: called once everything listens.
    /// - Throws: the error of whatever could not be opened or bound; the state is then as it was.
    package static func run(
        _ configuration: GatewayConfiguration, reloadingFrom source: ConfigurationSource? = nil,
        greet: @escaping @Sendable (Greeting) -> Void
    ) async throws {
        let parts = try await GatewayParts.open(configuration)
        let logger = parts.logger
        // Caught from here on; at a terminal the signal means that it was closed, and ends the gateway.
        let isAtTerminal = isatty(STDIN_FILENO) == 1
        let hangUps = isAtTerminal || source == nil ? nil : await UnixSignalsSequence(trapping: .sighup)
        let services = try await parts.services(reloading: source.map { ($0, hangUps) }) { port in
            await announce(port: port, parts: parts, configuration: configuration, greet: greet)
        }
        // At debug level the group prints every service with all its fields.
        var lifecycle = logger
        lifecycle.logLevel = max(.info, logger.logLevel)
        var group = ServiceGroupConfiguration(
            services: services.map { ServiceGroupConfiguration.ServiceConfiguration(service: $0) },
            gracefulShutdownSignals: hangUps == nil ? [.sigterm, .sigint, .sighup] : [.sigterm, .sigint],
            logger: lifecycle
        )
        group.maximumGracefulShutdownDuration = .seconds(8)
        group.maximumCancellationDuration = .seconds(3)
        defer { GatewayGauges.unregister() }
        // The lock is released when the last service has stopped.
        defer { withExtendedLifetime(parts.lock) {} }
        try await ActivityAssertion.during { try await ServiceGroup(configuration: group).run() }
    }

    private static func announce(
        port: Int, parts: GatewayParts, configuration: GatewayConfiguration, greet: @Sendable (Greeting) -> Void
    ) async {
        let isEverywhere = ListeningSettings.everywhere.contains(configuration.listen.host)
        let host = isEverywhere ? "127.0.0.1" : configuration.listen.host
        let address = GatewayConfiguration.ListenAddress(host: host, port: port)
        let code = try? await parts.state.tokens().createLoginCode(scopes: Scope.all)
        greet(
            Greeting(
                url: "\(configuration.tls == nil ? "http" : "https")://\(address)/"
                    + (code.map { "#token=\($0)" } ?? ""), port: port,
                socket: parts.directory.socketPath,
                sending: parts.line.transports.isEmpty
                    ? "off (reading only)" : parts.line.transports.map(\.name).joined(separator: ", ")
            )
        )
    }
}

/// Makes tokens for the owner, with or without a running gateway.
package enum TokenMaker {
    /// A new token with all scopes.
    ///
    /// - Throws: the state's error, with its remedy.
    package static func make(_ configuration: GatewayConfiguration) async throws -> String {
        let directory = try StateDirectory(path: configuration.stateDirectory)
        let state = try StateDatabase(path: directory.statePath)
        let made = try await state.tokens().create(name: "command line", scopes: Scope.all)
        await AuditTrail(state).record(
            .tokenCreated(made.token.id, scopes: made.token.scopes), by: Principal.owner.id)
        return made.secret
    }
}
