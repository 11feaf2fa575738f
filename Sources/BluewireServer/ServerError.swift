//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import Hummingbird
import NIOCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Why the server cannot listen.
package struct ServerError: Error, Hashable, Sendable {
    /// What kind of failure.
    package var code: Code
    /// What happened.
    package var message: String
    /// What the owner can do.
    package var remedy: String

    /// What kind of failure.
    package struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Wrapped: String {
            case inUse = "port_in_use", denied = "port_denied", failed = "listen_failed"
            case certificate = "tls_unusable"
        }
        private let wrapped: Wrapped

        /// Something else listens there.
        package static let inUse = Code(wrapped: .inUse)
        /// The address may not be bound.
        package static let denied = Code(wrapped: .denied)
        /// A file of the TLS settings cannot be used.
        package static let certificate = Code(wrapped: .certificate)
        /// Anything else.
        package static let failed = Code(wrapped: .failed)

        package var description: String { wrapped.rawValue }
    }
}

extension ServerError: CustomStringConvertible {
    package var description: String { "\(message) \(remedy)" }
}

extension ServerError {
    /// A file of the TLS settings that cannot be used.
    init(unusable path: String, because reason: String, remedy: String) {
        self.init(code: .certificate, message: "\(path) cannot be used for TLS: \(reason).", remedy: remedy)
    }

    /// What a listener threw, in words.
    init(_ error: any Error, address: BindAddress, configuration: GatewayServer.Configuration) {
        let isTCP = address == .hostname(configuration.host, port: configuration.port)
        let place =
            isTCP ? "\(configuration.host):\(configuration.port)" : "the socket \(configuration.socketPath ?? "")"
        switch (error as? IOError)?.errnoCode {
        case EADDRINUSE?:
            self.init(
                code: .inUse, message: "Something else listens at \(place) already.",
                remedy: isTCP
                    ? "Stop it, or choose another port with --listen."
                    : "Stop the other gateway, or use another --state.")
        case EACCES?, EPERM?:
            self.init(
                code: .denied, message: "\(place) may not be opened.",
                remedy: isTCP
                    ? "Choose a port above 1023 with --listen." : "Check the permissions of the state directory.")
        case EADDRNOTAVAIL?:
            self.init(
                code: .failed, message: "This machine has no address \(configuration.host).",
                remedy: "Use 127.0.0.1 or an address of this machine.")
        default:
            self.init(
                code: .failed, message: "Cannot listen at \(place).", remedy: "Check host and port, then try again.")
        }
    }
}
