//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import BluewireState
import BluewireTransport
import BluewireWire
import Hummingbird

/// Liveness, readiness, health and lines.
enum HealthRoutes {
    static let routes: [Route] = [
        .get("/healthz", .open, "Whether the process answers.") { _ in
            var writer = JSONWriter(capacity: 32)
            writer.object { $0.member("ok", true) }
            return .json(bytes: writer.bytes)
        },
        .get("/readyz", .open, "Whether the gateway can do its work, and what is missing.") { call in
            let missing = await call.context.readiness()
            var writer = JSONWriter(capacity: 256)
            writer.object { writer in
                writer.member("ready", missing.isEmpty)
                writer.member("missing", missing)
            }
            return .json(bytes: writer.bytes, status: missing.isEmpty ? .ok : .serviceUnavailable)
        },
        .get("/v1/health", .scope(.read), "The state of the gateway in detail.") { call in
            let context = call.context
            return .json(
                NativeHealth(
                    missing: await context.readiness(), cursor: context.journal.head.description,
                    readers: call.server.feed.readerCount,
                    scopes: try call.principal().scopes.map(\.rawValue).sorted(),
                    features: context.simulator == nil ? [] : ["simulator"]))
        },
        .get("/v1/lines", .scope(.read), "The lines and what each can do.") { call in
            var lines: [NativeLine] = []
            for line in call.context.lines { lines.append(NativeLine(line, await line.capabilities)) }
            return .json(NativeList(lines))
        },
    ]
}

extension NativeLine {
    /// A line with its capabilities, and a reason for each that it lacks.
    init(_ line: Line, _ capabilities: TransportCapabilities) {
        let known = Capability.all
        self.init(
            id: line.id.rawValue, kind: line.kind,
            capabilities: known.filter(capabilities.supported.contains).map(\.rawValue),
            missing: known.filter { !capabilities.supported.contains($0) }.map { capability in
                Missing(
                    capability: capability.rawValue,
                    reason: capabilities.reasons[capability] ?? "No transport of this line has a way to do it.")
            })
    }
}
