//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel
import GRDB
import Synchronization

/// Pages that were rendered for the database as it still is; bounded, what was not asked for longest goes first.
///
/// SQLite tells each connection by `data_version` whether anybody committed since, so an answer is never stale.
final class RenderedPages: Sendable {
    struct Key: Hashable, Sendable {
        /// The connection whose versions count.
        var connection: ObjectIdentifier
        var chat: ChatID
        var query: MessageQuery
    }

    private struct Entry {
        var version: Int64
        var contacts: Int
        var bytes: [UInt8]
        var used: UInt64
    }

    private struct State {
        var entries: [Key: Entry] = [:]
        var size = 0
        var clock: UInt64 = 0
    }

    /// How many bytes are kept.
    static let capacity = 2 << 20
    private let state = Mutex(State())

    init() {}

    /// What was rendered for `key` at that version, if anything.
    func bytes(_ key: Key, version: Int64, contacts: Int) -> [UInt8]? {
        state.withLock { state in
            guard let entry = state.entries[key], entry.version == version, entry.contacts == contacts else {
                return nil
            }
            state.clock += 1
            state.entries[key]?.used = state.clock
            return entry.bytes
        }
    }

    /// Keeps what was rendered.
    func keep(_ bytes: [UInt8], _ key: Key, version: Int64, contacts: Int) {
        guard bytes.count <= Self.capacity / 4 else { return }
        state.withLock { state in
            state.clock += 1
            let old = state.entries.updateValue(
                Entry(version: version, contacts: contacts, bytes: bytes, used: state.clock), forKey: key)
            state.size += bytes.count - (old?.bytes.count ?? 0)
            while state.size > Self.capacity, let oldest = state.entries.min(by: { $0.value.used < $1.value.used }) {
                state.entries[oldest.key] = nil
                state.size -= oldest.value.bytes.count
            }
        }
    }
}

extension MessageStore {
    /// A page of the messages of the chat a caller may mean by `reference`, as `render` puts it.
    ///
    /// Everything happens in one read; while nobody commits to the database, a page is rendered once.
    ///
    /// - Parameters:
    ///   - isVisible: whether the caller may see a chat.
    ///   - render: the same function for all callers.
    package func renderedPage(
        matching reference: String, _ query: MessageQuery, isVisible: @escaping @Sendable (ChatID) -> Bool,
        render: @escaping @Sendable (Page<Message>) -> [UInt8]
    ) async throws -> RenderedPage {
        try await read { [contacts] database, db in
            let directory = try database.hydrator.directory.current(in: db)
            let found = ChatResolver(directory: directory).conversations(matching: reference).filter(isVisible)
            guard let chat = found.first else { return .none }
            guard found.count == 1 else { return .ambiguous(found) }
            let key = RenderedPages.Key(connection: ObjectIdentifier(db), chat: chat, query: query)
            let version = try Int64.fetchOne(db.cachedStatement(sql: "PRAGMA data_version")) ?? 0
            let contactsVersion = contacts?.version ?? 0
            if let bytes = database.pages.bytes(key, version: version, contacts: contactsVersion) {
                return .page(bytes)
            }
            let bytes = render(try Self.messages(in: chat, query, database, db))
            database.pages.keep(bytes, key, version: version, contacts: contactsVersion)
            return .page(bytes)
        }
    }
}

/// What a reference to a chat led to.
package enum RenderedPage: Sendable {
    /// To one chat, and this page of it.
    case page([UInt8])
    /// To no chat.
    case none
    /// To several chats.
    case ambiguous([ChatID])
}
