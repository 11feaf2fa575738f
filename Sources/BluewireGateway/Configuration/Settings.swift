//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import Configuration

/// Reads typed settings and says which key is wrong.
struct Settings {
    let reader: ConfigReader

    func string(_ key: ConfigurationKey) -> String? {
        reader.string(forKey: ConfigKey(key.rawValue.split(separator: ".").map(String.init)))
    }

    func path(_ key: ConfigurationKey, home: String) -> String? {
        guard let text = string(key) else { return nil }
        guard text == "~" || text.hasPrefix("~/") else { return text }
        return home + text.dropFirst()
    }

    func list(_ key: ConfigurationKey) -> [String]? {
        string(key)?.split(separator: ",").map { String($0).trimmingSpaces() }.filter { !$0.isEmpty }
    }

    func bool(_ key: ConfigurationKey) throws(GatewayError) -> Bool? {
        guard let text = string(key) else { return nil }
        switch text.lowercased() {
        case "true", "yes", "on", "1": return true
        case "false", "no", "off", "0": return false
        default: throw invalid(key, text, expected: "true or false")
        }
    }

    func apply(to configuration: inout GatewayConfiguration) throws(GatewayError) {
        if let text = string(.listen) {
            guard let address = GatewayConfiguration.ListenAddress(text) else {
                throw invalid(.listen, text, expected: "host:port, for example 127.0.0.1:8787")
            }
            configuration.listen = address
        }
        try applyListening(to: &configuration)
        configuration.transports = try transports() ?? configuration.transports
        if let text = string(.logLevel) {
            let levels = ["trace", "debug", "info", "notice", "warning", "error"]
            guard levels.contains(text) else {
                throw invalid(.logLevel, text, expected: levels.joined(separator: ", "))
            }
            configuration.logLevel = text
        }
        if let text = string(.line) {
            guard !text.isEmpty, text.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }) else {
                throw invalid(.line, text, expected: "letters, digits and dashes")
            }
            configuration.line = LineID(rawValue: text)
        }
        configuration.simulatorSocket = path(.simulatorSocket, home: configuration.home)
        configuration.osascript = path(.osascript, home: configuration.home) ?? configuration.osascript
        configuration.webRoot = path(.webRoot, home: configuration.home)
        configuration.allowedHosts = list(.allowedHosts) ?? []
        configuration.webhookEgress = list(.webhookEgress) ?? []
        configuration.modelEgress = list(.modelEgress) ?? []
        configuration.usesFileEvents = try bool(.fileEvents) ?? configuration.usesFileEvents
        configuration.usesPolling = try bool(.poll) ?? configuration.usesPolling
        configuration.agentsSend = try bool(.agentsSend) ?? configuration.agentsSend
    }

    /// The ways to send in their order; `none` stands alone.
    private func transports() throws(GatewayError) -> [GatewayConfiguration.TransportKind]? {
        guard let names = list(.transport) else { return nil }
        if names == ["none"] { return [] }
        let kinds = names.compactMap(GatewayConfiguration.TransportKind.init)
        guard !kinds.isEmpty, kinds.count == names.count, Set(kinds).count == kinds.count else {
            throw invalid(
                .transport, names.joined(separator: ","),
                expected: "applescript, simulator, both in the order they are tried, or none")
        }
        return kinds
    }

    func invalid(_ key: ConfigurationKey, _ value: String, expected: String) -> GatewayError {
        GatewayError(
            .configuration, message: "\(key.rawValue) is \"\(value)\", which is not a valid value.",
            remedy: "Expected: \(expected). It may come from a flag, from \(key.environmentName) or from the file."
        )
    }
}
