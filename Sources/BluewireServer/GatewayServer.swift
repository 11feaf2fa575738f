//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireEvents
import BluewireModel
import BluewireState
import Hummingbird
import HummingbirdCore
package import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The HTTP surface: listeners, routes, live sockets and the web page.
package struct GatewayServer: Service {
    private let configuration: Configuration
    private let core: ServerCore
    private let logger: Logger

    /// A server for a context; it listens once it runs.
    package init(configuration: Configuration, context: ServerContext, logger: Logger) {
        self.configuration = configuration
        self.logger = logger
        core = ServerCore(context: context, hosts: configuration.hosts)
    }

    /// Where and how the server listens.
    package struct Configuration: Sendable {
        /// The address of the TCP listener.
        package var host = "127.0.0.1"
        /// Its port; 0 for any free one.
        package var port = 8787
        /// The path of the gateway's own socket; nil for none.
        package var socketPath: String?
        /// Names beside the loopback ones that the gateway answers to.
        package var hosts: [String] = []
        /// How many connections are taken at once.
        package var maximumConnections = 512
        /// How many WebSockets may wait to be authorised.
        package var maximumWaitingSockets = 256
        /// How long a connection may stay idle between and inside requests.
        package var idleTimeout = Duration.seconds(60)
        /// How often quiet live connections hear from us.
        package var heartbeat = Duration.seconds(15)
        /// Called once all listeners listen, with the TCP port.
        package var onReady: @Sendable (_ port: Int) async -> Void = { _ in }

        /// The standard: loopback, port 8787, no socket.
        package init() {}
    }

    /// Listens until shut down.
    ///
    /// - Throws: ``ServerError`` when an address cannot be bound.
    package func run() async throws {
        let (requests, offers) = AsyncStream.makeStream(
            of: WebSocketRequest.self, bufferingPolicy: .bufferingOldest(configuration.maximumWaitingSockets))
        let feed = core.feed
        try await withGracefulShutdownHandler {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await followJournal() }
                group.addTask { await followTyping() }
                group.addTask { await beat() }
                group.addTask { await serveSockets(requests) }
                do {
                    try await listen(offers)
                } catch {
                    group.cancelAll()
                    throw error
                }
                group.cancelAll()
                // What ends by cancellation has ended as it should.
                while true {
                    do {
                        guard try await group.next() != nil else { return }
                    } catch is CancellationError {
                        continue
                    }
                }
            }
        } onGracefulShutdown: {
            // Live readers hold their connections open; they are sent away, and then the listeners can end.
            offers.finish()
            feed.finish()
        }
    }

    /// Tries whether the TCP listener could listen, so that nothing has to be undone when it cannot.
    ///
    /// - Throws: ``ServerError`` as ``run()`` would.
    package static func probe(_ configuration: Configuration) async throws(ServerError) {
        guard configuration.port != 0 else { return }
        do {
            let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .bind(host: configuration.host, port: configuration.port).get()
            try await channel.close()
        } catch {
            let address = BindAddress.hostname(configuration.host, port: configuration.port)
            throw ServerError(error, address: address, configuration: configuration)
        }
    }

    private func listen(_ offers: AsyncStream<WebSocketRequest>.Continuation) async throws {
        let ready = ReadyCounter(expected: configuration.socketPath == nil ? 1 : 2)
        let responder = core.router().buildResponder()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await serve(
                    responder, at: .hostname(configuration.host, port: configuration.port), offers, ready)
            }
            if let path = configuration.socketPath {
                group.addTask { try await serve(responder, at: .unixDomainSocket(path: path), offers, ready) }
            }
            try await group.waitForAll()
        }
    }

    private func serve(
        _ responder: some HTTPResponder<GatewayRequestContext>, at address: BindAddress,
        _ offers: AsyncStream<WebSocketRequest>.Continuation, _ ready: ReadyCounter
    ) async throws {
        let gate: @Sendable () -> [any RemovableChannelHandler] = {
            [
                WebSocketGate { request in
                    if case .enqueued = offers.yield(request) { true } else { false }
                }
            ]
        }
        var limits = HTTP1Channel.Configuration.DecoderConfiguration()
        limits.maxHeaderFieldSize = 16 * 1024
        limits.maxHeaderListSize = 64 * 1024
        limits.maxHeaderFieldCount = 100
        let application = Application(
            responder: responder,
            server: .http1(
                configuration: HTTP1Channel.Configuration(
                    additionalChannelHandlers: gate(), idleTimeout: TimeAmount(configuration.idleTimeout),
                    httpDecoderConfiguration: limits)),
            configuration: ApplicationConfiguration(
                address: address,
                availableConnectionsDelegate: MaximumAvailableConnections(configuration.maximumConnections)),
            onServerRunning: { channel in
                if let path = configuration.socketPath, channel.localAddress?.port == nil { chmod(path, 0o600) }
                if let port = ready.note(channel.localAddress?.port) { await configuration.onReady(port) }
            },
            logger: logger)
        do {
            try await application.run()
        } catch {
            throw ServerError(error, address: address, configuration: configuration)
        }
    }

    private func serveSockets(_ requests: AsyncStream<WebSocketRequest>) async {
        let session = WebSocketSession(core: core, liveness: WebSocketLiveness())
        await withDiscardingTaskGroup { group in
            for await request in requests {
                group.addTask { await session.serve(request) }
            }
        }
    }

    private func followJournal() async {
        await core.context.journal.withWakeUps { wakeUps in
            for await _ in wakeUps { core.feed.wake() }
        }
    }

    private func followTyping() async {
        await core.context.typing?.withSubscription { events in
            for await event in events { core.feed.publishLive(event) }
        }
    }

    private func beat() async {
        while (try? await core.context.clock.sleep(for: configuration.heartbeat)) != nil { core.feed.beat() }
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
