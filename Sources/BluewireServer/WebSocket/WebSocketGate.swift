//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireWire
import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1
import NIOWebSocket

/// Takes requests for a WebSocket out of the stream of HTTP requests, before the router sees them.
///
/// It works on any request of a connection, not only the first, and answers refusals with a real response. Whoever
/// supervises the sockets decides; nothing runs on its own here.
final class WebSocketGate: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundOut = HTTPResponsePart

    private let offer: @Sendable (WebSocketRequest) -> Bool
    private var isWithholding = false
    private var context: ChannelHandlerContext?

    /// A gate that offers requests to `offer`, which returns false when it can take no more.
    init(offer: @escaping @Sendable (WebSocketRequest) -> Bool) {
        self.offer = offer
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head) where !isWithholding && WebSocketHandshake.isAsked(head):
            isWithholding = true
            guard let handshake = WebSocketHandshake(head) else {
                return refuse(
                    .badRequest("The WebSocket handshake is malformed.", remedy: "Use a client of RFC 6455."))
            }
            let request = WebSocketRequest(
                head: head, handshake: handshake, peer: PeerAddress.of(context.channel),
                certificate: (try? watch(context))?.certificate, channel: context.channel,
                gate: NIOLoopBound(self, eventLoop: context.eventLoop))
            if !offer(request) {
                refuse(
                    NativeProblem(.socketsFull, remedy: "Close others, then try again."), retryAfter: "10")
            }
        default:
            // The end of the withheld request belongs to nobody.
            if !isWithholding { context.fireChannelRead(data) }
        }
    }

    /// Answers with a problem and closes the connection.
    func refuse(_ problem: NativeProblem, retryAfter: String? = nil) {
        guard let context else { return }
        let json = problem.json
        var fields: HTTPFields = [
            .contentType: "application/problem+json", .contentLength: String(json.count), .connection: "close",
        ]
        fields[.retryAfter] = retryAfter
        if problem.status == 401 { fields[.wwwAuthenticate] = "Bearer" }
        let head = HTTPResponse(status: HTTPResponse.Status(code: problem.status), headerFields: fields)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(ByteBuffer(bytes: json))), promise: nil)
        // Where requests are watched, the connection ends gently because the answer says so.
        let channel = (try? watch(context)) == nil ? context.channel : nil
        context.writeAndFlush(wrapOutboundOut(.end(nil))).whenComplete { _ in channel?.close(promise: nil) }
    }

    /// Accepts the handshake and turns the connection into a WebSocket.
    ///
    /// - Returns: where finished frames can be written.
    /// - Throws: when the connection is gone.
    func accept(_ handshake: WebSocketHandshake, tap: WebSocketTap) throws -> ChannelHandlerContext {
        guard let context, context.channel.isActive else { throw ChannelError.ioOnClosedChannel }
        context.writeAndFlush(wrapOutboundOut(.head(handshake.response)), promise: nil)
        let pipeline = context.pipeline.syncOperations
        try pipeline.addHandlers(
            [
                WebSocketFrameEncoder(),
                ByteToMessageHandler(WebSocketFrameDecoder(maxFrameSize: WebSocketTap.largestFrame)),
                tap,
            ], position: .before(self))
        // Everything that speaks HTTP goes; the state handler too, or its idle timer would end the socket.
        pipeline.removeHandler(context: try pipeline.context(handlerType: HTTP1ToHTTPServerCodec.self), promise: nil)
        pipeline.removeHandler(context: try pipeline.context(handlerType: HTTPResponseEncoder.self), promise: nil)
        pipeline.removeHandler(
            context: try pipeline.context(handlerType: ByteToMessageHandler<HTTPRequestDecoder>.self), promise: nil)
        pipeline.removeHandler(
            context: try pipeline.context(handlerType: HTTPConnectionStateHandler.self), promise: nil)
        if let watch = try? pipeline.context(handlerType: RequestWatch.self) {
            (watch.handler as? RequestWatch)?.becameSocket()
            pipeline.removeHandler(context: watch, promise: nil)
        }
        let encoder = try pipeline.context(handlerType: WebSocketFrameEncoder.self)
        pipeline.removeHandler(context: context, promise: nil)
        return encoder
    }

    private func watch(_ context: ChannelHandlerContext) throws -> RequestWatch {
        try context.pipeline.syncOperations.handler(type: RequestWatch.self)
    }
}

/// A request for a WebSocket that waits for an answer.
struct WebSocketRequest: Sendable {
    let head: HTTPRequest
    let handshake: WebSocketHandshake
    let peer: String?
    let certificate: String?
    let channel: any NIOCore.Channel
    let gate: NIOLoopBound<WebSocketGate>

    /// Answers with a problem and closes the connection.
    func refuse(_ problem: NativeProblem, retryAfter: String? = nil) {
        channel.eventLoop.execute { gate.value.refuse(problem, retryAfter: retryAfter) }
    }

    /// Turns the connection into a WebSocket.
    ///
    /// - Returns: where finished frames can be written, past the encoder.
    /// - Throws: when the connection is gone.
    func accept(_ liveness: WebSocketLiveness) async throws -> NIOLoopBound<ChannelHandlerContext> {
        try await channel.eventLoop.submit {
            let frames = try gate.value.accept(handshake, tap: WebSocketTap(liveness: liveness))
            return NIOLoopBound(frames, eventLoop: channel.eventLoop)
        }.get()
    }
}
