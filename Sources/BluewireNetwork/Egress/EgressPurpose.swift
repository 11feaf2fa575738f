//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// What an outbound connection is for.
///
/// Permissions are granted per purpose: what a webhook may reach, a model may not.
package enum EgressPurpose: String, Hashable, Sendable, CaseIterable, Codable {
    /// Deliveries to webhook receivers.
    case webhook
    /// Model providers.
    case model
    /// Files fetched for sending.
    case media
    /// The gateway that a command was told to talk to.
    case gateway
    /// The simulator and other processes of this machine, over a Unix socket.
    case simulator
}
