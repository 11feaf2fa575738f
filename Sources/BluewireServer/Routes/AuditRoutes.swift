//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireState
import BluewireWire
import Hummingbird

/// The audit trail.
enum AuditRoutes {
    static let routes = [list]

    private static let list = Route.get(
        "/v1/audit", "listAudit", .scope(.admin), "What was done and refused, newest first; facts without content.",
        gives: NativeList<NativeAuditEntry>.self
    ) { call in
        let entries = try await call.context.state.audit.entries(since: nil, limit: try call.limit())
        return NativeList(entries.map { NativeAuditEntry($0) })
    }.query(.limit)
}

extension NativeAuditEntry {
    /// An entry as it travels.
    fileprivate init(_ entry: AuditEntry) {
        let record = entry.record
        self.init(
            sequence: entry.sequence, at: record.at, actor: record.actor, action: record.action, object: record.object,
            outcome: record.outcome, reason: record.reason)
    }
}
