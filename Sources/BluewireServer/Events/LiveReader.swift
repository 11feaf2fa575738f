//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import NIOCore
import NIOHTTPTypes
import Synchronization

/// One live reader: where its bytes go, and how its task waits while the event loop of its connection feeds it.
final class LiveReader: Sendable {
    /// In which form a reader gets events.
    enum Form: Hashable {
        case webSocket, serverSent
    }

    /// Why the event loop feeds a reader no longer.
    enum Departure: Sendable {
        /// The connection does not take what there is at once: the reader's own task goes on from here.
        case behind(EventFeed.Position)
        /// The connection is gone, or the server ends.
        case ended
    }

    private struct State {
        var waiting: CheckedContinuation<Departure, Never>?
        var hasEnded = false
    }

    let channel: any Channel
    let selection: EventSelection
    /// Where finished frames are written, past the encoder; nil for a reader of server-sent events.
    private let frames: NIOLoopBound<ChannelHandlerContext>?
    private let state = Mutex(State())

    /// A reader of server-sent events, whose answer has begun; or, with `frames`, of a WebSocket.
    init(_ channel: any Channel, _ selection: EventSelection, frames: NIOLoopBound<ChannelHandlerContext>? = nil) {
        self.channel = channel
        self.selection = selection
        self.frames = frames
        channel.closeFuture.whenComplete { [weak self] _ in self?.leave(.ended) }
    }

    var form: Form { frames == nil ? .serverSent : .webSocket }

    /// Whether it will never be fed again.
    var hasEnded: Bool { state.withLock { $0.hasEnded } }

    /// Writes bytes in the reader's form; to be called on the channel's event loop.
    func write(_ bytes: ByteBuffer, promise: EventLoopPromise<Void>? = nil) {
        if let frames {
            frames.value.writeAndFlush(NIOAny(bytes), promise: promise)
        } else {
            channel.writeAndFlush(HTTPResponsePart.body(bytes), promise: promise)
        }
    }

    /// Writes bytes and waits until the socket took them.
    func writeAndWait(_ bytes: ByteBuffer) async throws {
        let promise = channel.eventLoop.makePromise(of: Void.self)
        channel.eventLoop.execute { self.write(bytes, promise: promise) }
        try await promise.futureResult.get()
    }

    /// Waits until the reader leaves its event loop, which `join` hands it to; returns at once when it has ended.
    func wait(_ join: @Sendable () -> Void) async -> Departure {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let hasEnded = state.withLock { state in
                    if !state.hasEnded { state.waiting = continuation }
                    return state.hasEnded
                }
                if hasEnded { continuation.resume(returning: .ended) } else { join() }
            }
        } onCancel: {
            leave(.ended)
        }
    }

    /// Ends the wait.
    func leave(_ departure: Departure) {
        let waiting = state.withLock { state in
            if case .ended = departure { state.hasEnded = true }
            defer { state.waiting = nil }
            return state.waiting
        }
        waiting?.resume(returning: departure)
    }
}
