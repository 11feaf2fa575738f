//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import Synchronization

/// Every connection this process has to a Messages database.
///
/// SQLite keeps one log index per database and process: while any connection is open on sidecars that were deleted, a
/// new connection would read the new log by the old index. So nobody opens a database before all who hold other
/// sidecars of it have let go.
package final class OpenDatabases: Sendable {
    /// The connections of this process.
    package static let shared = OpenDatabases()

    /// Stands for an open connection or pool; keep it exactly as long as that is open.
    package final class Holder: Sendable {
        private let number: UInt64
        private let owner: OpenDatabases

        fileprivate init(number: UInt64, owner: OpenDatabases) {
            self.number = number
            self.owner = owner
        }

        /// Says that the connection is closed; also said when the holder goes away.
        package func leave() { owner.state.withLock { $0.entries[number] = nil } }

        deinit { leave() }
    }

    private struct Entry {
        var files: DatabaseFiles
        var letGo: @Sendable () -> Void
    }

    private struct State {
        var entries: [UInt64: Entry] = [:]
        var next: UInt64 = 0
    }

    private let state = Mutex(State())

    private init() {}

    /// Notes an open connection.
    ///
    /// - Parameters:
    ///   - files: what it has open.
    ///   - letGo: asks its owner to close it soon; called on any thread.
    package func enter(_ files: DatabaseFiles, letGo: @escaping @Sendable () -> Void) -> Holder {
        state.withLock { state in
            state.next += 1
            state.entries[state.next] = Entry(files: files, letGo: letGo)
            return Holder(number: state.next, owner: self)
        }
    }

    /// Makes sure that opening `path` now meets no connection with other sidecars of the same file.
    ///
    /// - Throws: ``StoreError`` with `database_replaced` while somebody still has to let go; try again soon.
    package func prepareToOpen(_ path: String) throws(StoreError) {
        let files = DatabaseFiles(path: path)
        for entry in stale(files) { entry.letGo() }
        guard stale(files).isEmpty else {
            throw StoreError(
                .replaced, message: "The sidecar files of \(path) were replaced while it was open.",
                remedy: "Try again."
            )
        }
    }

    private func stale(_ files: DatabaseFiles) -> [Entry] {
        state.withLock { state in
            state.entries.values.filter { $0.files.main == files.main && $0.files != files }
        }
    }
}
