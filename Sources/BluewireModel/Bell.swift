//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

private import Synchronization

/// Wakes one waiting task; rings that come while nobody waits are remembered as one.
package final class Bell: Sendable {
    private struct State {
        var isRung = false
        var waiter: (id: UInt64, continuation: CheckedContinuation<Void, Never>)?
        var nextID: UInt64 = 0
    }

    private let state = Mutex(State())

    /// A silent bell.
    package init() {}

    /// Wakes the waiting task, or the next one that waits.
    package func ring() {
        let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard let waiter = state.waiter else {
                state.isRung = true
                return nil
            }
            state.waiter = nil
            return waiter.continuation
        }
        waiter?.resume()
    }

    /// Waits for a ring; returns at once when the task is cancelled.
    ///
    /// Only one task may wait at a time.
    package func wait() async {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isDone = state.withLock { state in
                    if state.isRung || Task.isCancelled {
                        state.isRung = false
                        return true
                    }
                    state.waiter = (id, continuation)
                    return false
                }
                if isDone { continuation.resume() }
            }
        } onCancel: {
            let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
                guard let waiter = state.waiter, waiter.id == id else { return nil }
                state.waiter = nil
                return waiter.continuation
            }
            waiter?.resume()
        }
    }

    /// Waits for a ring, or until `deadline` by `clock`.
    package func wait(until deadline: Timestamp?, clock: any WallClock) async {
        guard let deadline else { return await wait() }
        let pause = deadline - clock.now
        guard pause > .zero else { return }
        await wait(or: .sleep(pause), clock: clock)
    }

    /// Waits for a ring, or for about `duration`, as ``WallClock/rest(for:)`` does.
    package func wait(resting duration: Duration, clock: any WallClock) async {
        await wait(or: .rest(duration), clock: clock)
    }

    private enum Pause {
        case sleep(Duration)
        case rest(Duration)
    }

    private func wait(or pause: Pause, clock: any WallClock) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.wait() }
            group.addTask {
                switch pause {
                case .sleep(let duration): try? await clock.sleep(for: duration)
                case .rest(let duration): try? await clock.rest(for: duration)
                }
            }
            await group.next()
            group.cancelAll()
        }
    }
}
