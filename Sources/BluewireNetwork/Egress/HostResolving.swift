//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// Turns a host name into all its addresses.
package protocol HostResolving: Sendable {
    /// Every address of `host`; empty when the name does not exist.
    func addresses(of host: String) async -> [IPAddress]
}
