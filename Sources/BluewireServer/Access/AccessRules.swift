//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireState

/// Who may talk to the server at all, and how much.
package struct AccessRules: Sendable {
    /// Names beside the loopback ones that the gateway answers to.
    package var hosts: [String]
    /// What client certificates stand for, by the pin of their key; empty where they stand for nobody.
    package var clients: [String: Principal]
    /// How much is taken from one caller.
    package var limits: ServerLimits
    /// Which numeric addresses may connect.
    package var admits: @Sendable (_ address: String) -> Bool

    /// Rules from their parts.
    package init(
        hosts: [String] = [], clients: [String: Principal] = [:], limits: ServerLimits = ServerLimits(),
        admits: @escaping @Sendable (_ address: String) -> Bool = { _ in true }
    ) {
        self.hosts = hosts
        self.clients = clients
        self.limits = limits
        self.admits = admits
    }
}
