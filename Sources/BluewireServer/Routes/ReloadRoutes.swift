//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireState
import BluewireWire
import Hummingbird

/// Reading the configuration again.
enum ReloadRoutes {
    static let routes = [reload]

    private static let reload = Route.act(
        .post, "/v1/reload", "reloadConfiguration", .scope(.admin),
        "Read the configuration file and the certificate again.", gives: NativeReload.self
    ) { call in
        guard let reload = call.context.reload else { throw NativeProblem.notAvailable("a configuration file") }
        return try await reload(try call.principal().id)
    }.detail(
        "What can change while the gateway runs holds at once, what cannot is named. A file that is not valid changes "
            + "nothing."
    ).problems(.notAvailable, .invalidRequest)
}
