//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import Synchronization

/// What the watcher's thread and the task that commits its batches tell each other.
final class WatchHandover: Sendable {
    private struct State {
        var isBusy = false
        var isStopped = false
        var hasEnded = false
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())
    private let events: any FileEvents

    init(events: any FileEvents) {
        self.events = events
    }

    var isStopped: Bool { state.withLock { $0.isStopped } }
    /// Whether a batch is on its way; the thread produces no other one meanwhile.
    var isBusy: Bool { state.withLock { $0.isBusy } }

    /// The thread handed a batch over.
    func handedOver() {
        state.withLock { $0.isBusy = true }
    }

    /// The batch was committed.
    func committed() {
        state.withLock { $0.isBusy = false }
        events.wake()
    }

    /// The thread is to end.
    func stop() {
        state.withLock { $0.isStopped = true }
        events.wake()
    }

    /// The thread ended.
    func ended() {
        let waiter = state.withLock { state in
            state.hasEnded = true
            return state.waiter.take()
        }
        waiter?.resume()
    }

    /// Suspends until the thread ended; not cancellable, because its connection must be closed first.
    func waitForEnd() async {
        await withCheckedContinuation { continuation in
            let hasEnded = state.withLock { state in
                if !state.hasEnded { state.waiter = continuation }
                return state.hasEnded
            }
            if hasEnded { continuation.resume() }
        }
    }
}
