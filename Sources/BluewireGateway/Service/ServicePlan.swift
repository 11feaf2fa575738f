//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// What a supervisor is to run, and where its file goes; the text of the file follows from this alone.
package struct ServicePlan: Hashable, Sendable {
    /// Which supervisor.
    package var supervisor: Supervisor
    /// The executable, absolute.
    package var program: String
    /// The configuration file; nil where none is needed.
    package var configurationFile: String?
    /// The state directory, absolute.
    package var stateDirectory: String
    /// A file of `NAME=value` lines with keys and secrets, which may be absent; systemd alone reads it.
    package var environmentFile: String
    /// The home of the user.
    package var home: String
    /// The folder of the user's own configuration, where systemd looks for units.
    package var configurationHome: String

    /// A plan from its fields.
    package init(
        supervisor: Supervisor, program: String, configurationFile: String?, stateDirectory: String,
        environmentFile: String, home: String, configurationHome: String
    ) {
        self.supervisor = supervisor
        self.program = program
        self.configurationFile = configurationFile
        self.stateDirectory = stateDirectory
        self.environmentFile = environmentFile
        self.home = home
        self.configurationHome = configurationHome
    }

    /// Who starts programs at login and keeps them running.
    package enum Supervisor: String, Hashable, Sendable, Encodable, CaseIterable {
        /// The user's systemd, on Linux.
        case systemd
        /// The user's launchd, on macOS.
        case launchd
    }

    /// The label of the launch agent.
    package static let label = "org.bluewire.gateway"
    /// The name of the systemd unit.
    package static let unit = "bluewire.service"

    /// Where the supervisor's file goes.
    package var path: String {
        switch supervisor {
        case .systemd: "\(configurationHome)/systemd/user/\(Self.unit)"
        case .launchd: "\(home)/Library/LaunchAgents/\(Self.label).plist"
        }
    }

    /// What is run.
    package var command: [String] {
        [program, "serve"] + (configurationFile.map { ["--config", $0] } ?? []) + ["--state", stateDirectory]
    }

    /// The text of the supervisor's file.
    package var contents: String {
        switch supervisor {
        case .systemd: SystemdUnit(self).text
        case .launchd: LaunchAgent(self).text
        }
    }

    /// Refuses paths that no supervisor's file can hold.
    package func check() throws(GatewayError) {
        for path in command + [environmentFile] {
            let isPlain = path.unicodeScalars.allSatisfy {
                $0.properties.generalCategory != .control && $0.properties.generalCategory != .lineSeparator
                    && $0.properties.generalCategory != .paragraphSeparator
            }
            guard isPlain else {
                throw GatewayError(
                    .badData, message: "A path for the service holds line breaks or control characters.",
                    remedy: "Use a program, configuration file and state directory with plain names."
                )
            }
        }
        for path in [program, stateDirectory, path, environmentFile] + (configurationFile.map { [$0] } ?? [])
        where !path.hasPrefix("/") {
            throw GatewayError(
                .badData, message: "\(path) is not an absolute path, which a service needs.",
                remedy: "Give absolute paths, and HOME and the XDG variables absolute values."
            )
        }
    }
}
