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
    static let routes: [Route] = [
        .get(
            "/v1/events", .scope(.read), "Live events (server-sent events, or a WebSocket), from a cursor or from now."
        ) {
            call in
            var selection = EventSelection(
                kinds: EventSelection.kinds(call.query("types")), chat: nil, caller: try call.principal())
            if let reference = call.query("chat"), !reference.isEmpty {
                selection.chat = try await call.chat(reference).id
            }
            let text = call.request.headers[.lastEventID] ?? call.query("cursor")
            let start = try text.map { try call.context.journal.cursor(from: $0) }
            return stream(call.server.feed, selection, from: call.server.feed.position(after: start))
        }
    ]

    /// Writes what is new at each wake-up; waiting for the socket paces a slow client, and nothing is dropped.
    private static func stream(
        _ feed: EventFeed, _ selection: EventSelection, from start: EventFeed.Position
    ) -> Response {
        Response(
            status: .ok, headers: [.contentType: "text/event-stream", .cacheControl: "no-store"],
            body: ResponseBody { writer in
                let subscription = feed.subscribe()
                defer { subscription.stop() }
                var position = start
                // An id without data dispatches nothing; a client that is cut off before the first event resumes here.
                try await writer.write(ByteBuffer(string: ": ready\nid: \(start.cursor)\nretry: 1000\n\n"))
                reading: for await _ in subscription.wakeUps {
                    var hasMore = true
                    while hasMore {
                        // A client that fell behind what is kept asks again, and is told then.
                        guard let batch = try? await feed.next(after: position, selection) else { break reading }
                        for item in batch.items { try await writer.write(item.serverSent) }
                        if batch.items.isEmpty, batch.isBeatDue {
                            try await writer.write(ByteBuffer(string: ": still here\n\n"))
                        }
                        position = batch.position
                        hasMore = batch.hasMore
                    }
                }
                try await writer.finish(nil)
            })
    }
}
