//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import BluewireState
import BluewireWire
import HTTPTypes
import Hummingbird
import NIOCore

/// Live events as server-sent events; a WebSocket on the same path is taken before the router sees it.
enum EventRoutes {
    static let routes = [follow]

    private static let follow = Route.raw(
        .get, "/v1/events", "followEvents", .scope(.messagesRead),
        "Live events (server-sent events, or a WebSocket on the same path), from a cursor or from now.",
        answers: [
            .events("Events in order; `id` is the cursor, `event` the kind, `data` an `Event`.")
        ]
    ) { call in
        var selection = EventSelection(
            kinds: EventSelection.list(call.query("types")), lines: EventSelection.list(call.query("line")),
            caller: try call.principal())
        if let reference = call.query("chat"), !reference.isEmpty {
            selection.chat = try await call.chat(reference).id
        }
        let text = call.request.headers[.lastEventID] ?? call.query("cursor")
        let start = try text.map { try call.context.journal.cursor(from: $0) }
        guard let channel = call.requestContext.channel else { throw NativeProblem.unexpected }
        return stream(
            call.server.feed, to: LiveReader(channel, selection), from: call.server.feed.position(after: start),
            ends: call.query("follow") == "false")
    }.detail("With `follow=false` the answer ends at the newest event, for clients that poll.")
        .query(
            .cursor, .text("types", "Only these kinds, separated by commas.", "message.created,send.updated"),
            .text("chat", "Only this chat, by any of its names.", "ch_7mcmixolqbllaxwc"),
            .text("line", "Only these lines, separated by commas.", "mac"),
            .flag("follow", "Whether to wait for more at the end; true when absent.", false)
        ).headers(.lastEventID).problems(.cursorExpired, .tooManySockets)

    /// Writes what there is, then leaves the rest to the event loop of the connection as long as that keeps up; waiting
    /// for the socket paces a slow client, and nothing is dropped.
    private static func stream(
        _ feed: EventFeed, to reader: LiveReader, from start: EventFeed.Position, ends: Bool
    ) -> Response {
        Response(
            status: .ok, headers: [.contentType: "text/event-stream", .cacheControl: "no-store"],
            body: ResponseBody { writer in
                // An id without data dispatches nothing; a client that is cut off before the first event resumes here.
                try await writer.write(ByteBuffer(string: ": ready\nid: \(start.cursor)\nretry: 1000\n\n"))
                feed.enter()
                defer { feed.leave() }
                var position = start
                // A client that fell behind what is kept asks again, and is told then.
                while let batch = try? await feed.next(after: position, for: reader) {
                    if batch.bytes.readableBytes > 0 { try await writer.write(batch.bytes) }
                    position = batch.position
                    if batch.hasMore { continue }
                    guard !ends, case .behind(let last) = await feed.feed(reader, from: position) else { break }
                    position = last
                }
                try await writer.finish(nil)
            })
    }
}

extension QueryItem {
    /// A position in the journal.
    static let cursor = QueryItem(
        name: "cursor", summary: "Everything after this cursor; from now on when absent.",
        schema: .string(.pattern("^[0-9a-z]{1,16}-[0-9]{1,18}$")), example: "3kx9-120034"
    ) { Cursor($0) != nil }
}
