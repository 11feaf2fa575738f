//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireWire
import NIOCore
import Synchronization

/// All connections of a listener: how many there are, whose, and which of them could make room.
///
/// When the house is full, an idle connection is closed for a new one: the oldest of the address that holds the most idle
/// ones. So who only holds connections open locks out nobody. Connections with a request in progress are never closed
/// for others.
final class ConnectionRegistry: Sendable {
    private struct Entry {
        let channel: any Channel
        let key: String
        /// The number under which it waits among the idle ones; nil while it is busy.
        var ticket: Int?
        var certificate: String?
    }

    /// The connections of one address.
    private struct Share {
        var count = 0
        var idle = 0
        /// The idle ones, the longest idle first; tickets that are no longer valid are skipped.
        var line: ArraySlice<(id: ObjectIdentifier, ticket: Int)> = []
    }

    private struct State {
        var entries: [ObjectIdentifier: Entry] = [:]
        var shares: [String: Share] = [:]
        var lastTicket = 0
    }

    private let limits: @Sendable () -> ServerLimits
    private let capacity: Int
    private let admits: @Sendable (String) -> Bool
    private let state = Mutex(State())

    /// A registry for `total` connections; `admits` decides about numeric addresses.
    convenience init(_ limits: ServerLimits, total: Int, admits: @escaping @Sendable (String) -> Bool = { _ in true }) {
        var limits = limits
        limits.connections = total
        self.init(capacity: total, limits: { [limits] in limits }, admits: admits)
    }

    /// A registry that asks for the limits each time, and holds `capacity` connections at most.
    init(
        capacity: Int, limits: @escaping @Sendable () -> ServerLimits, admits: @escaping @Sendable (String) -> Bool
    ) {
        self.capacity = capacity
        self.limits = limits
        self.admits = admits
    }

    /// How many connections there are.
    var count: Int { state.withLock { $0.entries.count } }

    /// Takes a new connection in.
    ///
    /// - Parameter address: where it comes from; nil for the gateway's own socket.
    /// - Returns: why not; nil when it was taken in, and is to be taken out with ``remove(_:)``.
    func admit(_ channel: any Channel, address: String?) -> NativeProblem? {
        if let address, !admits(address) { return .foreignAddress }
        let client = address.map { ClientAddress($0) }
        let limits = limits()
        let total = min(limits.connections, capacity)
        let limit = client.flatMap { $0.isLoopback ? limits.connectionsOnLoopback : limits.connectionsPerAddress }
        let key = client?.key ?? "socket"
        let (refusal, evicted): (NativeProblem?, (any Channel)?) = state.withLock { state in
            if let limit, state.shares[key, default: Share()].count >= limit { return (.crowdedAddress, nil) }
            var evicted: (any Channel)?
            if state.entries.count >= total {
                guard let id = Self.longestIdle(&state) else { return (.fullHouse, nil) }
                evicted = state.entries[id]?.channel
                Self.drop(id, &state)
            }
            let id = ObjectIdentifier(channel)
            state.entries[id] = Entry(channel: channel, key: key)
            state.shares[key, default: Share()].count += 1
            Self.enqueue(id, &state)
            return (nil, evicted)
        }
        evicted?.close(promise: nil)
        return refusal
    }

    /// Forgets a connection that is gone.
    func remove(_ channel: any Channel) {
        state.withLock { Self.drop(ObjectIdentifier(channel), &$0) }
    }

    /// Notes that a connection works on a request, or no longer does.
    func note(_ channel: any Channel, isIdle: Bool) {
        let id = ObjectIdentifier(channel)
        state.withLock { state in
            guard state.entries[id] != nil else { return }
            if isIdle { Self.enqueue(id, &state) } else { Self.dequeue(id, &state) }
        }
    }

    /// Notes whose certificate a connection has shown.
    func note(_ channel: any Channel, certificate: String) {
        state.withLock { $0.entries[ObjectIdentifier(channel)]?.certificate = certificate }
    }

    /// The pin of the certificate that was shown on a connection, or on the one that carries a stream.
    func certificate(of channel: (any Channel)?) -> String? {
        guard let channel else { return nil }
        return state.withLock { state in
            if let entry = state.entries[ObjectIdentifier(channel)] { return entry.certificate }
            return channel.parent.flatMap { state.entries[ObjectIdentifier($0)]?.certificate }
        }
    }

    private static func enqueue(_ id: ObjectIdentifier, _ state: inout State) {
        guard let entry = state.entries[id] else { return }
        var share = state.shares.removeValue(forKey: entry.key) ?? Share()
        if entry.ticket == nil { share.idle += 1 }
        state.lastTicket += 1
        state.entries[id]?.ticket = state.lastTicket
        share.line.append((id, state.lastTicket))
        // Tickets pile up on connections that come and go; the line stays a small multiple of what it stands for.
        if share.line.count > 4 * share.count + 16 {
            share.line = ArraySlice(share.line.filter { state.entries[$0.id]?.ticket == $0.ticket })
        }
        state.shares[entry.key] = share
    }

    private static func dequeue(_ id: ObjectIdentifier, _ state: inout State) {
        guard let entry = state.entries[id], entry.ticket != nil else { return }
        state.entries[id]?.ticket = nil
        state.shares[entry.key]?.idle -= 1
    }

    private static func longestIdle(_ state: inout State) -> ObjectIdentifier? {
        var most = 0
        var oldest = Int.max
        var found: ObjectIdentifier?
        for share in state.shares.values where share.idle > 0 && share.idle >= most {
            guard let first = share.line.first(where: { state.entries[$0.id]?.ticket == $0.ticket }) else { continue }
            if share.idle > most || first.ticket < oldest {
                (most, oldest, found) = (share.idle, first.ticket, first.id)
            }
        }
        return found
    }

    private static func drop(_ id: ObjectIdentifier, _ state: inout State) {
        dequeue(id, &state)
        guard let entry = state.entries.removeValue(forKey: id) else { return }
        state.shares[entry.key]?.count -= 1
        if state.shares[entry.key]?.count == 0 { state.shares[entry.key] = nil }
    }
}
