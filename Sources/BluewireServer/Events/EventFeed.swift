//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireEvents
import BluewireModel
import BluewireState
import BluewireTransport
import NIOCore
import Synchronization

/// Wakes all live readers, and holds what is live only.
///
/// Readers pull from the journal by their own cursors, so nothing is dropped and a slow one holds up nobody; the
/// journal serves its newest events from memory, each rendered once.
package final class EventFeed: Sendable {
    private struct State {
        /// Live events with their numbers.
        var live: [(number: Int, event: GatewayEvent)] = []
        var liveCount = 0
        var beats = 0
        var readers: [Int: AsyncStream<Void>.Continuation] = [:]
        var nextReader = 0
        var isFinished = false
    }

    private let journal: Journal
    private let render: @Sendable (GatewayEvent) -> [UInt8]
    private let state = Mutex(State())

    /// A feed over a journal.
    init(journal: Journal, render: @escaping @Sendable (GatewayEvent) -> [UInt8]) {
        self.journal = journal
        self.render = render
    }

    /// An event in its wire form.
    struct Item: Sendable {
        let kind: GatewayEvent.Kind
        /// Where to resume after it; nil when it is not journalled.
        let cursor: Cursor?
        /// The event's JSON object.
        let json: [UInt8]

        /// The text of a WebSocket frame: the object with its type in front.
        var frame: ByteBuffer {
            var buffer = ByteBuffer()
            buffer.reserveCapacity(json.count + 16)
            buffer.writeStaticString(#"{"type":"event","#)
            buffer.writeBytes(json.dropFirst())
            return buffer
        }

        /// The text of a server-sent event.
        var serverSent: ByteBuffer {
            var buffer = ByteBuffer()
            buffer.reserveCapacity(json.count + 96)
            if let cursor { buffer.writeString("id: \(cursor)\n") }
            buffer.writeString("event: \(kind)\ndata: ")
            buffer.writeBytes(json)
            buffer.writeStaticString("\n\n")
            return buffer
        }
    }

    /// What a reader has not seen yet.
    struct Batch: Sendable {
        /// Journalled events, then live ones.
        var items: [Item] = []
        /// Where the reader stands now.
        var position: Position
        /// Whether there is more to read at once.
        var hasMore = false
        /// Whether a heartbeat is due.
        var isBeatDue = false
    }

    /// Where a reader stands.
    struct Position: Sendable {
        var cursor: Cursor
        var liveCount: Int
        var beats: Int
    }

    /// The position after everything so far, or after `cursor`.
    func position(after cursor: Cursor? = nil) -> Position {
        state.withLock { Position(cursor: cursor ?? journal.head, liveCount: $0.liveCount, beats: $0.beats) }
    }

    /// Wakes readers whenever the journal has something new, until cancelled.
    func follow() async {
        // A bell nobody rings is waited for until the task is cancelled.
        await journal.withListener(isUrgent: true, { [self] in wake() }) { await Bell().wait() }
    }

    /// There are new events in the journal.
    func wake() {
        // Outside the lock, which the first reader that runs wants at once.
        for reader in state.withLock({ Array($0.readers.values) }) { reader.yield() }
    }

    /// Hands a live event to whoever reads now.
    func publishLive(_ event: GatewayEvent) {
        state.withLock { state in
            state.liveCount += 1
            state.live.append((state.liveCount, event))
            if state.live.count > 64 { state.live.removeFirst() }
        }
        wake()
    }

    /// A heartbeat is due.
    func beat() {
        state.withLock { $0.beats += 1 }
        wake()
    }

    /// Ends all readers; later ones end at once.
    func finish() {
        state.withLock { state in
            state.isFinished = true
            for reader in state.readers.values { reader.finish() }
            state.readers = [:]
        }
    }

    /// What lies after `position`, and where that leads.
    ///
    /// - Throws: `JournalError` `.expired` when the reader fell behind what the journal keeps.
    func next(after position: Position, _ selection: EventSelection) async throws(JournalError) -> Batch {
        let page = try await journal.page(after: position.cursor, limit: 200)
        var batch = Batch(position: position)
        batch.position.cursor = page.next
        batch.hasMore = !page.isAtHead
        for entry in page.entries where selection.includes(entry.event) {
            batch.items.append(
                Item(kind: entry.event.kind, cursor: entry.event.cursor, json: entry.rendered(by: render)))
        }
        guard page.isAtHead else { return batch }
        let (live, liveCount, beats) = state.withLock { state in
            (state.live.filter { $0.number > position.liveCount }.map(\.event), state.liveCount, state.beats)
        }
        for event in live where selection.includes(event) {
            batch.items.append(Item(kind: event.kind, cursor: nil, json: render(event)))
        }
        batch.position.liveCount = liveCount
        batch.isBeatDue = beats > position.beats
        batch.position.beats = beats
        return batch
    }

    /// Wake-ups for one reader; the first comes at once.
    ///
    /// The reader stops them when it ends.
    func subscribe() -> Subscription {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let number: Int? = state.withLock { state in
            guard !state.isFinished else { return nil }
            state.nextReader += 1
            state.readers[state.nextReader] = continuation
            GatewayMetrics.liveReaders.set(Int64(state.readers.count))
            return state.nextReader
        }
        if number == nil { continuation.finish() } else { continuation.yield() }
        return Subscription(wakeUps: stream) { [self] in
            continuation.finish()
            guard let number else { return }
            state.withLock { state in
                state.readers[number] = nil
                GatewayMetrics.liveReaders.set(Int64(state.readers.count))
            }
        }
    }

    /// The wake-ups of one reader.
    struct Subscription: Sendable {
        /// Yields when there may be something new; several reasons may be one wake-up.
        let wakeUps: AsyncStream<Void>
        /// Ends the wake-ups.
        let stop: @Sendable () -> Void
    }

    /// How many readers wait now.
    package var readerCount: Int { state.withLock { $0.readers.count } }
}
