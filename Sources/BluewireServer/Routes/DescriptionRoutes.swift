//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireWire
import HTTPTypes
import Hummingbird

/// The API description itself.
enum DescriptionRoutes {
    static let routes = [description]

    private static let description = Route.raw(
        .get, "/openapi.json", "getDescription", .open, "This description, as OpenAPI 3.1.",
        answers: [.bytes("application/json", "The description.")]
    ) { call in
        guard !call.server.description.isEmpty else { throw NativeProblem.unexpected }
        return .json(bytes: call.server.description)
    }
}
