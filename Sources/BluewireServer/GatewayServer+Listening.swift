//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import Hummingbird
import HummingbirdCore
import HummingbirdHTTP2
import Logging
import NIOCore
import NIOPosix
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

extension GatewayServer {
    /// Descriptors that are kept for files and for what we connect to.
    private static let reservedDescriptors = 256

    /// Runs all listeners until they end.
    func listen(_ offers: AsyncStream<WebSocketRequest>.Continuation) async throws {
        let ready = ReadyCounter(expected: configuration.socketPath == nil ? 1 : 2)
        let responder = core.router().buildResponder()
        let identity = try configuration.tls.map { files throws(ServerError) in try ServerIdentity(files) }
        if let identity { core.controls.note(identity) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            if identity != nil { group.addTask { await followCertificate() } }
            group.addTask {
                try await serve(
                    responder, at: .hostname(configuration.host, port: configuration.port), identity, offers, ready)
            }
            if let path = configuration.socketPath {
                group.addTask { try await serve(responder, at: .unixDomainSocket(path: path), nil, offers, ready) }
            }
            // The watch over the certificate has no end of its own.
            var listeners = configuration.socketPath == nil ? 1 : 2
            while listeners > 0 {
                try await group.next()
                listeners -= 1
            }
            group.cancelAll()
        }
    }

    private func serve(
        _ responder: some HTTPResponder<GatewayRequestContext>, at address: BindAddress, _ identity: ServerIdentity?,
        _ offers: AsyncStream<WebSocketRequest>.Continuation, _ ready: ReadyCounter
    ) async throws {
        let controls = core.controls
        let registry = ConnectionRegistry(
            capacity: max(16, DescriptorLimit.raise() - Self.reservedDescriptors), limits: { controls.limits },
            admits: { controls.admits($0) })
        let policy = ConnectionPolicy(
            registry: registry, times: configuration.limits.times,
            isTLS: identity != nil, wantsCertificates: identity != nil && configuration.tls?.clientAuthority != nil)
        let listener = ListenerResponder(base: responder, requests: core.requests, policy: policy)
        let application = QuietApplication(
            responder: listener, server: channels(policy, identity, offers),
            configuration: ServerConfiguration(address: address, backlog: 1024),
            onServerRunning: { channel in
                if let path = configuration.socketPath, channel.localAddress?.port == nil { chmod(path, 0o600) }
                if let port = ready.note(channel.localAddress?.port) {
                    controls.note(host: configuration.host, port: port)
                    await configuration.onReady(port)
                }
            },
            logger: logger)
        do {
            try await application.run()
        } catch {
            throw ServerError(error, address: address, configuration: configuration)
        }
    }

    /// How the connections of a listener are made: HTTP/1.1, and over TLS HTTP/2 as well.
    private func channels(
        _ policy: ConnectionPolicy, _ identity: ServerIdentity?, _ offers: AsyncStream<WebSocketRequest>.Continuation
    ) -> HTTPServerBuilder {
        let times = policy.times
        let handlers: @Sendable () -> [any RemovableChannelHandler] = {
            [
                RequestWatch(times),
                WebSocketGate { request in
                    if case .enqueued = offers.yield(request) { true } else { false }
                },
            ]
        }
        var decoder = HTTP1Channel.Configuration.DecoderConfiguration()
        decoder.maxHeaderFieldSize = 16 * 1024
        decoder.maxHeaderListSize = 64 * 1024
        decoder.maxHeaderFieldCount = 100
        // Idle connections are the guard's; Hummingbird's own timer would not see what came before HTTP.
        let http1 = HTTP1Channel.Configuration(
            additionalChannelHandlers: handlers(), idleTimeout: nil, httpDecoderConfiguration: decoder)
        return HTTPServerBuilder { responder in
            guard let identity else {
                return GuardedChannel(base: HTTP1Channel(responder: responder, configuration: http1), policy: policy)
            }
            return GuardedChannel(
                base: try HTTP2UpgradeChannel(
                    tlsConfiguration: identity.configuration,
                    configuration: HTTP2UpgradeChannel.Configuration(
                        idleTimeout: times.idle, gracefulCloseTimeout: .seconds(5), streamConfiguration: http1),
                    responder: responder),
                policy: policy)
        }
    }

    /// Takes over a renewed certificate.
    private func followCertificate() async {
        let controls = core.controls
        while (try? await core.context.clock.sleep(for: configuration.certificateCheck)) != nil {
            // Looking at files may block, and the pool of tasks must not.
            switch try? await NIOThreadPool.singleton.runIfActive({ controls.refreshCertificate() }) {
            case .replaced: logger.debug("The certificate was replaced.")
            case .unusable: logger.debug("The changed certificate cannot be used; the old one stays.")
            case .unchanged, nil: break
            }
        }
    }
}

/// Counts listeners until all of them listen.
private final class ReadyCounter: Sendable {
    private let state: Mutex<(missing: Int, port: Int)>

    init(expected: Int) { state = Mutex((expected, 0)) }

    /// Notes a listener; returns the TCP port when it was the last.
    func note(_ port: Int?) -> Int? {
        state.withLock { state in
            state.missing -= 1
            if let port { state.port = port }
            return state.missing == 0 ? state.port : nil
        }
    }
}
