//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel
private import Synchronization

/// Passes typing events to whoever listens right now; they are never journalled.
package final class TypingHub: Sendable {
    /// How many events a slow listener may lag before it loses the oldest.
    package static let bufferSize = 64

    private struct State {
        var nextID = 0
        var listeners: [Int: AsyncStream<GatewayEvent>.Continuation] = [:]
    }

    private let state = Mutex(State())

    /// A hub without listeners.
    package init() {}

    /// How many listen.
    package var listenerCount: Int { state.withLock { $0.listeners.count } }

    /// Gives `event` to everybody who listens.
    package func publish(_ event: GatewayEvent) {
        let listeners = state.withLock { Array($0.listeners.values) }
        for listener in listeners { listener.yield(event) }
    }

    /// Lends the events from now on; a listener that lags by more than ``bufferSize`` loses the oldest.
    package func withSubscription<Result>(
        _ body: (AsyncStream<GatewayEvent>) async throws -> Result
    ) async rethrows -> Result {
        let (feed, signal) = AsyncStream.makeStream(
            of: GatewayEvent.self, bufferingPolicy: .bufferingNewest(Self.bufferSize))
        let id = state.withLock { state in
            state.nextID += 1
            state.listeners[state.nextID] = signal
            return state.nextID
        }
        defer {
            state.withLock { _ = $0.listeners.removeValue(forKey: id) }
            signal.finish()
        }
        return try await body(feed)
    }
}
