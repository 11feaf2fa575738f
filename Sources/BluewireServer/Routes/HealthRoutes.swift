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
    static let routes = [alive, ready, health, lines, line]

    private static let alive = Route.get(
        "/healthz", "getLiveness", .open, "Whether the process answers.", gives: NativeLiveness.self
    ) { _ in NativeLiveness() }

    private static let ready = Route.raw(
        .get, "/readyz", "getReadiness", .open, "Whether the gateway can do its work, and what is missing.",
        answers: [
            .json(NativeReadyState.self, "Nothing is missing."),
            .json(NativeReadyState.self, status: .serviceUnavailable, "Something is missing; each entry says what."),
        ]
    ) { call in
        let state = NativeReadyState(missing: await call.context.readiness())
        return .json(state, status: state.ready ? .ok : .serviceUnavailable)
    }

    private static let health = Route.get(
        "/v1/health", "getHealth", .scope(.chatsRead), "The state of the gateway in detail.", gives: NativeHealth.self
    ) { call in
        let context = call.context
        return NativeHealth(
            missing: await context.readiness(), cursor: context.journal.head.description,
            readers: call.server.feed.readerCount,
            scopes: try call.principal().scopes.map(\.rawValue).sorted(),
            features: context.simulator == nil ? [] : ["simulator"], listener: call.server.controls.listener)
    }

    private static let lines = Route.get(
        "/v1/lines", "listLines", .scope(.chatsRead), "The lines and what each can do.",
        gives: NativeList<NativeLine>.self
    ) { call in
        var lines: [NativeLine] = []
        for line in call.context.lines { lines.append(NativeLine(line, await line.capabilities)) }
        return NativeList(lines)
    }

    private static let line = Route.get(
        "/v1/lines/{line}", "getLine", .scope(.chatsRead), "One line and what it can do.", gives: NativeLine.self
    ) { call in
        let id = try call.parameter("line")
        guard let line = call.context.lines.first(where: { $0.id.rawValue == id }) else {
            throw NativeProblem.notFound("line")
        }
        return NativeLine(line, await line.capabilities)
    }
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
