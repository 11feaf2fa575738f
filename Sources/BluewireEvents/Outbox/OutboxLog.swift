//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel
package import BluewireState

/// The journal as the outbox uses it: it reads landings there and reports its own changes.
package protocol OutboxLog: Sendable {
    /// The end of the journal.
    var head: Cursor { get }

    /// Journals changes of sends as `send.updated`, the same change at most once.
    func append(changes: [SendPublication]) async throws

    /// The next events about rows of the store after `cursor`; nil when the cursor is expired.
    func landings(after cursor: Cursor, limit: Int) async throws -> LandingPage?

    /// Lends a stream that yields whenever there may be something new.
    func withWakeUps<Result>(_ body: (AsyncStream<Void>) async throws -> Result) async rethrows -> Result
}

/// A stretch of the journal with what may be landings in it.
package struct LandingPage: Sendable {
    /// Messages and tapbacks, in order.
    package var events: [GatewayEvent]
    /// Where the stretch ends.
    package var next: Cursor
    /// Whether nothing comes after it yet.
    package var isAtHead: Bool

    /// A page from its parts.
    package init(events: [GatewayEvent], next: Cursor, isAtHead: Bool) {
        self.events = events
        self.next = next
        self.isAtHead = isAtHead
    }
}

extension Journal: OutboxLog {
    package func append(changes: [SendPublication]) async throws {
        _ = try await append(changes.map { EventDraft(send: $0.send, chat: $0.chat) })
    }

    package func landings(after cursor: Cursor, limit: Int) async throws -> LandingPage? {
        let kinds: Set<GatewayEvent.Kind> = [.messageCreated, .messageUpdated, .tapbackAdded, .tapbackRemoved]
        let page: JournalPage
        do throws(JournalError) {
            page = try await self.page(after: cursor, limit: limit, filter: EventFilter(kinds: kinds))
        } catch {
            if case .expired = error { return nil }
            throw error
        }
        let events = page.entries.map(\.event).filter { kinds.contains($0.kind) }
        return LandingPage(events: events, next: page.next, isAtHead: page.isAtHead)
    }
}
