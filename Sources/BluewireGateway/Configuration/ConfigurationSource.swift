//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// Where a command's configuration comes from, so that it can be read again.
package struct ConfigurationSource: Sendable {
    private let loader: ConfigurationLoader
    private let file: String?
    private let flags: [String: String]

    /// The file (nil for the default place), with `flags` by configuration key put over it and the environment.
    package init(loader: ConfigurationLoader = ConfigurationLoader(), file: String?, flags: [String: String]) {
        self.loader = loader
        self.file = file
        self.flags = flags
    }

    /// What it says now.
    ///
    /// - Throws: ``GatewayError`` with code `configuration`, naming the key and its place.
    package func load() throws(GatewayError) -> GatewayConfiguration { try loader.load(file: file, flags: flags) }
}
