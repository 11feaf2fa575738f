//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireWire

/// Incoming hooks for a command; a running gateway keeps them.
package struct Hooks: Sendable {
    private let client: GatewayClient

    /// The hooks of the gateway of this configuration.
    ///
    /// - Throws: ``GatewayError`` when none runs.
    package init(_ configuration: GatewayConfiguration) async throws {
        guard let client = await RunningGateway.client(configuration) else {
            throw GatewayError(
                .unavailable, message: "No gateway runs on this state directory.",
                remedy: "Start it with `bluewire serve`, or name its directory with --state.")
        }
        self.client = client
    }

    /// Every hook, oldest first.
    package func list() async throws -> [NativeHook] { try await client.hooks().data }

    /// Makes a hook; its secret is in the answer and nowhere else.
    package func create(_ request: NativeHookRequest) async throws -> NativeHook { try await client.create(request) }

    /// Removes a hook with all it holds back.
    package func delete(_ id: String) async throws { try await client.deleteHook(id) }
}
