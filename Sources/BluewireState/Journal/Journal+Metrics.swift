//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel
import BluewireTransport
import GRDB

// Scoped, because GRDB has a protocol of the same name.
package import struct BluewireModel.Cursor

extension Journal {
    /// How many events lie after `cursor`, at most `limit`.
    package func unreadCount(after cursor: Cursor, limit: Int) async throws(StateError) -> Int {
        let start = cursor.epoch == epoch ? cursor.sequence : 0
        return try await read { db in
            try Int.fetchOne(
                db, sql: "SELECT count(*) FROM (SELECT 1 FROM event WHERE sequence > ? LIMIT ?)",
                arguments: [start, limit]) ?? 0
        }
    }

    /// Counts an event that was just journalled.
    static func count(_ event: GatewayEvent) {
        GatewayMetrics.events.add(1, event.kind.rawValue)
        switch event.snapshot {
        case .message(let message, _, .new) where event.kind == .messageCreated:
            GatewayMetrics.watcherLag.observe(event.time - message.sentAt)
        case .send(let send): GatewayMetrics.sendTransitions.add(1, send.state.rawValue)
        default: return
        }
    }
}
