//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel

/// Decides what one webhook gets when.
///
/// Pure: time comes in, actions go out.
///
/// Events of one chat keep their order; at most four chats are in flight. An unreachable receiver opens a breaker (1, 2,
/// 4 … 60 s). An event that keeps failing while the receiver is alive is set aside after five minutes, so that later
/// ones pass, and given up 24 hours after its first failure.
package struct WebhookEndpointStateMachine: Sendable {
    /// The numbers.
    package struct Configuration: Sendable {
        /// How many chats are in flight at most.
        package var maximumInFlight = 4
        /// How many events are held in memory at most.
        package var windowSize = 256
        /// How long an event may hold up its chat while the receiver is alive.
        package var poisonAge: Duration = .seconds(300)
        /// How long after its first failure an event is given up.
        package var giveUpAge: Duration = .seconds(86_400)
        /// The longest pause between tries while an event holds up its chat.
        package var longestPause: Duration = .seconds(60)
        /// The longest pause between tries of an event that was set aside.
        package var longestAsidePause: Duration = .seconds(6 * 3600)
        /// The longest pause a receiver may ask for.
        package var longestRequestedPause: Duration = .seconds(3600)

        /// The defaults.
        package init() {}
    }

    /// An event on its way.
    package struct Item: Hashable, Sendable {
        /// Its place in the journal.
        package var sequence: Int64
        /// What must keep its order: the chat, else the line.
        package var lane: String
        /// How often it was tried.
        package var attempts = 0
        /// When it failed first.
        package var firstFailedAt: Timestamp?
        /// When it may be tried again.
        package var nextAt: Timestamp?
        /// Whether the receiver answered the last try, with a refusal.
        package var wasRejected = false
        /// Since when it fails although the receiver is alive.
        package var blamedSince: Timestamp?
        /// The last HTTP status.
        package var status: Int?
        /// Why the last try failed.
        package var error: String?

        /// An item that was not tried yet.
        package init(sequence: Int64, lane: String) {
            self.sequence = sequence
            self.lane = lane
        }
    }

    /// How a try ended.
    package enum Outcome: Hashable, Sendable {
        /// The receiver took it.
        case delivered(status: Int)
        /// The receiver is alive and refused this event.
        case rejected(status: Int, retryAfter: Duration?)
        /// The receiver cannot be reached, or asks for a pause.
        case unavailable(reason: String, status: Int?, retryAfter: Duration?)
        /// The receiver wants no events any more (410).
        case gone

        var isDelivered: Bool { if case .delivered = self { true } else { false } }
    }

    /// What the shell has to do.
    package enum Action: Hashable, Sendable {
        /// Post the event and report the outcome.
        case post(Item)
        /// Note that the event is being retried.
        case retry(Item)
        /// Note that the event was delivered.
        case delivered(Item)
        /// Note that the event was set aside.
        case setAside(Item)
        /// Note that the event was given up.
        case giveUp(Item)
        /// Pause the webhook.
        case pause(reason: String)
    }

    private enum Breaker: Hashable {
        case closed
        case open(until: Timestamp, step: Int)
        case probing(sequence: Int64, step: Int)
    }

    private let configuration: Configuration
    private var lanes: [String: [Item]] = [:]
    /// Lanes that hold something, the one that waited longest first.
    private var turn: [String] = []
    private var busyLanes: Set<String> = []
    private var aside: [Int64: Item] = [:]
    private var busyAside: Set<Int64> = []
    private var breaker = Breaker.closed
    private var lastSuccessAt: Timestamp?
    /// Events that found no receiver since the last success: when there are several, the receiver is down.
    private var unanswered: Set<Int64> = []
    private var held = 0
    private var isPaused = false
    /// The newest place in the journal that was looked at.
    package private(set) var scanned: Int64

    /// A machine that goes on after `cursor`.
    package init(after cursor: Int64, configuration: Configuration = Configuration()) {
        scanned = cursor
        self.configuration = configuration
    }

    /// How many more events it takes.
    package var room: Int { max(0, configuration.windowSize - held) }

    /// Everything up to here is delivered, set aside or given up.
    package var cursor: Int64 {
        let oldest = lanes.values.lazy.compactMap(\.first?.sequence).min()
        return oldest.map { $0 - 1 } ?? scanned
    }

    /// Whether nothing waits or is under way.
    package var isIdle: Bool { held == 0 && aside.isEmpty }

    /// Takes an event that waits for its turn.
    package mutating func enqueue(_ item: Item) {
        scanned = max(scanned, item.sequence)
        if lanes[item.lane] == nil { turn.append(item.lane) }
        lanes[item.lane, default: []].append(item)
        held += 1
    }

    /// Takes an event that was set aside before a restart.
    package mutating func enqueueAside(_ item: Item) { aside[item.sequence] = item }

    /// Notes that there is nothing for this webhook up to `sequence`.
    package mutating func skip(through sequence: Int64) { scanned = max(scanned, sequence) }

    /// What can be started now, and which events are set aside now.
    package mutating func next(at now: Timestamp) -> [Action] {
        guard !isPaused else { return [] }
        var actions = setAsidePoison(at: now)
        switch breaker {
        case .probing:
            return actions
        case .open(let until, let step):
            guard until <= now, let item = takeProbe(at: now) else { return actions }
            breaker = .probing(sequence: item.sequence, step: step)
            actions.append(.post(item))
        case .closed:
            while busyLanes.count + busyAside.count < configuration.maximumInFlight, let item = take(at: now) {
                actions.append(.post(item))
            }
        }
        return actions
    }

    /// When ``next(at:)`` has something to do without anything else happening; nil when never.
    package func nextWake(at now: Timestamp) -> Timestamp? {
        guard !isPaused else { return nil }
        let poison = lanes.values.compactMap { lane in
            lane.first.flatMap { busyLanes.contains($0.lane) ? nil : poisonTime($0) }
        }.min()
        switch breaker {
        case .probing:
            return poison
        case .open(let until, _):
            let hasWork =
                lanes.keys.contains { !busyLanes.contains($0) } || aside.keys.contains { !busyAside.contains($0) }
            return [hasWork ? until : nil, poison].compactMap(\.self).min()
        case .closed:
            guard busyLanes.count + busyAside.count < configuration.maximumInFlight else { return poison }
            let heads = lanes.values.compactMap { lane in
                lane.first.flatMap { busyLanes.contains($0.lane) ? nil : ($0.nextAt ?? now) }
            }
            let due = aside.values.compactMap { busyAside.contains($0.sequence) ? nil : ($0.nextAt ?? now) }
            return (heads + due + [poison].compactMap(\.self)).min()
        }
    }

    /// Notes how a try of the event at `sequence` in `lane` ended.
    package mutating func finished(
        _ sequence: Int64, lane: String, _ outcome: Outcome, at now: Timestamp
    ) -> [Action] {
        let isAside = busyAside.remove(sequence) != nil
        if !isAside { busyLanes.remove(lane) }
        guard var item = isAside ? aside[sequence] : lanes[lane]?.first, item.sequence == sequence else { return [] }
        item.attempts += 1
        let probeStep: Int? = if case .probing(sequence, let step) = breaker { step } else { nil }
        switch outcome {
        case .delivered(let status):
            item.status = status
            item.error = nil
            lastSuccessAt = now
            unanswered.removeAll()
            breaker = .closed
            remove(item, isAside: isAside)
            return [.delivered(item)]
        case .gone:
            isPaused = true
            return [.pause(reason: "gone")]
        case .rejected(let status, let retryAfter):
            breaker = probeStep != nil ? .closed : breaker
            item.wasRejected = true
            item.blamedSince = item.blamedSince ?? now
            item.status = status
            item.error = "http_\(status)"
            return failed(item, isAside: isAside, asked: retryAfter, at: now)
        case .unavailable(let reason, let status, let retryAfter):
            item.wasRejected = false
            item.status = status
            item.error = reason
            blame(&item, at: now)
            openBreaker(after: probeStep, asked: retryAfter, at: now)
            return failed(item, isAside: isAside, asked: nil, at: now)
        }
    }

    // MARK: Failing

    private mutating func openBreaker(after probeStep: Int?, asked: Duration?, at now: Timestamp) {
        let step: Int
        switch (breaker, probeStep) {
        case (_, let probed?): step = probed + 1
        case (.closed, nil): step = 0
        // A straggler of before; the breaker is open already.
        default: return
        }
        let pause = Duration.seconds(min(60, 1 << min(step, 6)))
        let requested = min(asked ?? .zero, configuration.longestRequestedPause)
        breaker = .open(until: now + max(pause, requested), step: step)
    }

    private mutating func failed(_ failedItem: Item, isAside: Bool, asked: Duration?, at now: Timestamp) -> [Action] {
        var item = failedItem
        let first = item.firstFailedAt ?? now
        item.firstFailedAt = first
        let age = now - first
        if age >= configuration.giveUpAge {
            remove(item, isAside: isAside)
            return [.giveUp(item)]
        }
        // 1, 2, 4 … 60 s; set aside, the pause doubles the age. The last try comes exactly when the time is up.
        let pause =
            isAside
            ? max(configuration.poisonAge, min(age, configuration.longestAsidePause))
            : min(.seconds(1 << min(item.attempts - 1, 6)), configuration.longestPause)
        let requested = min(asked ?? .zero, configuration.longestRequestedPause)
        item.nextAt = min(now + max(pause, requested), first + configuration.giveUpAge)
        if isAside {
            aside[item.sequence] = item
            return [.setAside(item)]
        }
        lanes[item.lane]?[0] = item
        if isPoison(item, at: now) {
            moveAside(item, at: now)
            return [.setAside(aside[item.sequence] ?? item)]
        }
        return [.retry(item)]
    }

    /// Blames an event that found no receiver, if others were taken since its first try and none fails with it.
    private mutating func blame(_ item: inout Item, at now: Timestamp) {
        unanswered.insert(item.sequence)
        let othersPassed = item.firstFailedAt.flatMap { first in lastSuccessAt.map { $0 > first } } ?? false
        item.blamedSince = othersPassed && unanswered.count == 1 ? item.blamedSince ?? now : nil
    }

    /// From when on the item counts as poison if nothing changes; nil when the receiver may just be down.
    ///
    /// What failed while the receiver was down is tried again first, however long that lasted: its chat keeps its order.
    private func poisonTime(_ item: Item) -> Timestamp? {
        guard item.wasRejected || unanswered == [item.sequence] else { return nil }
        return item.blamedSince.map { $0 + configuration.poisonAge }
    }

    private func isPoison(_ item: Item, at now: Timestamp) -> Bool {
        poisonTime(item).map { $0 <= now } ?? false
    }

    private mutating func setAsidePoison(at now: Timestamp) -> [Action] {
        var actions: [Action] = []
        for lane in turn where !busyLanes.contains(lane) {
            guard let item = lanes[lane]?.first, isPoison(item, at: now) else { continue }
            moveAside(item, at: now)
            actions.append(.setAside(aside[item.sequence] ?? item))
        }
        return actions
    }

    private mutating func moveAside(_ item: Item, at now: Timestamp) {
        remove(item, isAside: false)
        var moved = item
        moved.nextAt = max(item.nextAt ?? now, now + configuration.poisonAge)
        aside[moved.sequence] = moved
    }

    // MARK: Choosing

    private mutating func take(at now: Timestamp) -> Item? {
        for (index, lane) in turn.enumerated() where !busyLanes.contains(lane) {
            guard let item = lanes[lane]?.first, item.nextAt ?? now <= now else { continue }
            turn.remove(at: index)
            turn.append(lane)
            busyLanes.insert(lane)
            return item
        }
        let due = aside.values.filter { !busyAside.contains($0.sequence) && $0.nextAt ?? now <= now }
        guard let item = due.min(by: { $0.sequence < $1.sequence }) else { return nil }
        busyAside.insert(item.sequence)
        return item
    }

    /// The event that was tried least, so that one that kills the receiver does not hide its recovery.
    private mutating func takeProbe(at now: Timestamp) -> Item? {
        let heads = turn.filter { !busyLanes.contains($0) }.compactMap { lanes[$0]?.first }
        if let item = heads.min(by: { ($0.attempts, $0.sequence) < ($1.attempts, $1.sequence) }) {
            busyLanes.insert(item.lane)
            return item
        }
        let due = aside.values.filter { !busyAside.contains($0.sequence) && $0.nextAt ?? now <= now }
        guard let item = due.min(by: { $0.sequence < $1.sequence }) else {
            // Nothing to probe with: the next event finds out.
            breaker = .closed
            return nil
        }
        busyAside.insert(item.sequence)
        return item
    }

    private mutating func remove(_ item: Item, isAside: Bool) {
        if isAside {
            aside[item.sequence] = nil
            return
        }
        held -= 1
        lanes[item.lane]?.removeFirst()
        if lanes[item.lane]?.isEmpty ?? true {
            lanes[item.lane] = nil
            turn.removeAll { $0 == item.lane }
        }
    }
}
