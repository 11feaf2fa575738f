//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import NIOCore
import Synchronization

/// Feeds the readers of one event loop, all in one turn whenever there is news.
///
/// A turn costs a write for each reader, and what is written is made once for all that want the same. A loop looks at its
/// sockets only when it has nothing else to do, so a turn is followed by a rest as long as the turn was: whatever
/// happens in a turn and the rest after it is one batch of the next, and however many readers there are, they
/// never take more than half of the loop's time from its other connections. Readers whose connection does not take
/// everything at once go back to their own tasks, which wait for it.
final class LoopFanOut: Sendable {
    /// A reader with its position.
    private struct Member {
        let reader: LiveReader
        var position: EventFeed.Position
    }

    private struct State {
        var members: [Member] = []
        var restsUntil = NIODeadline.uptimeNanoseconds(0)
        var isFinished = false
    }

    /// The longest rest, so that a loop that was itself kept waiting does not wait as long again.
    private static let longestRest = TimeAmount.milliseconds(50)

    private let eventLoop: any EventLoop
    private let state: NIOLoopBoundBox<State>
    /// Whether a turn is on its way.
    private let isRung = Atomic(false)

    init(_ eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
        state = .makeBoxSendingValue(State(), eventLoop: eventLoop)
    }

    /// Feeds a reader from `position` on, until it leaves.
    func feed(_ reader: LiveReader, from position: EventFeed.Position, of feed: EventFeed) async -> LiveReader.Departure
    {
        await reader.wait { [self] in
            eventLoop.execute { self.join(Member(reader: reader, position: position), of: feed) }
        }
    }

    /// There may be something new; can be called anywhere.
    func ring(_ feed: EventFeed) {
        guard !isRung.exchange(true, ordering: .acquiringAndReleasing) else { return }
        eventLoop.execute { self.begin(feed) }
    }

    /// Sends all readers away, and later ones at once.
    func finish() {
        eventLoop.execute { [self] in
            state.value.isFinished = true
            let members = state.value.members
            state.value.members = []
            for member in members { member.reader.leave(.ended) }
        }
    }

    // MARK: On the loop

    private func join(_ newcomer: Member, of feed: EventFeed) {
        guard !state.value.isFinished else { return newcomer.reader.leave(.ended) }
        var member = newcomer
        var encoder = LiveEncoder(feed)
        // What came since it read last; whatever comes later rings.
        if serve(&member, &encoder) { state.value.members.append(member) }
    }

    private func begin(_ feed: EventFeed) {
        let restsUntil = state.value.restsUntil
        guard NIODeadline.now() < restsUntil else { return turn(feed) }
        eventLoop.scheduleTask(deadline: restsUntil) { self.turn(feed) }
    }

    private func turn(_ feed: EventFeed) {
        // What happens from here on rings again.
        isRung.store(false, ordering: .releasing)
        let start = NIODeadline.now()
        var encoder = LiveEncoder(feed)
        // Writing may end connections, and whoever is told may come back here: the members are out of reach meanwhile.
        var members = state.value.members
        state.value.members = []
        members = members.compactMap { member in
            var member = member
            return serve(&member, &encoder) ? member : nil
        }
        state.value.members = members + state.value.members
        let end = NIODeadline.now()
        state.value.restsUntil = end + min(end - start, Self.longestRest)
    }

    /// Gives a reader what is new.
    ///
    /// - Returns: whether it stays.
    private func serve(_ member: inout Member, _ encoder: inout LiveEncoder) -> Bool {
        let reader = member.reader
        guard !reader.hasEnded else { return false }
        guard let batch = encoder.newest(after: member.position, for: reader),
            batch.bytes.readableBytes == 0 || reader.channel.isWritable
        else {
            reader.leave(.behind(member.position))
            return false
        }
        if batch.bytes.readableBytes > 0 { reader.write(batch.bytes) }
        member.position = batch.position
        guard !batch.hasMore else {
            reader.leave(.behind(batch.position))
            return false
        }
        return true
    }
}
