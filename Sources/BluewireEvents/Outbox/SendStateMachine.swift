//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel
package import BluewireState

/// Every decision about one send; pure.
///
/// Methods change the progress and return what the shell has to do about it.
///
/// The invariants: only ``dispatch(floor:endsAtSent:now:)`` asks for a hand-over, and only from *queued*; a send
/// returns to *queued* by itself only when the transport proved that nothing was handed over; *unknown* leaves to
/// *landed* or *failed*, and to *queued* only when the caller asks.
package struct SendStateMachine: Hashable, Sendable {
    /// The state and its times.
    package private(set) var progress: SendProgress
    /// The times that decide.
    package var timing: Timing

    /// A machine that continues from `progress`.
    package init(_ progress: SendProgress, timing: Timing = Timing()) {
        self.progress = progress
        self.timing = timing
    }

    /// What the shell has to do after a change.
    ///
    /// Everything but ``none`` includes storing the progress first.
    package enum Action: Hashable, Sendable {
        /// Nothing changed.
        case none
        /// Store.
        case store
        /// Store and publish the new state.
        case publish
        /// Store, publish, and only then hand the intent to a transport.
        case perform
    }

    /// Why a transport did not take a send.
    package enum Refusal: Hashable, Sendable {
        /// Proven: nothing was handed over.
        case unreachable(Send.Failure)
        /// Refused for good; nothing was handed over.
        case rejected(Send.Failure)
        /// It may or may not have been handed over.
        case ambiguous(Send.Failure)
    }

    /// The times that decide what happens to a send.
    package struct Timing: Hashable, Sendable {
        /// The first pause after a refusal; doubles each time.
        package var firstPause: Duration = .seconds(1)
        /// The longest pause.
        package var longestPause: Duration = .seconds(60)
        /// A send that could not be handed over for this long fails.
        package var queueLimit: Duration = .seconds(24 * 3600)
        /// A row has to be seen this long after a transport took the send; else it is unknown.
        package var landingLimit: Duration = .seconds(10)
        /// How long an unknown send is looked for actively.
        package var activeSearch: Duration = .seconds(90)
        /// How long the row of an unknown send is recognised when it appears.
        package var passiveSearch: Duration = .seconds(24 * 3600)
        /// How long an unknown send holds later ones of its chat.
        package var holdLimit: Duration = .seconds(30)

        /// The defaults.
        package init() {}
    }

    // MARK: Going out

    /// The transport is about to be asked; `floor` is the newest row of the store at this moment.
    package mutating func dispatch(floor: RowID, endsAtSent: Bool, now: Timestamp) -> Action {
        guard progress.state == .queued, isDue(at: now) else { return .none }
        progress.state = .dispatched
        progress.attempts += 1
        progress.failure = nil
        progress.message = nil
        progress.rows = []
        progress.notBefore = nil
        progress.dispatchedAt = now
        progress.acceptedAt = nil
        progress.unknownAt = nil
        progress.floor = floor
        progress.endsAtSent = endsAtSent
        return .perform
    }

    /// The transport of attempt `attempt` took it; `message` when it is sure of the row's GUID.
    package mutating func accepted(attempt: Int, message: MessageID?, now: Timestamp) -> Action {
        guard attempt == progress.attempts, progress.acceptedAt == nil else { return .none }
        switch progress.state {
        case .dispatched, .unknown:
            progress.acceptedAt = now
            guard let message else { return .store }
            return observed(
                SendRow(message: message, pieces: Array(progress.pieces.indices), status: nil, errorCode: 0), now: now)
        case .landed, .sent, .delivered, .read, .failed:
            // The row was faster than the transport's answer.
            progress.acceptedAt = now
            return .store
        default: return .none
        }
    }

    /// The transport of attempt `attempt` did not take it, or cannot say.
    package mutating func refused(attempt: Int, _ refusal: Refusal, now: Timestamp) -> Action {
        guard attempt == progress.attempts, progress.acceptedAt == nil else { return .none }
        switch (progress.state, refusal) {
        case (.dispatched, .unreachable(let failure)) where progress.rows.isEmpty:
            return requeue(failure, now: now)
        case (.dispatched, .rejected(let failure)) where progress.rows.isEmpty,
            (.unknown, .unreachable(let failure)) where progress.rows.isEmpty,
            (.unknown, .rejected(let failure)) where progress.rows.isEmpty:
            return fail(failure)
        case (.dispatched, .ambiguous(let failure)), (.dispatched, .unreachable(let failure)),
            (.dispatched, .rejected(let failure)):
            // With a row in the store even a proof to the contrary is none.
            return becomeUnknown(failure, now: now)
        default: return .none
        }
    }

    /// It can never go out: its recipient, line or transport is gone.
    ///
    /// Nothing was handed over.
    package mutating func impossible(_ failure: Send.Failure) -> Action {
        guard progress.state == .queued else { return .none }
        return fail(failure)
    }

    /// It cannot go out now, before any transport was asked; tried again after a pause.
    package mutating func postponed(_ failure: Send.Failure, now: Timestamp) -> Action {
        guard progress.state == .queued, isDue(at: now) else { return .none }
        pause(now: now)
        progress.failure = failure
        return .store
    }

    /// The process that was handing it over is gone without a result.
    package mutating func interrupted(now: Timestamp) -> Action {
        guard progress.state == .dispatched, progress.acceptedAt == nil else { return .none }
        return becomeUnknown(
            Send.Failure(
                code: "interrupted",
                remedy: "The gateway stopped while sending. Look at the chat; retry only if it is not there."),
            now: now)
    }

    // MARK: The caller

    /// The caller wants it again, whatever happened before.
    package mutating func retry(now: Timestamp) -> Action {
        guard progress.state == .failed || progress.state == .unknown else { return .none }
        progress.state = .queued
        progress.queuedAt = now
        progress.notBefore = nil
        progress.refusals = 0
        progress.failure = nil
        progress.message = nil
        progress.rows = []
        progress.dispatchedAt = nil
        progress.acceptedAt = nil
        progress.unknownAt = nil
        progress.floor = nil
        progress.isOpen = true
        return .publish
    }

    /// The caller does not want it any more; possible only while it is queued.
    package mutating func cancel() -> Action {
        guard progress.state == .queued else { return .none }
        progress.state = .cancelled
        progress.isOpen = false
        return .publish
    }

    // MARK: The store

    /// A row of the store carries some of its pieces, or a row it already has changed.
    package mutating func observed(_ row: SendRow, now: Timestamp) -> Action {
        guard [.dispatched, .unknown, .landed, .sent, .delivered].contains(progress.state) else { return .none }
        let before = progress
        if let index = progress.rows.firstIndex(where: { $0.message == row.message }) {
            progress.rows[index].status = row.status ?? progress.rows[index].status
            progress.rows[index].errorCode = row.errorCode
        } else {
            guard isAwaitingRows else { return .none }
            progress.rows.append(row)
        }
        if let failed = progress.rows.first(where: { $0.errorCode != 0 }), progress.state != .delivered {
            progress.message = progress.message ?? failed.message
            return fail(AppleError.failure(failed.errorCode))
        }
        if progress.state == .dispatched || progress.state == .unknown, missingPieces.isEmpty {
            progress.state = .landed
            progress.failure = nil
            progress.message = progress.rows.first?.message
            progress.isOpen = false
        }
        advance()
        if progress.state != before.state { return .publish }
        return progress == before ? .none : .store
    }

    /// A row without chat and text appeared in its place: Messages took it and it went nowhere.
    package mutating func ghost(_ message: MessageID) -> Action {
        switch progress.state {
        case .dispatched, .unknown, .landed:
            progress.message = message
            return fail(
                Send.Failure(
                    code: "ghost",
                    remedy:
                        "Messages made a row without a chat, so nobody got it. Open the chat in Messages, then retry."
                ))
        default: return .none
        }
    }

    // MARK: Time

    /// Time passed; call it at ``deadline``.
    package mutating func tick(now: Timestamp) -> Action {
        switch progress.state {
        case .queued where now >= queueStart + timing.queueLimit:
            return fail(
                Send.Failure(
                    code: "expired", remedy: "It could not be handed over for a day. Check the line, then retry."))
        case .dispatched:
            guard let acceptedAt = progress.acceptedAt, now >= acceptedAt + timing.landingLimit else { return .none }
            return becomeUnknown(
                Send.Failure(
                    code: "not_seen",
                    remedy: "Messages took it but no row appeared. Look at the chat; retry only if it is not there."),
                now: now)
        case .unknown where progress.isOpen:
            guard let since = progress.unknownAt, now >= since + timing.passiveSearch else { return .none }
            progress.isOpen = false
            return .store
        default: return .none
        }
    }

    /// When something is to be decided by time alone; nil for never.
    package var deadline: Timestamp? {
        switch progress.state {
        case .queued:
            let limit = queueStart + timing.queueLimit
            let due = [progress.scheduledAt, progress.notBefore].compactMap(\.self).max()
            return min(due ?? limit, limit)
        case .dispatched: return progress.acceptedAt.map { $0 + timing.landingLimit }
        case .unknown: return progress.isOpen ? progress.unknownAt.map { $0 + timing.passiveSearch } : nil
        default: return nil
        }
    }

    /// Whether a queued send may be handed over now.
    package func isDue(at now: Timestamp) -> Bool {
        guard progress.state == .queued, (progress.scheduledAt ?? now) <= now else { return false }
        guard let notBefore = progress.notBefore else { return true }
        // A pause that lies further ahead than any pause can be was set before the clock went back.
        return notBefore <= now || notBefore > now + timing.longestPause
    }

    /// Whether later sends of the chat have to wait.
    package func holdsLaterSends(at now: Timestamp) -> Bool {
        switch progress.state {
        case .queued: return (progress.scheduledAt ?? now) <= now
        case .dispatched: return true
        case .unknown:
            guard let since = progress.unknownAt else { return false }
            return since <= now ? now < since + timing.holdLimit : now + timing.holdLimit >= since
        default: return false
        }
    }

    /// Whether the store is to be asked for its rows, besides waiting for them.
    package func isSearching(at now: Timestamp) -> Bool {
        switch progress.state {
        case .dispatched: return progress.acceptedAt != nil
        case .unknown:
            guard progress.isOpen, let since = progress.unknownAt else { return false }
            return now < since + timing.activeSearch
        default: return false
        }
    }

    /// Whether a row not seen before may still be one of its rows.
    package var isAwaitingRows: Bool {
        (progress.state == .dispatched || progress.state == .unknown) && !missingPieces.isEmpty
    }

    /// The indexes of the pieces no row has carried so far.
    package var missingPieces: [Int] {
        let seen = Set(progress.rows.flatMap(\.pieces))
        return progress.pieces.indices.filter { !seen.contains($0) }
    }

    // MARK: Steps

    /// Since when it could have gone out; a scheduled send does not expire while it waits for its time.
    private var queueStart: Timestamp { max(progress.queuedAt, progress.scheduledAt ?? progress.queuedAt) }

    /// Moves forward to where all its rows are.
    private mutating func advance() {
        guard progress.state == .landed || progress.state == .sent || progress.state == .delivered else { return }
        let rank = progress.rows.map { Self.rank($0.status) }.min() ?? 0
        let reached = progress.endsAtSent ? min(rank, 1) : rank
        let states: [Send.State] = [.landed, .sent, .delivered, .read]
        guard let current = states.firstIndex(of: progress.state), reached > current else { return }
        progress.state = states[reached]
    }

    private static func rank(_ status: Message.Status?) -> Int {
        switch status {
        case .some(.sent): 1
        case .some(.delivered): 2
        case .some(.read): 3
        default: 0
        }
    }

    private mutating func fail(_ failure: Send.Failure) -> Action {
        progress.state = .failed
        progress.failure = failure
        progress.isOpen = false
        return .publish
    }

    private mutating func becomeUnknown(_ failure: Send.Failure, now: Timestamp) -> Action {
        progress.state = .unknown
        progress.failure = failure
        progress.unknownAt = now
        return .publish
    }

    private mutating func requeue(_ failure: Send.Failure, now: Timestamp) -> Action {
        guard now < queueStart + timing.queueLimit else { return fail(failure) }
        progress.state = .queued
        progress.failure = failure
        progress.dispatchedAt = nil
        progress.floor = nil
        pause(now: now)
        return .publish
    }

    private mutating func pause(now: Timestamp) {
        let pause = min(timing.firstPause * (1 << min(progress.refusals, 10)), timing.longestPause)
        progress.refusals += 1
        progress.notBefore = now + pause
    }
}
