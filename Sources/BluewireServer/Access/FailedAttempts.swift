//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import Synchronization

/// Counts refused credentials by address, so that guessing is slow.
final class FailedAttempts: Sendable {
    private struct Entry {
        var count: Int
        var until: Timestamp
    }

    private let entries = Mutex<[String: Entry]>([:])
    private let clock: any WallClock
    private let limit: Int

    /// At most `limit` failures a minute and address.
    init(clock: any WallClock, limit: Int = 10) {
        self.clock = clock
        self.limit = limit
    }

    /// Whether `address` has to wait.
    func isBlocked(_ address: String) -> Bool {
        let now = clock.now
        return entries.withLock { entries in
            guard let entry = entries[address], entry.until > now else { return false }
            return entry.count >= limit
        }
    }

    /// Notes a refusal.
    func note(_ address: String) {
        let now = clock.now
        entries.withLock { entries in
            if entries.count > 1000 { entries = entries.filter { $0.value.until > now } }
            // A flood from more addresses than this is not slowed one by one.
            guard entries.count <= 5000 else { return }
            if let entry = entries[address], entry.until > now {
                entries[address] = Entry(count: entry.count + 1, until: entry.until)
            } else {
                entries[address] = Entry(count: 1, until: now + .seconds(60))
            }
        }
    }
}
