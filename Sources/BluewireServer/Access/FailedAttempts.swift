//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import Synchronization

/// Counts refused credentials by address, so that guessing is slow.
///
/// Five a minute are free; each one after that makes the address wait twice as long, up to a quarter of an hour. An
/// address that stays quiet for that long starts afresh.
final class FailedAttempts: Sendable {
    private struct Entry {
        /// When the free failures of this minute are counted from.
        var since: Timestamp
        var count: Int
        /// How often it had to wait.
        var waits = 0
        /// Until when it waits, or waited last.
        var until: Timestamp
    }

    private let entries = Mutex<[String: Entry]>([:])
    private let clock: any WallClock
    private let free: @Sendable () -> Int?

    /// The first wait.
    private static let shortest = Duration.seconds(15)
    /// The longest wait, and how long an address is remembered.
    private static let longest = Duration.seconds(900)

    /// At most `free` failures a minute and address without a wait; nil for no limit.
    convenience init(clock: any WallClock, free: Int? = 5) {
        self.init(clock: clock) { free }
    }

    /// Asks for the number of free failures each time.
    init(clock: any WallClock, free: @escaping @Sendable () -> Int?) {
        self.clock = clock
        self.free = free
    }

    /// How long `address` still has to wait; nil when it need not.
    func wait(_ address: String) -> Duration? {
        let now = clock.now
        let key = ClientAddress(address).key
        return entries.withLock { entries in
            guard let entry = entries[key], entry.until > now else { return nil }
            return entry.until - now
        }
    }

    /// Notes a refusal.
    func note(_ address: String) {
        guard let free = free() else { return }
        let now = clock.now
        let key = ClientAddress(address).key
        entries.withLock { entries in
            if entries.count > 1000 { entries = entries.filter { now - $0.value.since < Self.longest } }
            // A flood from more addresses than this is not slowed one by one.
            guard entries.count <= 5000 || entries[key] != nil else { return }
            var entry = entries[key] ?? Entry(since: now, count: 0, until: now)
            if now - max(entry.since, entry.until) >= Self.longest {
                entry = Entry(since: now, count: 0, until: now)
            } else if entry.waits == 0, now - entry.since >= .seconds(60) {
                entry.since = now
                entry.count = 0
            }
            entry.count += 1
            if entry.count >= free {
                entry.until = now + min(Self.longest, Self.shortest * (1 << min(entry.waits, 10)))
                entry.waits += 1
            }
            entries[key] = entry
        }
    }
}
