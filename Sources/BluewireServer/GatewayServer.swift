//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireEvents
import BluewireModel
package import BluewireState
import Hummingbird
import HummingbirdCore
package import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle

/// The HTTP surface: listeners, routes, live sockets and the web page.
package struct GatewayServer: Service {
    let configuration: Configuration
    let core: ServerCore
    let logger: Logger

    /// A server for a context; it listens once it runs.
    ///
    /// - Parameter controls: what changes its rules while it runs; nil when nobody does.
    package init(
        configuration: Configuration, context: ServerContext, controls: ServerControls? = nil, logger: Logger
    ) {
        self.configuration = configuration
        self.logger = logger
        core = ServerCore(context: context, controls: controls ?? ServerControls(configuration.access))
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
        /// Certificate and key; nil for plain HTTP.
        package var tls: TLSFiles?
        /// What client certificates stand for, by the pin of their key.
        package var clients: [String: Principal] = [:]
        /// Which numeric addresses may connect.
        package var admits: @Sendable (_ address: String) -> Bool = { _ in true }
        /// How much is taken from whom.
        package var limits = ServerLimits()
        /// How often the certificate's files are looked at.
        package var certificateCheck = Duration.seconds(10)
        /// How many WebSockets may wait to be authorised.
        package var maximumWaitingSockets = 256
        /// How often quiet live connections hear from us.
        package var heartbeat = Duration.seconds(15)
        /// Called once all listeners listen, with the TCP port.
        package var onReady: @Sendable (_ port: Int) async -> Void = { _ in }

        /// The standard: loopback, port 8787, no socket.
        package init() {}

        /// Who may talk to the server, and how much.
        package var access: AccessRules {
            AccessRules(hosts: hosts, clients: clients, limits: limits, admits: admits)
        }
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
                group.addTask { await feed.follow() }
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

    /// Tries whether the TCP listener could listen, and with its certificate, so that nothing has to be undone when it cannot.
    ///
    /// - Throws: ``ServerError`` as ``run()`` would.
    package static func probe(_ configuration: Configuration) async throws(ServerError) {
        if let tls = configuration.tls { _ = try ServerIdentity(tls) }
        guard configuration.port != 0 else { return }
        do {
            let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                // A client that is quick enough to meet the trial would wait for an answer for ever.
                .childChannelInitializer { $0.close() }
                .bind(host: configuration.host, port: configuration.port).get()
            try await channel.close()
        } catch {
            let address = BindAddress.hostname(configuration.host, port: configuration.port)
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

    private func followTyping() async {
        await core.context.typing?.withSubscription { events in
            for await event in events { core.feed.publishLive(event) }
        }
    }

    private func beat() async {
        while (try? await core.context.clock.rest(for: configuration.heartbeat)) != nil { core.feed.beat() }
    }
}
