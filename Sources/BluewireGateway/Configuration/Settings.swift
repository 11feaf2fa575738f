//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireEvents
import BluewireModel
import BluewireState
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
        if let text = string(.logFormat) {
            guard let format = GatewayConfiguration.LogFormat(rawValue: text) else {
                throw invalid(.logFormat, text, expected: "text or json")
            }
            configuration.logFormat = format
        }
        try applyRetention(to: &configuration.retention)
        if let text = string(.line) {
            guard !text.isEmpty, text.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }) else {
                throw invalid(.line, text, expected: "letters, digits and dashes")
            }
            configuration.line = LineID(rawValue: text)
        }
        if let text = string(.uploadLimit) {
            // Messages itself takes no larger ones.
            guard let bytes = Int64(text), (1...104_857_600).contains(bytes) else {
                throw invalid(.uploadLimit, text, expected: "1 to 104857600 bytes")
            }
            configuration.uploadLimit = bytes
        }
        configuration.budget.token = try allowance(.tokenBudget) ?? configuration.budget.token
        configuration.budget.owner = try allowance(.ownerBudget) ?? configuration.budget.owner
        configuration.budget.agent = try allowance(.agentBudget) ?? configuration.budget.agent
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

    private func applyRetention(to retention: inout GatewayConfiguration.Retention) throws(GatewayError) {
        retention.events = try days(.retentionDays) ?? retention.events
        retention.journalBytes = try bytes(.retentionSize) ?? retention.journalBytes
        retention.state.deliveries = try days(.retentionDeliveries) ?? retention.state.deliveries
        retention.state.turns = try days(.retentionTurns) ?? retention.state.turns
        retention.state.sends = try days(.retentionSends) ?? retention.state.sends
        retention.state.audit = try days(.retentionAudit) ?? retention.state.audit
    }

    private func allowance(_ key: ConfigurationKey) throws(GatewayError) -> Budget.Allowance? {
        guard let text = string(key) else { return nil }
        let numbers = text.split(separator: "/", omittingEmptySubsequences: false).compactMap { Int($0) }
        guard text.filter({ $0 == "/" }).count == 2, numbers.count == 3,
            numbers.allSatisfy((0...1_000_000).contains)
        else {
            throw invalid(
                key, text, expected: "in 10 s/a day/first messages a day, for example 30/500/50; 0 is none at all")
        }
        return Budget.Allowance(burst: numbers[0], perDay: numbers[1], firstContactsPerDay: numbers[2])
    }

    private func days(_ key: ConfigurationKey) throws(GatewayError) -> Duration? {
        guard let text = string(key) else { return nil }
        guard let count = Int64(text), (1...36_500).contains(count) else {
            throw invalid(key, text, expected: "a number of days, 1 to 36500")
        }
        return .seconds(count * 86_400)
    }

    private func bytes(_ key: ConfigurationKey) throws(GatewayError) -> Int64? {
        guard let text = string(key) else { return nil }
        let units: [(suffix: String, factor: Int64)] = [
            ("KB", 1000), ("MB", 1_000_000), ("GB", 1_000_000_000), ("TB", 1_000_000_000_000),
        ]
        let upper = text.uppercased().filter { $0 != " " }
        let unit = units.first { upper.hasSuffix($0.suffix) }
        let number = Int64(upper.dropLast(unit?.suffix.count ?? 0))
        guard let number, number > 0, number < 1_000_000, unit != nil, number * (unit?.factor ?? 1) >= 10_000_000 else {
            throw invalid(key, text, expected: "a size from 10MB on, for example 500MB or 2GB")
        }
        return number * (unit?.factor ?? 1)
    }

    func invalid(_ key: ConfigurationKey, _ value: String, expected: String) -> GatewayError {
        GatewayError(
            .configuration, message: "\(key.rawValue) is \"\(value)\", which is not a valid value.",
            remedy: "Expected: \(expected). It may come from a flag, from \(key.environmentName) or from the file."
        )
    }
}
