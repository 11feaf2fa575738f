//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireWire
import HTTPTypes
import Hummingbird
import HummingbirdCore

/// Every route of the server, in the order the API description lists them.
package enum RouteTable {
    /// The routes.
    package static let all: [Route] =
        HealthRoutes.routes + MetricRoutes.routes + ChatRoutes.routes + GroupRoutes.routes + MessageRoutes.routes
        + SendRoutes.routes + EventRoutes.routes + AttachmentRoutes.routes + UploadRoutes.routes
        + ContactRoutes.routes + WebhookRoutes.routes + HookRoutes.routes + TokenRoutes.routes + AuditRoutes.routes
        + BackupRoutes.routes + ReloadRoutes.routes + AgentRoutes.routes + TraceRoutes.routes + SessionRoutes.routes
        + PairingRoutes.routes + DescriptionRoutes.routes
        + SimulatorRoutes.routes + PageRoutes.routes

    /// The methods a path takes; empty when there is no such path.
    static func methods(of path: String) -> [String] {
        let segments = path.split(separator: "/", omittingEmptySubsequences: true)
        return patterns.filter { $0.matches(segments) }.map(\.method).sorted()
    }

    /// Whether a request is for a route that reads its body in pieces and knows itself how much it takes.
    static func hasOwnBodyLimit(_ method: HTTPRequest.Method, path: String) -> Bool {
        let segments = path.split(separator: "/", omittingEmptySubsequences: true)
        return patterns.contains { $0.hasOwnBodyLimit && $0.method == method.rawValue && $0.matches(segments) }
    }

    private static let patterns = all.map(Pattern.init)

    private struct Pattern {
        let method: String
        let segments: [Substring]
        let hasOwnBodyLimit: Bool

        init(_ route: Route) {
            method = route.method.rawValue
            hasOwnBodyLimit = route.contract.hasOwnBodyLimit
            segments = route.path.split(separator: "/")
        }

        func matches(_ path: [Substring]) -> Bool {
            for (index, segment) in segments.enumerated() {
                if segment == "**" { return path.count > index }
                guard index < path.count, segment.hasPrefix("{") || segment == path[index] else { return false }
            }
            return segments.count == path.count
        }
    }
}
