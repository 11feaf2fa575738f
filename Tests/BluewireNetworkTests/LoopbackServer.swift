//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import Foundation
import NIOCore
import NIOPosix
import Synchronization

/// A raw TCP or Unix-socket server that answers every connection with scripted bytes.
final class LoopbackServer: Sendable {
    enum Step: Sendable {
        /// Write these bytes.
        case send(String)
        /// Close the connection.
        case close
    }

    let requests = Mutex<[String]>([])
    let closed = Mutex<Int>(0)

    /// Runs a server for as long as `body` runs; what is not closed by the script stays open.
    static func run<Result>(
        _ script: [Step], socketPath: String? = nil, _ body: (LoopbackServer, Int) async throws -> Result
    ) async throws -> Result {
        let server = LoopbackServer()
        let bootstrap = ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Handler(server: server, script: script))
                }
            }
        let channel: any Channel
        if let socketPath {
            channel = try await bootstrap.bind(unixDomainSocketPath: socketPath).get()
        } else {
            channel = try await bootstrap.bind(host: "127.0.0.1", port: 0).get()
        }
        do {
            let result = try await body(server, channel.localAddress?.port ?? 0)
            try await channel.close().get()
            return result
        } catch {
            try? await channel.close().get()
            throw error
        }
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer
        let server: LoopbackServer
        let script: [Step]
        var received = ""

        init(server: LoopbackServer, script: [Step]) {
            self.server = server
            self.script = script
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            received += String(buffer: unwrapInboundIn(data))
            guard isComplete else { return }
            server.requests.withLock { $0.append(received) }
            received = ""
            for step in script {
                switch step {
                case .send(let text):
                    context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
                case .close:
                    context.close(promise: nil)
                }
            }
        }

        /// Whether head and body have arrived; they may come in pieces.
        private var isComplete: Bool {
            guard let end = received.range(of: "\r\n\r\n") else { return false }
            let length = received[..<end.lowerBound].lowercased().split(separator: "\r\n")
                .first { $0.hasPrefix("content-length:") }
                .flatMap { Int($0.dropFirst("content-length:".count).drop { $0 == " " }) }
            return received[end.upperBound...].utf8.count >= length ?? 0
        }

        func channelInactive(context: ChannelHandlerContext) {
            server.closed.withLock { $0 += 1 }
        }
    }
}
