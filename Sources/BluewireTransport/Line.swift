//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

public import BluewireModel

/// One identity the gateway speaks as: an account or number with its transports in order of preference.
public struct Line: Sendable {
    /// Its name.
    public var id: LineID
    /// What it is: `messages` (this Mac), `simulator`.
    public var kind: String
    /// The transports, the preferred one first.
    ///
    /// The next is tried only when nothing was handed over.
    public var transports: [any Transport]

    /// A line from its parts.
    public init(id: LineID, kind: String, transports: [any Transport]) {
        self.id = id
        self.kind = kind
        self.transports = transports
    }

    /// The first transport that can do everything `intent` needs.
    ///
    /// - Returns: the transports able to do it, in order; when empty, the reasons why none can.
    public func transports(for intent: Intent) async -> (able: [any Transport], missing: [Capability: String]) {
        var able: [any Transport] = []
        var missing: [Capability: String] = [:]
        for transport in transports {
            let capabilities = await transport.capabilities
            let lacking = intent.required.subtracting(capabilities.supported)
            if lacking.isEmpty {
                able.append(transport)
            } else {
                for capability in lacking where missing[capability] == nil {
                    missing[capability] = capabilities.reasons[capability] ?? "\(transport.name) has no way to do this"
                }
            }
        }
        return (able, able.isEmpty ? missing : [:])
    }

    /// What the line can do: the union over its transports, and the reasons for the rest.
    public var capabilities: TransportCapabilities {
        get async {
            var union = TransportCapabilities(supported: [])
            for transport in transports {
                let one = await transport.capabilities
                union.supported.formUnion(one.supported)
                union.reasons.merge(one.reasons) { first, _ in first }
            }
            union.reasons = union.reasons.filter { !union.supported.contains($0.key) }
            return union
        }
    }
}
