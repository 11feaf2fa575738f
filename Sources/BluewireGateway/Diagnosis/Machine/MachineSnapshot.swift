//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel

/// What was seen of a machine at one moment, as values; everything the doctor says of it follows from this alone.
package struct MachineSnapshot: Hashable, Sendable {
    /// The time of day.
    package var now: Timestamp
    /// What a Mac says about itself; nil elsewhere.
    package var mac: MacFacts?
    /// What was granted before.
    package var earlier = EarlierGrants()
    /// What holds the permissions of this command.
    package var holder = PermissionHolder.other
    /// Own addresses the database proves; nil when it was not read.
    package var ownAddresses: Int?
    /// Who writes on the account; nil when the database was not read.
    package var authors: Authors?
    /// The codes of what the running gateway lacks; nil when none was asked.
    package var gatewayLacks: [String]?
    /// The service of the user's supervisor; nil when it was not looked at.
    package var service: ServiceReport?
    /// Whether the clock follows time servers; nil when the system does not say.
    package var isClockFollowing: Bool?
    /// The models of the configured agents.
    package var endpoints: [ModelEndpoint.Seen] = []
    /// The listener's certificate; nil without TLS.
    package var certificate: CertificateFacts?
    /// The tokens that work; nil when the gateway was not asked.
    package var tokens: [TokenFacts]?

    /// Nothing was seen but the time.
    package init(now: Timestamp) { self.now = now }

    /// Who wrote the newest messages.
    package struct Authors: Hashable, Sendable {
        /// Messages that were looked at.
        package var messages: Int
        /// Those of the account's owner.
        package var own: Int
        /// How many of those Bluewire sent; nil when that could not be told.
        package var ours: Int?

        /// Authors by their numbers.
        package init(messages: Int, own: Int, ours: Int?) {
            self.messages = messages
            self.own = own
            self.ours = ours
        }
    }

    /// A token that works, without its name.
    package struct TokenFacts: Hashable, Sendable {
        /// When it was made.
        package var createdAt: Timestamp
        /// When it was last used.
        package var lastUsedAt: Timestamp?
        /// When it ends.
        package var expiresAt: Timestamp?
        /// Whether it may do everything in every chat.
        package var isUnlimited: Bool

        /// A token from its fields.
        package init(createdAt: Timestamp, lastUsedAt: Timestamp?, expiresAt: Timestamp?, isUnlimited: Bool) {
            self.createdAt = createdAt
            self.lastUsedAt = lastUsedAt
            self.expiresAt = expiresAt
            self.isUnlimited = isUnlimited
        }
    }

    /// The program whose permissions macOS takes for those of this command.
    package enum PermissionHolder: Hashable, Sendable {
        /// A terminal or editor of that name.
        case program(String)
        /// A login over ssh.
        case ssh
        /// Nothing that is known by name.
        case other

        /// Reads it off the environment.
        package init(environment: [String: String]) {
            let known = [
                "Apple_Terminal": "Terminal", "iTerm.app": "iTerm", "vscode": "Visual Studio Code",
                "WarpTerminal": "Warp", "ghostty": "Ghostty", "zed": "Zed",
            ]
            if environment["SSH_CONNECTION"] != nil {
                self = .ssh
            } else if let name = environment["TERM_PROGRAM"].flatMap({ known[$0] }) {
                self = .program(name)
            } else {
                self = .other
            }
        }

        /// A word that tells it from others.
        package var name: String {
            switch self {
            case .program(let name): name
            case .ssh: "ssh"
            case .other: "other"
            }
        }

        /// Whose permission it is, for people.
        var sentence: String {
            switch self {
            case .program(let name): "This command has the permissions of \(name); the service has its own."
            case .ssh: "This command has the permissions of logins over ssh; the service has its own."
            case .other: "It counts for the program that started this command; the service has its own."
            }
        }
    }
}
