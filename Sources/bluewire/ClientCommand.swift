//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireGateway

/// A command that needs a gateway: the one of the state directory, or one named by its URL.
protocol ClientCommand: GatewayCommand {
    var gateway: GatewayOptions { get }
}

extension ClientCommand {
    /// The gateway's client.
    func client(on terminal: Terminal) async throws -> GatewayClient {
        let remote = try gateway.remote(common.state, on: terminal)
        return try await RunningGateway.required(try common.configuration(), remote: remote)
    }
}
