//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

internal import AsyncHTTPClient
internal import NIOCore
internal import NIOPosix
internal import NIOSSL

/// An HTTP client that can reach exactly one checked address (or one Unix socket) and shuts down with its last user.
final class PinnedClient: Sendable {
    let http: HTTPClient

    /// A client for a host name or address that was checked; the name keeps serving `Host`, SNI and the certificate.
    init(host: String?, address: IPAddress?, trust: EgressTrust, limits: EgressLimits) {
        var configuration = HTTPClient.Configuration(tlsConfiguration: trust.configuration)
        configuration.redirectConfiguration = .disallow
        configuration.httpVersion = .http1Only
        configuration.timeout = .init(connect: limits.connect.timeAmount, read: limits.idle.timeAmount)
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.connectionPool.idleTimeout = .seconds(30)
        configuration.maximumUsesPerConnection = nil
        if let host, let address {
            if host != address.description { configuration.dnsOverride = [host: address.description] }
            // A second lock: should the pin ever be ignored, the connection fails before the request is written.
            configuration.http1_1ConnectionDebugInitializer = { channel in
                let remote = channel.remoteAddress?.ipAddress.flatMap { IPAddress($0) }
                guard remote == nil || remote == address || remote?.embeddedV4.map({ .v4($0) }) == [address] else {
                    return channel.eventLoop.makeFailedFuture(
                        EgressError(.refused, "The connection reached another address than the one that was checked.")
                    )
                }
                guard trust.acceptsKey != nil else { return channel.eventLoop.makeSucceededVoidFuture() }
                return channel.nioSSL_peerCertificate().flatMapThrowing { certificate in
                    guard trust.accepts(certificate) else {
                        throw EgressError(
                            .refused, "The server has another key than the one that is pinned.",
                            remedy: "Compare the pins; when the key was renewed on purpose, use the new one.")
                    }
                }
            }
        }
        http = HTTPClient(
            eventLoopGroupProvider: .shared(MultiThreadedEventLoopGroup.singleton), configuration: configuration
        )
    }

    deinit {
        let ended: EventLoopFuture<Void> = http.shutdown()
        ended.whenComplete { _ in }
    }
}

extension Duration {
    /// The duration in NIO's unit.
    var timeAmount: TimeAmount {
        let (seconds, attoseconds) = components
        return .seconds(seconds) + .nanoseconds(attoseconds / 1_000_000_000)
    }
}
