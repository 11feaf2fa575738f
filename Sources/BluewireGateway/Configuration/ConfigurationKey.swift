//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// The scalar settings: their keys in the file, on the command line and in the environment come from here.
package enum ConfigurationKey: String, CaseIterable, Sendable {
    case listen
    case listenPlain = "listen-plain"
    case discovery
    case allowedHosts = "allowed-hosts"
    case allowedClients = "allowed-clients"
    case certificate = "tls.certificate"
    case certificateKey = "tls.key"
    case clientAuthority = "tls.client-ca"
    case requestLimit = "limits.requests"
    case connectionLimit = "limits.connections"
    case addressLimit = "limits.connections-per-address"
    case socketLimit = "limits.sockets"
    case failureLimit = "limits.failures"
    case state
    case database
    case home
    case line
    case transport
    case simulatorSocket = "simulator-socket"
    case osascript
    case fileEvents = "file-events"
    case poll
    case webhookEgress = "egress.webhook"
    case modelEgress = "egress.model"
    case uploadLimit = "limits.upload"
    case tokenBudget = "budget.token"
    case ownerBudget = "budget.owner"
    case agentBudget = "budget.agent"
    case agentsSend = "agents-send"
    case webRoot = "web-root"
    case logLevel = "log-level"
    case logFormat = "log-format"
    case retentionDays = "retention.days"
    case retentionSize = "retention.size"
    case retentionDeliveries = "retention.deliveries"
    case retentionTurns = "retention.turns"
    case retentionSends = "retention.sends"
    case retentionAudit = "retention.audit"

    /// The name in the environment, for example `BLUEWIRE_ALLOWED_HOSTS`.
    package var environmentName: String {
        "BLUEWIRE_" + rawValue.uppercased().map { $0 == "-" || $0 == "." ? "_" : String($0) }.joined()
    }

    /// One line for the documentation.
    package var summary: String {
        switch self {
        case .listen: "where to listen, host:port (127.0.0.1:8787)"
        case .listenPlain: "true: listen without TLS where other machines can reach it"
        case .discovery: "true: announce the gateway in the local network"
        case .allowedClients: "the only addresses and networks that may connect, besides this machine"
        case .certificate: "the certificate of the listener, PEM; with tls.key turns TLS on"
        case .certificateKey: "its key, PEM"
        case .clientAuthority: "clients must show a certificate that these sign, PEM"
        case .requestLimit: "requests a second of one address and token, as rate/burst (20/40), or off"
        case .connectionLimit: "connections in all (1024)"
        case .addressLimit: "connections of one address (256), or off"
        case .socketLimit: "WebSockets of one token (32), or off"
        case .failureLimit: "bad credentials of one address in a minute before it has to wait (5), or off"
        case .allowedHosts: "more host names requests may carry, separated by commas"
        case .state: "the state directory"
        case .database: "the Messages database (~/Library/Messages/chat.db)"
        case .home: "the home that ~ in attachment paths refers to"
        case .line: "the name of the line (mac)"
        case .transport: "applescript, simulator, or both in the order they are tried; none only reads"
        case .simulatorSocket: "the socket of `bluewire simulate`"
        case .osascript: "the script runner (/usr/bin/osascript)"
        case .fileEvents: "wake on file events: true or false"
        case .poll: "the fallback poll: true or false"
        case .webhookEgress: "private destinations webhooks may reach: host:port or CIDR, separated by commas"
        case .modelEgress: "private destinations model requests may reach"
        case .uploadLimit: "the largest file that may be uploaded, in bytes (104857600)"
        case .tokenBudget: "sends of each token: in 10 s/a day/first messages a day (30/500/50)"
        case .ownerBudget: "sends of the owner, written likewise (60/2000/200)"
        case .agentBudget: "sends of each agent, written likewise (20/500/5)"
        case .agentsSend: "true: agents really send; false: they write drafts (shadow mode)"
        case .webRoot: "a folder that overrides the web page"
        case .logFormat: "text, or json: one object a line (text)"
        case .retentionDays: "how many days events are kept (30)"
        case .retentionSize: "how large the journal may grow, for example 500MB (1GB)"
        case .retentionDeliveries: "how many days finished webhook deliveries are kept (30)"
        case .retentionTurns: "how many days turns of agents and decided drafts are kept (90)"
        case .retentionSends: "how many days finished sends are kept (90)"
        case .retentionAudit: "how many days the audit trail is kept (400)"
        case .logLevel: "trace, debug, info, notice, warning or error"
        }
    }
}
