//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import BluewireState
import BluewireTransport
import BluewireWire
import Hummingbird
import HummingbirdCore
import NIOCore
import NIOWebSocket

/// One live WebSocket: authorised, then fed from its own cursor until either side ends it.
struct WebSocketSession: Sendable {
    let core: ServerCore
    let liveness: WebSocketLiveness
    private let executors = EventLoopExecutors()

    /// Serves a request to its end on the thread of its connection, so that an event reaches the socket without a detour.
    func serve(_ request: WebSocketRequest) async {
        await withTaskExecutorPreference(executors.executor(for: request.channel.eventLoop)) { await answer(request) }
    }

    /// Refusals are answered, errors end the connection.
    private func answer(_ request: WebSocketRequest) async {
        let start: (EventSelection, EventFeed.Position)
        do {
            start = try await authorise(request)
            try core.sockets.enter(start.0.caller, address: request.peer)
        } catch {
            return request.refuse(NativeProblem(error), retryAfter: (error as? RateLimited)?.retryAfter)
        }
        defer { core.sockets.leave(start.0.caller) }
        do {
            try await request.accept(liveness)
        } catch {
            return request.refuse(NativeProblem(error))
        }
        var goodbye = WebSocketErrorCode.goingAway
        do {
            try await feed(request.channel, start.0, from: start.1)
        } catch is JournalError {
            goodbye = .unknown(4410)
            try? await sendGap(request.channel)
        } catch {
            return request.channel.close(promise: nil)
        }
        request.channel.pipeline.fireUserInboundEventTriggered(WebSocketGoodbye(code: goodbye))
    }

    /// Who asks, for what, from where.
    private func authorise(_ request: WebSocketRequest) async throws -> (EventSelection, EventFeed.Position) {
        let head = request.head
        if request.peer != nil, !core.origins.accepts(host: head.authority) { throw NativeProblem.wrongHost }
        try core.requests.admit(address: request.peer)
        let caller = try await core.authenticator.principal(
            headers: head.headerFields, host: head.authority, peer: request.peer, certificate: request.certificate,
            isWebSocket: true)
        guard caller.may(.messagesRead) else { throw NativeProblem.missing(.messagesRead) }
        let query = URI(head.path ?? "/").queryParameters
        var selection = EventSelection(
            kinds: EventSelection.list(query["types"].map(String.init)),
            lines: EventSelection.list(query["line"].map(String.init)), caller: caller)
        if let reference = query["chat"].map(String.init), !reference.isEmpty {
            let matches = try await core.context.store.chats(matching: reference).filter { caller.sees($0.id) }
            guard let chat = matches.first, matches.count == 1 else { throw NativeProblem.notFound("chat") }
            selection.chat = chat.id
        }
        let cursor = try query["cursor"].map { try core.context.journal.cursor(from: String($0)) }
        return (selection, core.feed.position(after: cursor))
    }

    /// Sends what the reader has not seen, each time there is more; waits until the socket took it.
    private func feed(
        _ channel: any NIOCore.Channel, _ selection: EventSelection, from start: EventFeed.Position
    ) async throws {
        var ready = JSONWriter(capacity: 64)
        ready.object { writer in
            writer.member("type", "ready")
            writer.member("cursor", start.cursor.description)
        }
        try await send(text: ByteBuffer(bytes: ready.bytes), to: channel)
        let subscription = core.feed.subscribe()
        defer { subscription.stop() }
        channel.closeFuture.whenComplete { _ in subscription.stop() }
        var position = start
        for await _ in subscription.wakeUps {
            var hasMore = true
            while hasMore {
                let batch = try await core.feed.next(after: position, selection)
                for item in batch.items.dropLast() {
                    channel.write(WebSocketFrame(fin: true, opcode: .text, data: item.frame), promise: nil)
                }
                if let last = batch.items.last { try await send(text: last.frame, to: channel) }
                if batch.isBeatDue {
                    try await channel.writeAndFlush(WebSocketFrame(fin: true, opcode: .ping, data: ByteBuffer())).get()
                }
                position = batch.position
                hasMore = batch.hasMore
            }
        }
    }

    /// Tells a reader that fell too far behind that it has lost events.
    private func sendGap(_ channel: any NIOCore.Channel) async throws {
        let event = GatewayEvent(
            id: "gap", cursor: core.context.journal.head, kind: .gatewayGap, time: core.context.clock.now,
            line: core.context.lines.first?.id ?? LineID(rawValue: ""), chat: nil,
            snapshot: .gap(reason: "cursor_expired"))
        let item = EventFeed.Item(kind: event.kind, cursor: nil, json: core.context.render(event))
        try await send(text: item.frame, to: channel)
    }

    private func send(text: ByteBuffer, to channel: any NIOCore.Channel) async throws {
        try await channel.writeAndFlush(WebSocketFrame(fin: true, opcode: .text, data: text)).get()
    }
}
