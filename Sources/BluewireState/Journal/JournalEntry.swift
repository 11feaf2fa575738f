//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel
private import Synchronization

/// An event as readers get it; shared by all of them, so that its wire form is rendered once.
package final class JournalEntry: Sendable {
    /// The event.
    package let event: GatewayEvent
    private let wire = Mutex<[UInt8]?>(nil)

    /// An entry of `event`.
    package init(_ event: GatewayEvent) { self.event = event }

    /// The event's wire form: `render`ed by the first caller, the same bytes for all later ones.
    ///
    /// All callers of one process must pass the same function.
    package func rendered(by render: (GatewayEvent) -> [UInt8]) -> [UInt8] {
        if let bytes = wire.withLock({ $0 }) { return bytes }
        let bytes = render(event)
        wire.withLock { $0 = bytes }
        return bytes
    }
}

/// A stretch of the journal.
package struct JournalPage: Sendable {
    /// The entries that passed the filter, oldest first.
    package var entries: [JournalEntry]
    /// The position up to which everything was considered; where reading goes on.
    package var next: Cursor
    /// Whether there was nothing beyond ``next`` when the page was read.
    package var isAtHead: Bool

    /// A page from its parts.
    package init(entries: [JournalEntry], next: Cursor, isAtHead: Bool) {
        self.entries = entries
        self.next = next
        self.isAtHead = isAtHead
    }
}
