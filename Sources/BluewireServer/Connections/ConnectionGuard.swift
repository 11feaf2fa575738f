//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireWire
import NIOCore
import NIOSSL

/// The first handler of every connection: it sees bytes, before TLS and HTTP make sense of them.
///
/// It ends connections whose heads do not come, that stay idle, or whose other end takes nothing, and lets one that is to
/// end do so gently: what is written arrives, what still comes in is dropped.
final class ConnectionGuard: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let times: ConnectionTimes
    private let registry: ConnectionRegistry
    private let refusal: Refusal?
    private let readsCertificate: Bool
    private var state: ConnectionStateMachine
    private var context: ChannelHandlerContext?
    private var timer: (at: NIODeadline, task: Scheduled<Void>)?
    private var stallCheck: Scheduled<Void>?
    private var isLingering = false
    private var dropped = 0
    /// The pin of the client's certificate, once a request came.
    private(set) var certificate: String?

    /// How much is dropped from a connection that is to end before it is cut.
    private static let largestRest = 4 << 20

    /// Why a connection is not taken, and whether that can be said (not before TLS is there).
    struct Refusal {
        var problem: NativeProblem
        var isSpoken: Bool
    }

    init(_ times: ConnectionTimes, registry: ConnectionRegistry, refusal: Refusal?, readsCertificate: Bool) {
        self.times = times
        self.registry = registry
        self.refusal = refusal
        self.readsCertificate = readsCertificate
        state = ConnectionStateMachine(times, at: .now())
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        if context.channel.isActive { begin(context) }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        timer?.task.cancel()
        stallCheck?.cancel()
    }

    func channelActive(context: ChannelHandlerContext) {
        begin(context)
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !state.isClosing else {
            dropped += unwrapInboundIn(data).readableBytes
            if dropped > Self.largestRest { context.close(promise: nil) }
            return
        }
        state.bytesArrived(at: .now())
        context.fireChannelRead(data)
        // Most heads arrive in one piece; only for the others a timer is needed.
        if state.isArriving { arm(context) }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if !context.channel.isWritable, stallCheck == nil { watchStall(context, waiting: Self.waitingBytes(context)) }
        context.fireChannelWritabilityChanged()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed = event, isLingering { return context.close(promise: nil) }
        // A server that stops waits for nobody who has asked for nothing.
        if event is ChannelShouldQuiesceEvent, state.isIdle, !state.isMultiplexed { linger() }
        context.fireUserInboundEventTriggered(event)
    }

    /// A request's head is complete.
    func requestBegan(isStream: Bool) {
        guard let context else { return }
        let wasIdle = state.isIdle
        state.requestBegan(isStream: isStream)
        if wasIdle { registry.note(context.channel, isIdle: false) }
        if readsCertificate, certificate == nil {
            certificate = (try? context.pipeline.syncOperations.nioSSL_peerCertificate()).flatMap(CertificatePin.of)
            if let certificate { registry.note(context.channel, certificate: certificate) }
        }
    }

    /// An answer is complete, or its stream is gone.
    func requestEnded() {
        guard let context else { return }
        state.requestEnded(at: .now())
        guard state.isIdle else { return }
        registry.note(context.channel, isIdle: true)
        if timer == nil { arm(context) }
    }

    /// The connection speaks WebSocket from now on.
    func becameSocket() {
        state.becameSocket()
        timer?.task.cancel()
        timer = nil
    }

    /// Ends the connection once what was written has left; drops what still comes.
    func linger() {
        guard let context, !isLingering else { return }
        isLingering = true
        state.close()
        let channel = context.channel
        channel.close(mode: .output, promise: nil)
        channel.eventLoop.scheduleTask(in: TimeAmount(times.linger)) { channel.close(promise: nil) }
    }

    private func begin(_ context: ChannelHandlerContext) {
        guard let refusal else { return arm(context) }
        state.close()
        guard refusal.isSpoken else { return context.close(promise: nil) }
        context.writeAndFlush(wrapOutboundOut(refusal.problem.http1), promise: nil)
        linger()
    }

    private func arm(_ context: ChannelHandlerContext) {
        guard let deadline = state.deadline else { return }
        if let timer {
            guard deadline < timer.at else { return }
            timer.task.cancel()
        }
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        let task = context.eventLoop.scheduleTask(deadline: deadline) {
            let (owner, context) = bound.value
            owner.timer = nil
            owner.look(context)
        }
        timer = (deadline, task)
    }

    private func look(_ context: ChannelHandlerContext) {
        switch state.check(at: .now()) {
        case .wait: arm(context)
        case .sleep: break
        case .close: context.close(promise: nil)
        case .tooSlow:
            // Before TLS is there, or with HTTP/2, there is no request that could be answered.
            guard let watch = try? context.pipeline.syncOperations.handler(type: RequestWatch.self) else {
                return context.close(promise: nil)
            }
            watch.answer(.requestTimeout)
        }
    }

    /// Closes when nothing has left since the last look.
    private func watchStall(_ context: ChannelHandlerContext, waiting: Int) {
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        stallCheck = context.eventLoop.scheduleTask(in: TimeAmount(times.stall)) {
            let (owner, context) = bound.value
            owner.stallCheck = nil
            guard !context.channel.isWritable else { return }
            let now = Self.waitingBytes(context)
            if now >= waiting { context.close(promise: nil) } else { owner.watchStall(context, waiting: now) }
        }
    }

    private static func waitingBytes(_ context: ChannelHandlerContext) -> Int {
        (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
    }
}

extension NativeProblem {
    /// The problem as the whole answer of an HTTP/1.1 connection that ends with it.
    fileprivate var http1: ByteBuffer {
        let body = json
        let retry = status == 403 ? "" : "Retry-After: 10\r\n"
        var buffer = ByteBuffer(
            string: "HTTP/1.1 \(status) \(title)\r\nContent-Type: application/problem+json\r\n"
                + "Content-Length: \(body.count)\r\n\(retry)Connection: close\r\n\r\n")
        buffer.writeBytes(body)
        return buffer
    }
}
