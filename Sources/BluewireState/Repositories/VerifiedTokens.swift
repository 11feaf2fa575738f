//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import Synchronization

/// Whom secrets belonged to a moment ago, so that not every request reads the database.
///
/// What ends a token or a session in this process empties it at once; what another process ends is noticed after
/// ``lifetime``.
final class VerifiedTokens: Sendable {
    struct Entry: Sendable {
        var principal: Principal
        var checkedAt: Timestamp
        var expiresAt: Timestamp?
    }

    private struct State {
        var entries: [[UInt8]: Entry] = [:]
        var generation = 0
    }

    /// How long an answer is believed.
    static let lifetime: Duration = .seconds(1)
    private static let capacity = 256

    private let state = Mutex(State())

    init() {}

    /// Changes when something was ended.
    var generation: Int { state.withLock { $0.generation } }

    /// Whom the secret of that hash belonged to a moment ago.
    func principal(of hash: [UInt8], now: Timestamp) -> Principal? {
        state.withLock { state in
            guard let entry = state.entries[hash], now >= entry.checkedAt, now - entry.checkedAt < Self.lifetime,
                entry.expiresAt.map({ $0 > now }) ?? true
            else { return nil }
            return entry.principal
        }
    }

    /// Notes what was read while nothing was ended since `generation`.
    func note(_ entry: Entry, of hash: [UInt8], generation: Int) {
        state.withLock { state in
            guard state.generation == generation else { return }
            if state.entries.count >= Self.capacity { state.entries.removeAll() }
            state.entries[hash] = entry
        }
    }

    /// Something was ended.
    func forgetAll() {
        state.withLock { state in
            state.entries.removeAll()
            state.generation += 1
        }
    }
}
