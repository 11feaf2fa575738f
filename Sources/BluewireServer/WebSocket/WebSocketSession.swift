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

    /// Serves a request to its end: refusals are answered, errors end the connection.
    func serve(_ request: WebSocketRequest) async {
        let start: (EventSelection, EventFeed.Position)
        do {
            start = try await authorise(request)
            try core.sockets.enter(start.0.caller, address: request.peer)
        } catch {
            return request.refuse(NativeProblem(error), retryAfter: (error as? RateLimited)?.retryAfter)
        }
        defer { core.sockets.leave(start.0.caller) }
        let reader: LiveReader
        do {
            reader = LiveReader(request.channel, start.0, frames: try await request.accept(liveness))
        } catch {
            return request.refuse(NativeProblem(error))
        }
        var goodbye = WebSocketErrorCode.goingAway
        do {
            try await feed(reader, from: start.1)
        } catch is JournalError {
            goodbye = .unknown(4410)
            try? await sendGap(to: reader)
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

    /// Sends what there is, then leaves the rest to the event loop of the connection as long as that keeps up; waits for
    /// the socket otherwise.
    private func feed(_ reader: LiveReader, from start: EventFeed.Position) async throws {
        var ready = JSONWriter(capacity: 64)
        ready.object { writer in
            writer.member("type", "ready")
            writer.member("cursor", start.cursor.description)
        }
        try await reader.channel.writeAndFlush(
            WebSocketFrame(fin: true, opcode: .text, data: ByteBuffer(bytes: ready.bytes)))
        core.feed.enter()
        defer { core.feed.leave() }
        var position = start
        while true {
            let batch = try await core.feed.next(after: position, for: reader)
            if batch.bytes.readableBytes > 0 { try await reader.writeAndWait(batch.bytes) }
            position = batch.position
            if batch.hasMore { continue }
            guard case .behind(let last) = await core.feed.feed(reader, from: position) else { return }
            position = last
        }
    }

    /// Tells a reader that fell too far behind that it has lost events.
    private func sendGap(to reader: LiveReader) async throws {
        let event = GatewayEvent(
            id: "gap", cursor: core.context.journal.head, kind: .gatewayGap, time: core.context.clock.now,
            line: core.context.lines.first?.id ?? LineID(rawValue: ""), chat: nil,
            snapshot: .gap(reason: "cursor_expired"))
        try await reader.writeAndWait(
            LiveEncoder.encode(event, core.context.render(event), .webSocket, isJournalled: false))
    }
}
