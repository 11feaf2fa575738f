//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
private import Synchronization

/// Lets readers wait until a position of the journal has been dealt with.
final class CursorGate: Sendable {
    private struct State {
        var position: Cursor?
        var nextID = 0
        var waiters: [Int: (cursor: Cursor, continuation: CheckedContinuation<Void, any Error>)] = [:]
        var cancelled: Set<Int> = []
    }

    private let state = Mutex(State())

    init() {}

    /// Everything up to `position` has been dealt with.
    func advance(to position: Cursor) {
        let ready = state.withLock { state in
            state.position = position
            let ready = state.waiters.filter { Self.isPassed($0.value.cursor, by: position) }
            for id in ready.keys { state.waiters[id] = nil }
            return ready.values.map(\.continuation)
        }
        for continuation in ready { continuation.resume() }
    }

    /// Returns once everything up to `cursor` has been dealt with.
    func wait(for cursor: Cursor) async throws {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                let outcome = state.withLock { state -> Result<Void, any Error>? in
                    if state.cancelled.remove(id) != nil { return .failure(CancellationError()) }
                    if let position = state.position, Self.isPassed(cursor, by: position) { return .success(()) }
                    state.waiters[id] = (cursor, continuation)
                    return nil
                }
                if let outcome { continuation.resume(with: outcome) }
            }
        } onCancel: {
            let waiter = state.withLock { state in
                let waiter = state.waiters.removeValue(forKey: id)
                if waiter == nil { state.cancelled.insert(id) }
                return waiter
            }
            waiter?.continuation.resume(throwing: CancellationError())
        }
        state.withLock { _ = $0.cancelled.remove(id) }
    }

    /// A cursor of another life of the journal is behind every position.
    private static func isPassed(_ cursor: Cursor, by position: Cursor) -> Bool {
        cursor.epoch != position.epoch || cursor.sequence <= position.sequence
    }
}
