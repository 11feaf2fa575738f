//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// Decides what may be reached.
///
/// Pure: it never resolves or connects.
///
/// Public addresses are open over https. This machine, private networks and plain http to the outside need a grant
/// for the purpose; a gateway needs one wherever it is. Link-local addresses, cloud metadata and reserved blocks are never reached.
package struct EgressPolicy: Hashable, Sendable {
    /// The grants by purpose.
    package var grants: [EgressPurpose: [EgressGrant]]

    /// A policy with these grants and nothing else.
    package init(grants: [EgressPurpose: [EgressGrant]] = [:]) {
        self.grants = grants
    }

    /// A policy from the `egress` settings: lists of entries by purpose.
    ///
    /// - Throws: ``EgressError`` with `invalid` that names the entry.
    package init(allow: [String: [String]]) throws(EgressError) {
        grants = [:]
        for (name, entries) in allow.sorted(by: { $0.key < $1.key }) {
            guard let purpose = EgressPurpose(rawValue: name) else {
                throw EgressError(
                    .invalid, "egress has no purpose \"\(name)\".",
                    remedy: "Use one of \(EgressPurpose.allCases.map(\.rawValue).joined(separator: ", "))."
                )
            }
            for entry in entries {
                guard let grant = EgressGrant(entry) else {
                    throw EgressError(
                        .invalid, "egress.\(name) has an entry that is no host or address: \"\(entry)\".",
                        remedy: "Write host, host:port, *.domain, an address or a block like 192.168.0.0/16."
                    )
                }
                grants[purpose, default: []].append(grant)
            }
        }
    }

    /// Allows one more host or block for a purpose.
    package mutating func allow(_ grant: EgressGrant, for purpose: EgressPurpose) {
        grants[purpose, default: []].append(grant)
    }

    /// Checks every address a destination resolved to; one bad address refuses them all.
    ///
    /// - Throws: ``EgressError`` with `refused`, or `unreachable` when there is no address.
    package func check(
        _ destination: EgressDestination, resolvedTo addresses: [IPAddress], for purpose: EgressPurpose
    ) throws(EgressError) {
        guard !addresses.isEmpty else {
            throw EgressError(.unreachable, "The host name has no address.", remedy: "Check the name and the DNS.")
        }
        for address in addresses { try check(destination, address: address, for: purpose) }
    }

    private func check(
        _ destination: EgressDestination, address: IPAddress, for purpose: EgressPurpose
    ) throws(EgressError) {
        let faces = [address] + address.embeddedV4.map { .v4($0) }
        for face in faces where IPNetwork.neverReachable.contains(where: { $0.contains(face) }) {
            throw EgressError(.refused, "The address is link-local, reserved or a metadata service.")
        }
        let isGranted = grants[purpose, default: []].contains { grant in
            faces.allSatisfy { grant.covers(destination, address: $0) }
        }
        guard !isGranted else { return }
        guard purpose != .gateway else {
            throw EgressError(.refused, "Only the gateway that was named is reached.")
        }
        let remedy =
            "Add \"\(destination.host):\(destination.port)\" to egress.\(purpose.rawValue) if this is meant."
        if faces.contains(where: { face in IPNetwork.local.contains { $0.contains(face) } }) {
            throw EgressError(.refused, "The address belongs to this machine or a private network.", remedy: remedy)
        }
        guard destination.scheme == "https" else {
            throw EgressError(.refused, "Plain http leaves the local network.", remedy: "Use https. " + remedy)
        }
    }
}
