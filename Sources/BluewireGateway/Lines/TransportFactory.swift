//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireMessagesApp
import BluewireModel
import BluewireSimulator
import BluewireTransport

/// Makes transports from the configuration.
///
/// A new transport is one more row of ``all``.
struct TransportFactory: Sendable {
    /// The configured kind that asks for it.
    let kind: GatewayConfiguration.TransportKind
    /// What the line is called in lists.
    let lineKind: String
    /// Makes it.
    let make: @Sendable (GatewayConfiguration) throws -> any Transport

    /// Every transport this build knows.
    static let all: [TransportFactory] = [
        TransportFactory(kind: .applescript, lineKind: "messages") { configuration in
            var script = AppleScriptTransport.Configuration(
                files: ScriptFiles(
                    jobFolder: configuration.stateDirectory + "/jobs",
                    // Messages may read files only below its own folder; elsewhere the send fails with error 25.
                    stagingFolder: configuration.home + "/Library/Messages/Attachments/Bluewire"
                )
            )
            script.interpreter = configuration.osascript
            return AppleScriptTransport(script)
        },
        TransportFactory(kind: .simulator, lineKind: "simulator") { configuration in
            SimulatorTransport(client: SimulatorClient(socketPath: configuration.simulatorSocket ?? ""))
        },
    ]

    /// The configured line: its transports in the order they are to be tried.
    static func line(_ configuration: GatewayConfiguration) throws -> Line {
        let factories = configuration.transports.compactMap { kind in all.first { $0.kind == kind } }
        return Line(
            id: configuration.line, kind: factories.first?.lineKind ?? "messages",
            transports: try factories.map { try $0.make(configuration) }
        )
    }
}
