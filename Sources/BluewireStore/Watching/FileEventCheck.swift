//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// Tries the file events of this system, for diagnosis; blocks the calling thread while it waits.
package enum FileEventCheck {
    /// Whether the files at `path` can be watched; nothing is made or opened but the folder.
    package static func canWatch(_ path: String) -> Bool {
        (try? SystemFileEvents.make(path: path, isWatching: true)) != nil
    }

    /// Whether writing the log beside `path` ends a wait.
    ///
    /// - Parameters:
    ///   - path: a database name in a folder made for this.
    ///   - limit: how long to wait.
    ///   - write: writes to the log; called once the watch stands.
    /// - Throws: ``StoreError`` when the system has no file events left, and what `write` throws.
    package static func wakes(_ path: String, within limit: Duration, write: () throws -> Void) throws -> Bool {
        let events = try SystemFileEvents.make(path: path, isWatching: true)
        try write()
        return events.wait(for: limit) != .timedOut
    }

    /// How often the files at `path` wake a waiter within `span`.
    ///
    /// - Throws: ``StoreError`` when the system has no file events left.
    package static func wakeUps(of path: String, during span: Duration) throws -> Int {
        let events = try SystemFileEvents.make(path: path, isWatching: true)
        let end = ContinuousClock.now + span
        var count = 0
        while count < 10_000 {
            let rest = ContinuousClock.now.duration(to: end)
            guard rest > .zero, events.wait(for: rest) != .timedOut else { break }
            count += 1
        }
        return count
    }
}
