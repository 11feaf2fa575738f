//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel

extension GatewayEvent {
    /// What a reader gets whose cursor expired: events after `cursor` are lost, reading goes on at `oldest`.
    package static func gap(after cursor: Cursor, resumingAt oldest: Cursor, at now: Timestamp) -> GatewayEvent {
        GatewayEvent(
            id: "evt_gap_\(cursor)_\(oldest)", cursor: oldest, kind: .gatewayGap, time: now,
            line: LineID(rawValue: "gateway"), chat: nil, snapshot: .gap(reason: "cursor_expired"))
    }
}
