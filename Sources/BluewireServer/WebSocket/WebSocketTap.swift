//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import NIOCore
import NIOWebSocket

/// How long a WebSocket may stay silent, and how long its end may take.
struct WebSocketLiveness: Sendable {
    /// A client that sends nothing for so long, not even the answer to a ping, is gone.
    var silence: TimeAmount = .seconds(60)
    /// How long the other end may take to answer a close.
    var closing: TimeAmount = .seconds(5)
}

/// What the client says on an event socket: pongs, pings and the end.
///
/// Everything else is read and dropped.
final class WebSocketTap: ChannelInboundHandler {
    typealias InboundIn = WebSocketFrame
    typealias OutboundOut = WebSocketFrame

    /// The largest frame taken from a client.
    static let largestFrame = 1 << 20

    private let liveness: WebSocketLiveness
    private var lastHeard = NIODeadline.now()
    private var watch: RepeatedTask?
    private var hasSentClose = false
    private var rules = WebSocketFrameRules()

    init(liveness: WebSocketLiveness) {
        self.liveness = liveness
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        let silence = liveness.silence
        let half = TimeAmount.nanoseconds(silence.nanoseconds / 2)
        watch = context.eventLoop.scheduleRepeatedTask(initialDelay: half, delay: half) { _ in
            let (tap, context) = bound.value
            if NIODeadline.now() - tap.lastHeard >= silence { context.close(promise: nil) }
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        watch?.cancel()
    }

    func channelInactive(context: ChannelHandlerContext) {
        watch?.cancel()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        lastHeard = .now()
        let frame = unwrapInboundIn(data)
        if let code = rules.violation(by: frame) { return fail(code, context: context) }
        switch frame.opcode {
        case .ping:
            // Nothing follows a close, and a client that only pings must not fill our memory.
            guard !hasSentClose, context.channel.isWritable else { return }
            send(WebSocketFrame(fin: true, opcode: .pong, data: frame.unmaskedData), context: context, promise: nil)
        case .connectionClose:
            let channel = context.channel
            guard !hasSentClose else { return context.close(promise: nil) }
            hasSentClose = true
            var code = frame.unmaskedData
            let echo = code.readSlice(length: 2) ?? ByteBuffer()
            let promise = context.eventLoop.makePromise(of: Void.self)
            promise.futureResult.whenComplete { _ in channel.close(promise: nil) }
            send(WebSocketFrame(fin: true, opcode: .connectionClose, data: echo), context: context, promise: promise)
        default: break
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case let event as WebSocketGoodbye: close(event.code, context: context)
        case ChannelEvent.inputClosed: context.close(promise: nil)
        default: context.fireUserInboundEventTriggered(event)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error {
        case NIOWebSocketError.invalidFrameLength: fail(.messageTooLarge, context: context)
        case is NIOWebSocketError: fail(.protocolError, context: context)
        default: context.close(promise: nil)
        }
    }

    /// Ends a socket whose client breaks the rules: says why, and listens no longer.
    private func fail(_ code: WebSocketErrorCode, context: ChannelHandlerContext) {
        guard !hasSentClose else { return context.close(promise: nil) }
        close(code, context: context)
        (try? context.pipeline.syncOperations.handler(type: ConnectionGuard.self))?.linger()
    }

    /// Says goodbye and gives the other end a moment to answer.
    private func close(_ code: WebSocketErrorCode, context: ChannelHandlerContext) {
        guard !hasSentClose else { return }
        hasSentClose = true
        var data = context.channel.allocator.buffer(capacity: 2)
        data.write(webSocketErrorCode: code)
        send(WebSocketFrame(fin: true, opcode: .connectionClose, data: data), context: context, promise: nil)
        let channel = context.channel
        context.eventLoop.scheduleTask(in: liveness.closing) { channel.close(promise: nil) }
    }

    private func send(_ frame: WebSocketFrame, context: ChannelHandlerContext, promise: EventLoopPromise<Void>?) {
        context.writeAndFlush(wrapOutboundOut(frame), promise: promise)
    }
}

/// Asks the tap of a socket to end it with a code.
struct WebSocketGoodbye: Sendable {
    var code: WebSocketErrorCode
}
