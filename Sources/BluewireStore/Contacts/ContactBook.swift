//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

public import BluewireModel
import Synchronization

/// Names for addresses, read from the address-book files and read again when these change.
public final class ContactBook: Sendable {
    private struct State {
        var index = ContactIndex()
        /// Answers given before: comparing addresses is slow.
        var known: [String: Contact?] = [:]
        var files: [String: FileStatus] = [:]
        var checkedAt: ContinuousClock.Instant?
        var version = 0
    }

    private let sources: [String]
    private let state = Mutex(State())
    private let now: @Sendable () -> ContinuousClock.Instant

    /// A book over the files below an address-book folder, or over one file.
    ///
    /// - Parameter path: the folder `Library/Application Support/AddressBook`, or an `.abcddb` file.
    public convenience init(path: String) {
        self.init(path: path, now: { ContinuousClock.now })
    }

    /// A book with its own sense of time.
    package init(path: String, now: @escaping @Sendable () -> ContinuousClock.Instant) {
        sources = [path]
        self.now = now
    }

    /// The card that owns an address; nil when none does, or when cards of different people claim it.
    public func contact(for handle: Handle) -> Contact? {
        refreshed { state in
            if let known = state.known[handle.address] { return known }
            if state.known.count >= 10_000 { state.known.removeAll() }
            let found = state.index.contact(for: handle.key)
            state.known.updateValue(found, forKey: handle.address)
            return found
        }
    }

    /// The addresses of the owner's own card.
    public var ownAddresses: Set<HandleKey> {
        refreshed { $0.index.ownAddresses }
    }

    /// Every card, by name.
    package var entries: [ContactEntry] {
        refreshed { $0.index.entries }
    }

    /// Counts the times the files were read; changes when names may have changed.
    package var version: Int {
        refreshed { $0.version }
    }

    private func refreshed<Value>(_ body: (inout State) -> Value) -> Value {
        state.withLock { state in
            refresh(&state)
            return body(&state)
        }
    }

    /// Looks at the files at most every 30 s and reads them again when one changed.
    private func refresh(_ state: inout State) {
        let time = now()
        if let checkedAt = state.checkedAt, checkedAt.duration(to: time) < .seconds(30) { return }
        state.checkedAt = time
        let paths = AddressBookReader.files(at: sources)
        var files: [String: FileStatus] = [:]
        for path in paths {
            for file in [path, path + "-wal"] { files[file] = FileStatus(path: file) }
        }
        guard files != state.files else { return }
        state.files = files
        state.known = [:]
        state.index = ContactIndex(cards: paths.flatMap(AddressBookReader.cards))
        state.version += 1
    }
}
