//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

// Full Foundation: the home directory.
import Foundation

/// Where things are when nobody says otherwise.
package struct DefaultPlaces: Sendable {
    /// The user's home.
    package let home: String
    /// The state directory.
    package let stateDirectory: String
    /// The configuration file.
    package let configurationFile: String
    /// The Messages database.
    package let database: String

    /// The places a process with this environment uses: XDG folders, on macOS Application Support.
    package init(environment: [String: String] = ProcessInfo.processInfo.environment) {
        let home = environment["HOME"] ?? NSHomeDirectory()
        self.home = home
        #if os(macOS)
            let application = "\(home)/Library/Application Support/Bluewire"
            let (state, configuration) = (application, application)
        #else
            let state = "\(environment["XDG_STATE_HOME"] ?? "\(home)/.local/state")/bluewire"
            let configuration = "\(environment["XDG_CONFIG_HOME"] ?? "\(home)/.config")/bluewire"
        #endif
        stateDirectory = state
        configurationFile = environment["BLUEWIRE_CONFIG"] ?? "\(configuration)/bluewire.yaml"
        database = "\(home)/Library/Messages/chat.db"
    }
}
