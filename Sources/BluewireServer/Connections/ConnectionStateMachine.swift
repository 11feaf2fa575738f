//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import NIOCore

/// What a connection is doing, and until when it may.
///
/// Pure: the handler around it reads the clock and closes.
struct ConnectionStateMachine {
    private enum Phase: Equatable {
        /// A head is on its way; after connecting it is awaited at once.
        case arriving(since: NIODeadline, hasBytes: Bool)
        /// Between requests.
        case resting(since: NIODeadline)
        /// So many requests are being received or answered.
        case working(Int)
        /// It has become a WebSocket, which watches itself.
        case socket
        case closing
    }

    /// What to do when a timer fires.
    enum Verdict: Equatable {
        /// Look again then.
        case wait(until: NIODeadline)
        /// Nothing has a time limit now.
        case sleep
        /// The head did not come in time; say so.
        case tooSlow
        /// Close without a word: nothing was asked.
        case close
    }

    private let head: TimeAmount
    private let idle: TimeAmount
    private var phase: Phase
    /// HTTP/2: frames come between requests that are no requests, and there is more than one request at a time.
    private(set) var isMultiplexed = false

    init(_ times: ConnectionTimes, at now: NIODeadline) {
        head = TimeAmount(times.head)
        idle = TimeAmount(times.idle)
        phase = .arriving(since: now, hasBytes: false)
    }

    /// Whether it could be closed without hurting anybody.
    var isIdle: Bool {
        switch phase {
        case .arriving, .resting: true
        case .working, .socket, .closing: false
        }
    }

    var isClosing: Bool { phase == .closing }

    /// Whether a head has begun to arrive and is not complete, so that a timer is needed now.
    var isArriving: Bool { if case .arriving = phase { true } else { false } }

    mutating func bytesArrived(at now: NIODeadline) {
        switch phase {
        case .arriving(let since, _): phase = .arriving(since: since, hasBytes: true)
        case .resting where !isMultiplexed: phase = .arriving(since: now, hasBytes: true)
        default: break
        }
    }

    /// A head is complete.
    mutating func requestBegan(isStream: Bool) {
        isMultiplexed = isMultiplexed || isStream
        switch phase {
        case .arriving, .resting: phase = .working(1)
        case .working(let count): phase = .working(count + 1)
        case .socket, .closing: break
        }
    }

    /// An answer is complete, or its stream is gone.
    mutating func requestEnded(at now: NIODeadline) {
        guard case .working(let count) = phase else { return }
        phase = count > 1 ? .working(count - 1) : .resting(since: now)
    }

    mutating func becameSocket() { phase = .socket }

    mutating func close() { phase = .closing }

    /// Until when what it does now may last; nil for ever.
    var deadline: NIODeadline? {
        switch phase {
        case .arriving(let since, _): since + head
        // HTTP/2 says goodbye by itself at the limit; this is for those who do not listen.
        case .resting(let since): since + idle + (isMultiplexed ? .seconds(5) : .zero)
        case .working, .socket, .closing: nil
        }
    }

    func check(at now: NIODeadline) -> Verdict {
        guard let deadline else { return .sleep }
        guard now >= deadline else { return .wait(until: deadline) }
        if case .arriving(_, hasBytes: true) = phase { return .tooSlow }
        return .close
    }
}
