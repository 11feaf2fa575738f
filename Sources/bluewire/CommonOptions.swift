//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import ArgumentParser
import BluewireGateway

/// What every command understands.
struct CommonOptions: ParsableArguments {
    @Flag(name: .long, help: "Print JSON, one object a line.")
    var json = false

    @Option(name: .long, help: ArgumentHelp("The configuration file.", valueName: "file"))
    var config: String?

    @Option(name: .long, help: ArgumentHelp("The state directory.", valueName: "directory"))
    var state: String?

    /// The configuration with these options and `flags` put over file and environment.
    func configuration(_ flags: [ConfigurationKey: String?] = [:]) throws(GatewayError) -> GatewayConfiguration {
        try source(flags).load()
    }

    /// Where that configuration comes from.
    func source(_ flags: [ConfigurationKey: String?] = [:]) -> ConfigurationSource {
        var values: [String: String] = [:]
        for (key, value) in flags {
            if let value { values[key.rawValue] = value }
        }
        if let state { values[ConfigurationKey.state.rawValue] = state }
        return ConfigurationSource(file: config, flags: values)
    }
}

/// Which database a reading command reads when no gateway runs, or when asked to.
struct DatabaseOptions: ParsableArguments {
    @Option(
        name: .long, help: ArgumentHelp("The chat.db to read; reading commands then ask no gateway.", valueName: "path")
    )
    var db: String?
}
