//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireAgent
import Yams

/// The configuration file: scalars by dotted key, and the lists that swift-configuration cannot hold.
struct ConfigurationDocument {
    var scalars: [String: String] = [:]
    var agents: [GatewayConfiguration.AgentEntry] = []
    var webhooks: [GatewayConfiguration.WebhookEntry] = []
    var clients: [GatewayConfiguration.ClientEntry] = []

    init() {}

    /// Reads YAML; every key must be known, and every error names the line.
    init(yaml: String, path: String) throws(GatewayError) {
        let root: Node?
        do {
            root = try Yams.compose(yaml: yaml)
        } catch {
            throw GatewayError(
                .configuration, message: "\(path) is not valid YAML: \(Self.trouble(error)).",
                remedy: "Correct the line named, or the one before it; values with colons or brackets need quotes."
            )
        }
        guard let root else { return }
        guard case .mapping(let mapping) = root else {
            throw GatewayError(
                .configuration, message: "\(path) is not a list of `key: value` lines.",
                remedy: "Write one setting a line, for example `listen: 127.0.0.1:8787`."
            )
        }
        for (key, value) in mapping {
            try read(key: key.string ?? "", node: value, mark: key.mark, path: path)
        }
    }

    /// What the parser says, on one line.
    private static func trouble(_ error: any Error) -> String {
        switch error as? YamlError {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            "line \(mark.line), column \(mark.column): \(problem)"
        default: "\(error)".split(separator: "\n").first.map(String.init) ?? "it cannot be read"
        }
    }

    private mutating func read(key: String, node: Node, mark: Mark?, path: String) throws(GatewayError) {
        switch (key, node) {
        case ("agents", .sequence(let sequence)):
            agents = try sequence.map { node throws(GatewayError) in try Self.agent(node, path: path) }
        case ("webhooks", .sequence(let sequence)):
            webhooks = try Self.entries(
                sequence, key: key, allowed: ["name", "url", "secretVariable", "events"], path: path
            )
        case ("tls.clients", .sequence(let sequence)):
            clients = try Self.entries(
                sequence, key: key, allowed: ["name", "spki", "scopes", "chats"], path: path
            )
        case (_, .mapping(let mapping)):
            for (inner, value) in mapping {
                try read(key: "\(key).\(inner.string ?? "")", node: value, mark: inner.mark, path: path)
            }
        case (_, .scalar(let scalar)):
            try store(scalar.string, key: key, mark: mark, path: path)
        case (_, .sequence(let sequence)):
            try store(sequence.compactMap(\.string).joined(separator: ","), key: key, mark: mark, path: path)
        default:
            throw Self.unknown(key, mark: mark, path: path)
        }
    }

    private mutating func store(_ value: String, key: String, mark: Mark?, path: String) throws(GatewayError) {
        guard ConfigurationKey(rawValue: key) != nil else { throw Self.unknown(key, mark: mark, path: path) }
        scalars[key] = value
    }

    /// The keys of the model's endpoint are ours, all others the agent's own.
    private static func agent(_ node: Node, path: String) throws(GatewayError) -> GatewayConfiguration.AgentEntry {
        guard case .mapping(let mapping) = node else {
            throw GatewayError(
                .configuration, message: "An entry of agents in \(path) is not a list of `key: value` lines.",
                remedy: "Write `- name: assistant` and its settings below."
            )
        }
        let endpoint: Set<String> = ["model", "baseURL", "keyVariable", "stallSeconds"]
        let own = mapping.filter { !endpoint.contains($0.key.string ?? "") }.map { ($0.key, $0.value) }
        do {
            let agent = try YAMLDecoder().decode(AgentConfiguration.self, from: Node(own))
            try agent.validate()
            var entry = GatewayConfiguration.AgentEntry(agent: agent)
            entry.model = mapping["model"]?.string
            entry.baseURL = mapping["baseURL"]?.string
            entry.keyVariable = mapping["keyVariable"]?.string
            if let text = mapping["stallSeconds"]?.string {
                guard let seconds = Double(text), (1...3600).contains(seconds) else {
                    throw AgentConfigurationError(key: "stallSeconds", message: "Use 1 to 3600 seconds.")
                }
                entry.stallSeconds = seconds
            }
            return entry
        } catch {
            let place = node.mark.map { "line \($0.line)" } ?? "the file"
            throw GatewayError(
                .configuration, message: "\(path), the agent at \(place): \(error)",
                remedy: "Documentation/CommandLine.md lists the settings of an agent."
            )
        }
    }

    private static func entries<Entry: Decodable>(
        _ sequence: Node.Sequence, key: String, allowed: Set<String>, path: String
    ) throws(GatewayError) -> [Entry] {
        var entries: [Entry] = []
        for node in sequence {
            for (inner, _) in node.mapping ?? [:] where !allowed.contains(inner.string ?? "") {
                throw unknown("\(key)[].\(inner.string ?? "")", mark: inner.mark, path: path)
            }
            do {
                entries.append(try YAMLDecoder().decode(Entry.self, from: node))
            } catch {
                throw GatewayError(
                    .configuration, message: "An entry of \(key) in \(path) cannot be read: \(error)",
                    remedy: "Its keys are: \(allowed.sorted().joined(separator: ", "))."
                )
            }
        }
        return entries
    }

    private static func unknown(_ key: String, mark: Mark?, path: String) -> GatewayError {
        let place = mark.map { "line \($0.line)" } ?? "the file"
        let known = ConfigurationKey.allCases.map(\.rawValue) + ["agents", "tls.clients", "webhooks"]
        return GatewayError(
            .configuration, message: "\(path), \(place): \"\(key)\" is not a setting.",
            remedy: "Known are: \(known.sorted().joined(separator: ", "))."
        )
    }
}
