//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireWire
import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTP2
import NIOHTTPTypes
import NIOHTTPTypesHTTP2
import NIOSSL

/// Watches the requests of a connection, or the one of an HTTP/2 stream: bodies must come, what cannot be understood is
/// answered, and a connection whose answer says so ends.
final class RequestWatch: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let times: ConnectionTimes
    private var connection: ConnectionGuard?
    private var isStream = false
    private var context: ChannelHandlerContext?
    private var pace: BodyPace?
    private var timer: Scheduled<Void>?
    private var stallCheck: Scheduled<Void>?
    private var begun = 0
    private var answered = 0
    private var isAnswering = false
    /// The number of the request whose answer is the last.
    private var last: Int?
    /// We have answered ourselves; nobody else says anything more.
    private var isOver = false
    /// What is wrong with the bytes after the requests that are being answered.
    private var trouble: NativeProblem?
    /// How much of a body may still come after its answer.
    private var rest = RequestWatch.largestRest

    /// How much of a body that nobody wanted is read, so that the connection can go on.
    private static let largestRest = 1 << 20

    init(_ times: ConnectionTimes) { self.times = times }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        if let own = try? context.pipeline.syncOperations.handler(type: ConnectionGuard.self) {
            connection = own
        } else if let parent = context.channel.parent, parent.eventLoop === context.eventLoop {
            connection = try? parent.pipeline.syncOperations.handler(type: ConnectionGuard.self)
            isStream = connection != nil
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        timer?.cancel()
        stallCheck?.cancel()
        finishAll()
        self.context = nil
        connection = nil
    }

    /// Requests whose answer is not complete.
    private var open: Int { begun - answered }

    /// The pin of the certificate the client has shown.
    var certificate: String? { connection?.certificate }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isOver else { return }
        switch unwrapInboundIn(data) {
        case .head(let head):
            begun += 1
            connection?.requestBegan(isStream: isStream)
            pace = BodyPace(times, at: .now())
            rest = Self.largestRest
            if let wish = head.headerFields[.connection], wish.lowercased() == "close" { last = begun }
        case .body(let bytes):
            pace?.arrived(bytes.readableBytes)
            if open == 0 {
                rest -= bytes.readableBytes
                if rest < 0 { return cut(context) }
            }
        case .end: pace = nil
        }
        context.fireChannelRead(data)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if pace != nil {
            pace?.held(at: .now())
            if timer == nil { arm(context) }
        }
        context.fireChannelReadComplete()
    }

    func read(context: ChannelHandlerContext) {
        if pace != nil { pace?.asked(at: .now()) }
        context.read()
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard !isOver else {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        switch unwrapOutboundIn(data) {
        case .head(var head):
            isAnswering = true
            if head.headerFields[.connection]?.lowercased() == "close" {
                last = answered + 1
                // HTTP/2 knows no such field.
                if isStream { head.headerFields[.connection] = nil }
            }
            context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .end:
            isAnswering = false
            let isLast = last == answered + 1 && (!isStream || pace != nil)
            let done = isLast ? promise ?? context.eventLoop.makePromise() : promise
            if isLast { whenWritten(done, context: context) }
            context.write(data, promise: done)
            if open > 0 {
                answered += 1
                if !isStream { connection?.requestEnded() }
            }
            if open == 0, !isLast, let trouble { answer(trouble) }
        default: context.write(data, promise: promise)
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        // The guard sees only the connection; a stream whose window stays shut is ours to end.
        if isStream, !context.channel.isWritable, stallCheck == nil {
            let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
            stallCheck = context.eventLoop.scheduleTask(in: TimeAmount(times.stall)) {
                let (watch, context) = bound.value
                watch.stallCheck = nil
                watch.cut(context)
            }
        } else if context.channel.isWritable {
            stallCheck?.cancel()
            stallCheck = nil
        }
        context.fireChannelWritabilityChanged()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard !isOver else { return }
        // What breaks below HTTP (the connection, TLS) is nothing to answer.
        guard !isStream, !(error is ChannelError || error is IOError || error is NIOSSLError || error is BoringSSLError)
        else {
            return context.fireErrorCaught(error)
        }
        let problem: NativeProblem =
            if case HTTPParserError.headerOverflow = error { .headTooLarge } else { .malformedRequest }
        // In a body it concerns the request that is being read; after one, those before it are answered first.
        if pace != nil || open == 0 { answer(problem) } else { trouble = problem }
    }

    func channelInactive(context: ChannelHandlerContext) {
        timer?.cancel()
        // A body that ends with its connection has not come to its end: who reads it must not take it for whole.
        if pace != nil { context.fireErrorCaught(ChannelError.eof) }
        finishAll()
        context.fireChannelInactive()
    }

    /// Answers by itself, and ends the connection or the stream.
    func answer(_ problem: NativeProblem) {
        guard let context, !isOver else { return }
        isOver = true
        guard !isAnswering else { return cut(context) }
        let json = problem.json
        var fields: HTTPFields = [
            .contentType: "application/problem+json", .contentLength: String(json.count), .cacheControl: "no-store",
        ]
        if !isStream { fields[.connection] = "close" }
        let head = HTTPResponse(status: HTTPResponse.Status(code: problem.status), headerFields: fields)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(ByteBuffer(bytes: json))), promise: nil)
        let promise = context.eventLoop.makePromise(of: Void.self)
        whenWritten(promise, context: context)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: promise)
    }

    /// The connection has become a WebSocket; this handler leaves it.
    func becameSocket() {
        connection?.becameSocket()
        answered = begun
    }

    private func finishAll() {
        // The answer of a stream may be complete before the stream is.
        if isStream, begun > 0 { connection?.requestEnded() }
        begun = 0
        answered = 0
        pace = nil
    }

    private func whenWritten(_ promise: EventLoopPromise<Void>?, context: ChannelHandlerContext) {
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        promise?.futureResult.whenComplete { _ in
            let (watch, context) = bound.value
            watch.end(context)
        }
    }

    private func end(_ context: ChannelHandlerContext) {
        isOver = true
        guard isStream else {
            if let connection { connection.linger() } else { context.close(promise: nil) }
            return
        }
        // The rest of the body is not wanted, and that is no error (RFC 9113, 8.1).
        guard pace != nil, context.channel.isActive,
            let codec = try? context.pipeline.syncOperations.context(
                handlerType: HTTP2FramePayloadToHTTPServerCodec.self)
        else { return }
        codec.writeAndFlush(NIOAny(HTTP2Frame.FramePayload.rstStream(.noError)), promise: nil)
    }

    private func cut(_ context: ChannelHandlerContext) {
        isOver = true
        context.close(promise: nil)
    }

    private func arm(_ context: ChannelHandlerContext) {
        guard let deadline = pace?.deadline else { return }
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        timer = context.eventLoop.scheduleTask(deadline: deadline) {
            let (watch, context) = bound.value
            watch.timer = nil
            guard var pace = watch.pace else { return }
            if pace.isTooSlow(at: .now()) { return watch.answer(.requestTimeout) }
            watch.pace = pace
            watch.arm(context)
        }
    }
}
