//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// Which `Host` and `Origin` headers are believed; a page of a stranger that resolves its name to this machine is not.
package struct OriginPolicy: Hashable, Sendable {
    /// Names the gateway answers to, lower case, without ports.
    private let hosts: Set<String>

    /// Loopback names and those of `names`.
    package init(names: [String] = []) {
        hosts = Set(["localhost", "127.0.0.1", "[::1]"] + names.map { $0.lowercased() })
    }

    /// Whether a request with that `Host` is for us; one without is not.
    package func accepts(host: String?) -> Bool {
        guard let host else { return false }
        return hosts.contains(Self.name(of: host))
    }

    /// Whether a request with that `Origin` comes from our own page: the very host and port it was sent to.
    ///
    /// Requests without an origin come from programs, not from pages.
    package func accepts(origin: String?, host: String?) -> Bool {
        guard let origin else { return true }
        guard let host, accepts(host: host) else { return false }
        let lowered = origin.lowercased()
        return lowered == "http://" + host.lowercased() || lowered == "https://" + host.lowercased()
    }

    private static func name(of host: String) -> String {
        let lowered = host.lowercased()
        if lowered.hasPrefix("[") {
            return lowered.firstIndex(of: "]").map { String(lowered[...$0]) } ?? lowered
        }
        return lowered.split(separator: ":", maxSplits: 1).first.map(String.init) ?? lowered
    }
}
