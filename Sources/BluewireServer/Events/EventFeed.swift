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

/// Feeds all live readers, and holds what is live only.
///
/// Readers pull from the journal by their own cursors, so nothing is dropped and a slow one holds up nobody; the
/// journal serves its newest events from memory, each rendered once. Whoever is at the head is fed by the event loop
/// of its connection, together with the others there.
package final class EventFeed: Sendable {
    private struct State {
        /// Live events with their numbers.
        var live: [(number: Int, event: GatewayEvent)] = []
        var liveCount = 0
        var beats = 0
        var readerCount = 0
        var fanOuts: [ObjectIdentifier: LoopFanOut] = [:]
        var isFinished = false
    }

    let journal: Journal
    let render: @Sendable (GatewayEvent) -> [UInt8]
    private let state = Mutex(State())

    /// A feed over a journal.
    init(journal: Journal, render: @escaping @Sendable (GatewayEvent) -> [UInt8]) {
        self.journal = journal
        self.render = render
    }

    /// Where a reader stands.
    struct Position: Hashable, Sendable {
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
        for fanOut in state.withLock({ Array($0.fanOuts.values) }) { fanOut.ring(self) }
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
        let fanOuts = state.withLock { state in
            state.isFinished = true
            return Array(state.fanOuts.values)
        }
        for fanOut in fanOuts { fanOut.finish() }
    }

    /// The live events after a position, with their numbers, and where they lead.
    func live(after position: Position) -> (events: [(number: Int, event: GatewayEvent)], position: Position) {
        state.withLock { state in
            (
                state.live.filter { $0.number > position.liveCount },
                Position(cursor: position.cursor, liveCount: state.liveCount, beats: state.beats)
            )
        }
    }

    /// What lies after `position`, and where that leads; also where it has to be read from disk.
    ///
    /// - Throws: `JournalError` `.expired` when the reader fell behind what the journal keeps.
    func next(after position: Position, for reader: LiveReader) async throws(JournalError) -> LiveEncoder.Batch {
        let page = try await journal.page(after: position.cursor, limit: LiveEncoder.pageLimit)
        var encoder = LiveEncoder(self)
        return encoder.batch(of: page, after: position, reader.selection, reader.form)
    }

    /// Feeds a reader that has seen everything up to `position`, until its connection holds it up or it ends.
    func feed(_ reader: LiveReader, from position: Position) async -> LiveReader.Departure {
        let fanOut: LoopFanOut? = state.withLock { state in
            guard !state.isFinished else { return nil }
            let eventLoop = reader.channel.eventLoop
            let known = state.fanOuts[ObjectIdentifier(eventLoop)]
            let fanOut = known ?? LoopFanOut(eventLoop)
            state.fanOuts[ObjectIdentifier(eventLoop)] = fanOut
            return fanOut
        }
        guard let fanOut else { return .ended }
        return await fanOut.feed(reader, from: position, of: self)
    }

    /// Counts a reader; to be undone with ``leave()``.
    func enter() { count(1) }

    /// A reader has ended.
    func leave() { count(-1) }

    private func count(_ difference: Int) {
        state.withLock { state in
            state.readerCount += difference
            GatewayMetrics.liveReaders.set(Int64(state.readerCount))
        }
    }

    /// How many readers there are now.
    package var readerCount: Int { state.withLock { $0.readerCount } }
}
