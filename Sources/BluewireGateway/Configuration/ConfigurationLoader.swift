//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireAgent
import BluewireModel
import BluewireNetwork
import Configuration
// Full Foundation: reading the file and the process's environment.
import Foundation
import Yams

/// Puts flags over the environment (`BLUEWIRE_…`) over the configuration file over the defaults.
package struct ConfigurationLoader: Sendable {
    private let environment: [String: String]

    /// A loader that reads `environment`, as a process would.
    package init(environment: [String: String] = ProcessInfo.processInfo.environment) {
        self.environment = environment
    }

    /// Loads the configuration.
    ///
    /// - Parameters:
    ///   - file: the file's path; nil for the default place, where it may be absent.
    ///   - flags: values of the command line by configuration key, for example `["listen": "127.0.0.1:9000"]`.
    /// - Throws: ``GatewayError`` with code `configuration`, naming the key and its place.
    package func load(file: String? = nil, flags: [String: String] = [:]) throws(GatewayError) -> GatewayConfiguration {
        let places = DefaultPlaces(environment: environment)
        let document = try readFile(file ?? places.configurationFile, isRequired: file != nil)
        try refuseUnknownVariables()
        let reader = ConfigReader(providers: [
            InMemoryProvider(name: "flags", values: Self.values(flags)),
            EnvironmentVariablesProvider(environmentVariables: environment),
            InMemoryProvider(name: "file", values: Self.values(document.scalars)),
        ])
        let settings = Settings(reader: reader.scoped(to: "bluewire"))
        var configuration = GatewayConfiguration(
            stateDirectory: settings.path(.state, home: places.home) ?? places.stateDirectory,
            database: settings.path(.database, home: places.home) ?? places.database,
            home: places.home
        )
        configuration.messagesHome = settings.path(.home, home: places.home)
        try settings.apply(to: &configuration)
        configuration.agents = document.agents
        configuration.crashPoint = environment["BLUEWIRE_CRASH_AT"]
        configuration.webhooks = document.webhooks
        configuration.clients = document.clients
        try validate(configuration)
        return configuration
    }

    private func readFile(_ path: String, isRequired: Bool) throws(GatewayError) -> ConfigurationDocument {
        let text: String
        do {
            text = try String(contentsOfFile: path, encoding: .utf8)
        } catch {
            if !isRequired, !FileManager.default.fileExists(atPath: path) { return ConfigurationDocument() }
            throw GatewayError(
                .configuration, message: "The configuration file \(path) cannot be read.",
                remedy: "Check the path given with --config and that you may read it."
            )
        }
        return try ConfigurationDocument(yaml: text, path: path)
    }

    /// A misspelt variable would silently change nothing; so it is refused like a misspelt key.
    private func refuseUnknownVariables() throws(GatewayError) {
        let known = Set(ConfigurationKey.allCases.map(\.environmentName)).union(Self.otherVariables)
        for name in environment.keys.sorted() where name.hasPrefix("BLUEWIRE_") && !known.contains(name) {
            throw GatewayError(
                .configuration, message: "The environment variable \(name) is not a setting.",
                remedy: "Known are: \(known.sorted().joined(separator: ", "))."
            )
        }
    }

    /// Variables that are not settings: read by commands that talk to a gateway, by scripts and by tests.
    private static let otherVariables: Set<String> = [
        "BLUEWIRE_STARTED", "BLUEWIRE_CRASH_AT", "BLUEWIRE_SHARED", "BLUEWIRE_MUTATIONS", "BLUEWIRE_SCHEDULES",
        "BLUEWIRE_SEED", "BLUEWIRE_VERBOSE",
        "BLUEWIRE_CONFIG", "BLUEWIRE_GATEWAY", "BLUEWIRE_TOKEN", "BLUEWIRE_PIN", "BLUEWIRE_CA",
    ]

    private static func values(_ scalars: [String: String]) -> [AbsoluteConfigKey: ConfigValue] {
        Dictionary(
            uniqueKeysWithValues: scalars.map { key, value in
                (
                    AbsoluteConfigKey(["bluewire"] + key.split(separator: ".").map(String.init)),
                    ConfigValue(stringLiteral: value)
                )
            }
        )
    }

    private func validate(_ configuration: GatewayConfiguration) throws(GatewayError) {
        var names: Set<String> = []
        for name in configuration.agents.map(\.agent.name) where !names.insert(name).inserted {
            throw GatewayError(
                .configuration, message: "Two agents are called \(name).",
                remedy: "Give each agent its own name in the configuration file."
            )
        }
        for webhook in configuration.webhooks {
            do throws(EgressError) {
                _ = try EgressDestination(webhook.url)
            } catch {
                throw GatewayError(
                    .configuration,
                    message: "The webhook \(webhook.name) has the URL \"\(webhook.url)\", which cannot be used.",
                    remedy: "Write an https URL; http only for destinations that egress.webhook names."
                )
            }
        }
        try ListeningSettings.validate(configuration)
        if configuration.transports.contains(.simulator), configuration.simulatorSocket == nil {
            throw GatewayError(
                .configuration, message: "transport is simulator, but simulator-socket is not set.",
                remedy: "Set simulator-socket to the socket `bluewire simulate` prints."
            )
        }
    }
}
