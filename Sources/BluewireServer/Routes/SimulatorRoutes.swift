//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireState
import BluewireWire
import HTTPTypes
import Hummingbird

/// The simulator behind the demo, for the page's simulated phone.
enum SimulatorRoutes {
    static let routes: [Route] = [HTTPRequest.Method.get, .post, .put, .delete].map { method in
        Route.raw(
            method, "/v1/simulator/**", "simulator", .scope(.admin), "Pass a call on to the simulator (demo only).",
            answers: [.json(NativeLiveness.self, "What the simulator says.")]
        ) { call in
            guard let simulator = call.context.simulator else { throw NativeProblem.notAvailable("a simulator") }
            let path = call.requestContext.parameters.getCatchAll().joined(separator: "/")
            let query = call.request.uri.query.map { "?" + $0 } ?? ""
            let answer = try await simulator(method.rawValue, "/" + path + query, try await call.bodyBytes())
            return .json(bytes: answer.body, status: HTTPResponse.Status(code: answer.status))
        }.unlisted()
    }
}
