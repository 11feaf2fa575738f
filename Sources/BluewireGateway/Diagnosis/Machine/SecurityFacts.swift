//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireState
// Full Foundation: rights of files.
import Foundation

/// What a review of security looks at besides the machine: settings, and who may read and write which files.
package struct SecurityFacts: Hashable, Sendable {
    /// The settings.
    package var configuration: GatewayConfiguration
    /// Whether the gateway would run with every right.
    package var isRoot = false
    /// The rights of the state directory; nil when it is not there.
    package var stateMode: Int?
    /// The configuration file; nil when there is none.
    package var configurationFile: String?
    /// Its rights.
    package var configurationMode: Int?
    /// The rights of the folder that overrides the web page.
    package var webRootMode: Int?

    /// Facts of settings alone.
    package init(_ configuration: GatewayConfiguration) { self.configuration = configuration }

    /// Looks at the files.
    ///
    /// - Parameter file: the configuration file.
    package init(_ configuration: GatewayConfiguration, file: String, isRoot: Bool) {
        self.init(configuration)
        self.isRoot = isRoot
        stateMode = Self.mode(configuration.stateDirectory)
        configurationMode = Self.mode(file)
        configurationFile = configurationMode == nil ? nil : file
        webRootMode = configuration.webRoot.flatMap(Self.mode)
    }

    private static func mode(_ path: String) -> Int? {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        return (attributes?[.posixPermissions] as? NSNumber)?.intValue
    }
}
