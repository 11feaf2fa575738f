//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import NIOCore
import NIOPosix
import Synchronization

/// A raw loopback server: the n-th request gets the n-th scripted answer, the last one again and again.
final class ScriptedModelServer: Sendable {
    /// One answer: raw bytes, then closing the connection or leaving it open.
    struct Answer: Sendable {
        var text: String
        var closes = true

        static func status(_ code: Int, _ headers: String = "", body: String = "{}") -> Answer {
            Answer(
                text:
                    "HTTP/1.1 \(code) X\r\nConnection: close\r\n\(headers)Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
            )
        }

        /// A stream of events; without the closing chunk when it breaks off.
        static func stream(_ events: [String], breaksOff: Bool = false, staysOpen: Bool = false) -> Answer {
            var text =
                "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
            for event in events {
                let chunk = "data: \(event)\n\n"
                text += "\(String(chunk.utf8.count, radix: 16))\r\n\(chunk)\r\n"
            }
            if !breaksOff, !staysOpen { text += "0\r\n\r\n" }
            return Answer(text: text, closes: !staysOpen)
        }
    }

    let requests = Mutex<[String]>([])
    private let answers: [Answer]

    private init(_ answers: [Answer]) { self.answers = answers }

    /// Runs a server while `body` runs; the body gets its base URL.
    static func run<Result>(
        _ answers: [Answer], _ body: (ScriptedModelServer, String) async throws -> Result
    ) async throws -> Result {
        let server = ScriptedModelServer(answers)
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Handler(server: server))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        do {
            let result = try await body(server, "http://127.0.0.1:\(channel.localAddress?.port ?? 0)/v1")
            try await channel.close().get()
            return result
        } catch {
            try? await channel.close().get()
            throw error
        }
    }

    private func next(_ request: String) -> Answer {
        requests.withLock { requests in
            requests.append(request)
            return answers[min(requests.count, answers.count) - 1]
        }
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer
        let server: ScriptedModelServer
        var received = ""

        init(server: ScriptedModelServer) { self.server = server }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            received += String(buffer: unwrapInboundIn(data))
            guard let head = received.range(of: "\r\n\r\n") else { return }
            let length =
                received.lowercased().split(separator: "\r\n").first { $0.hasPrefix("content-length:") }
                .flatMap { Int($0.dropFirst(15).filter(\.isNumber)) } ?? 0
            guard received[head.upperBound...].utf8.count >= length else { return }
            let answer = server.next(received)
            received = ""
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: answer.text)), promise: nil)
            if answer.closes { context.close(promise: nil) }
        }
    }
}

extension String {
    fileprivate func range(of text: String) -> Range<Index>? { firstRange(of: text) }
}
