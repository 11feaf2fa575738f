//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel

#if canImport(FoundationEssentials)
    private import FoundationEssentials
#else
    private import Foundation
#endif

/// Snapshots as the journal stores them: JSON, with the version of their layout in a column beside it.
enum SnapshotCoding {
    static func encode(_ snapshot: Snapshot) throws -> [UInt8] {
        guard case .message(let message, let changed, let arrival) = snapshot else {
            return [UInt8](try JSONEncoder().encode(snapshot))
        }
        var writer = SnapshotWriter()
        try writer.write(message, changed: changed, arrival: arrival)
        return writer.bytes
    }

    /// The snapshot in `bytes`; a gap when this build cannot read it, so that a reader never gets stuck.
    static func decode(_ bytes: [UInt8], version: Int) -> Snapshot {
        guard version == GatewayEvent.currentSchemaVersion else { return .gap(reason: "snapshot_version_\(version)") }
        do {
            return try JSONDecoder().decode(Snapshot.self, from: Data(bytes))
        } catch {
            return .gap(reason: "snapshot_unreadable")
        }
    }
}
