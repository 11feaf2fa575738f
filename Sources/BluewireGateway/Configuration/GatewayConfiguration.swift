//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireAgent
package import BluewireEvents
package import BluewireModel
import BluewireNetwork
package import BluewireServer
package import BluewireState

/// Everything the gateway can be told, after file, environment and flags were put over the defaults.
package struct GatewayConfiguration: Hashable, Sendable {
    /// Where the HTTP server listens.
    package var listen = ListenAddress(host: "127.0.0.1", port: 8787)
    /// Whether it may listen without TLS where other machines can reach it.
    package var listensPlain = false
    /// Whether the local network is told about it.
    package var isAnnounced = false
    /// The files of the TLS listener; nil for plain HTTP.
    package var tls: TLSFiles?
    /// What client certificates stand for.
    package var clients: [ClientEntry] = []
    /// Who may connect; nil for everybody.
    package var allowedClients: AllowedClients?
    /// How much is taken from whom.
    package var limits = ServerLimits()
    /// Host names requests may carry besides loopback's; a request for another host is refused.
    package var allowedHosts: [String] = []
    /// The state directory.
    package var stateDirectory: String
    /// The Messages database.
    package var database: String
    /// The home that `~` in stored attachment paths refers to; nil means the one the database lies in.
    package var messagesHome: String?
    /// The home of the user who runs this.
    package var home: String
    /// The name of the line.
    package var line = LineID(rawValue: "mac")
    /// How messages are sent, the preferred way first; empty means that the gateway only reads.
    package var transports: [TransportKind] = [.applescript]
    /// The simulator's socket, for ``TransportKind/simulator``.
    package var simulatorSocket: String?
    /// The script runner; a stand-in in tests.
    package var osascript = "/usr/bin/osascript"
    /// Whether file events wake the watcher.
    package var usesFileEvents = true
    /// Whether the fallback poll runs.
    package var usesPolling = true
    /// Private destinations webhooks may reach, as `host:port` or CIDR.
    package var webhookEgress: [String] = []
    /// Private destinations model requests may reach, as `host:port` or CIDR.
    package var modelEgress: [String] = []
    /// The largest file that may be uploaded, in bytes.
    package var uploadLimit: Int64 = 104_857_600
    /// How much each origin may send.
    package var budget = Budget()
    /// Agents really send; otherwise they write drafts for approval (shadow mode).
    package var agentsSend = false
    /// The web page's files, overriding the embedded ones while developing.
    package var webRoot: String?
    /// The lowest log level printed.
    package var logLevel = "info"
    /// How log lines are written.
    package var logFormat = LogFormat.text
    /// How long what happened is kept.
    package var retention = Retention()
    /// The agents.
    package var agents: [AgentEntry] = []
    /// The ``OutboxCrashPoint`` at which the process dies; only tests name one, in `BLUEWIRE_CRASH_AT`.
    package var crashPoint: String?
    /// The webhooks set up by configuration.
    package var webhooks: [WebhookEntry] = []

    /// A configuration with every default that does not depend on the machine.
    package init(stateDirectory: String, database: String, home: String) {
        self.stateDirectory = stateDirectory
        self.database = database
        self.home = home
    }

    /// How log lines are written.
    package enum LogFormat: String, Hashable, Sendable, CaseIterable {
        /// For people.
        case text
        /// One JSON object a line.
        case json
    }

    /// How long what happened is kept.
    package struct Retention: Hashable, Sendable {
        /// Events in the journal.
        package var events: Duration = .seconds(30 * 86_400)
        /// How large the journal may grow.
        package var journalBytes: Int64 = 1_000_000_000
        /// What is finished in `state.db`.
        package var state = StateRetention()

        /// The defaults.
        package init() {}
    }

    /// A way to send messages.
    package enum TransportKind: String, Hashable, Sendable, CaseIterable {
        /// Through Messages on this Mac.
        case applescript
        /// Through a simulated Messages.
        case simulator
    }

    /// Where to listen.
    package struct ListenAddress: Hashable, Sendable, CustomStringConvertible {
        /// A name or address.
        package var host: String
        /// The port; 0 lets the system choose.
        package var port: Int

        /// An address from its parts.
        package init(host: String, port: Int) {
            self.host = host
            self.port = port
        }

        /// Reads `host:port`, `[v6]:port` or a bare port.
        package init?(_ text: String) {
            let host: Substring
            let port: Substring
            if let colon = text.lastIndex(of: ":") {
                host = text[..<colon]
                port = text[text.index(after: colon)...]
            } else {
                host = "127.0.0.1"
                port = text[...]
            }
            let bare = host.hasPrefix("[") && host.hasSuffix("]") ? host.dropFirst().dropLast() : host
            guard !bare.isEmpty, let number = Int(port), (0...65_535).contains(number) else { return nil }
            self.init(host: String(bare), port: number)
        }

        /// Whether only this machine can reach it.
        package var isLoopback: Bool {
            guard let address = IPAddress(host) else { return host.lowercased() == "localhost" }
            return AllowedClients.loopback.contains { $0.contains(address) }
        }

        package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
    }

    /// An agent as the configuration file writes it: its own settings, and how its model is reached.
    package struct AgentEntry: Hashable, Sendable {
        /// The agent.
        package var agent: AgentConfiguration
        /// The model's name.
        package var model: String?
        /// The endpoint's base, for example `http://127.0.0.1:11434/v1`.
        package var baseURL: String?
        /// The environment variable that holds the key; keys are never written into the file.
        package var keyVariable: String?
        /// How long the endpoint may send nothing before the request is given up; nil for the usual time.
        package var stallSeconds: Double?

        /// An agent without a model of its own.
        package init(agent: AgentConfiguration) { self.agent = agent }
    }

    /// A client certificate as the configuration file writes it.
    package struct ClientEntry: Hashable, Sendable, Codable {
        /// What its owner calls it.
        package var name: String
        /// The pin of its key: base64 of the SHA-256 of the public key.
        package var spki: String
        /// What it allows.
        package var scopes: [String]
        /// The ids of the only chats it sees; all when absent.
        package var chats: [String]?
    }

    /// A webhook as the configuration file writes it.
    package struct WebhookEntry: Hashable, Sendable, Codable {
        /// Its name.
        package var name: String
        /// Where events are posted.
        package var url: String
        /// The environment variable that holds the signing secret (`whsec_…`); made up and shown once when absent.
        package var secretVariable: String?
        /// The event kinds wanted; all when absent.
        package var events: [String]?
    }
}
