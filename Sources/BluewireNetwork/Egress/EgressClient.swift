//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

internal import AsyncHTTPClient
internal import NIOCore
internal import NIOHTTP1
private import Synchronization

/// The only door through which the gateway speaks HTTP to the outside.
///
/// Every request is parsed strictly, its host resolved here, **all** its addresses checked against the policy, and the
/// connection made to the checked address, so that a name cannot change its meaning in between. Redirects are returned,
/// not followed; proxies in the environment are ignored; cancelling the task closes the connection at once.
package final class EgressClient: Sendable {
    private struct Key: Hashable {
        var place: String
        var connect: Duration
        var idle: Duration
    }

    private struct Entry {
        var client: PinnedClient
        var address: IPAddress?
        var checkedAt: ContinuousClock.Instant
        var usedAt: ContinuousClock.Instant
    }

    private struct State {
        var policy: EgressPolicy
        /// Changes with the policy.
        var generation = 0
        var entries: [Key: Entry] = [:]
    }

    private let resolver: any HostResolving
    private let trust: EgressTrust
    private let addressLifetime: Duration
    private let onRefusal: @Sendable (EgressPurpose) -> Void
    private let state: Mutex<State>

    /// How many clients are kept for reuse.
    private static let capacity = 64

    /// A client that obeys `policy`.
    ///
    /// - Parameters:
    ///   - trust: whom requests to a gateway believe; all others believe what the system does.
    ///   - addressLifetime: how long a checked address is used without asking the resolver again.
    ///   - onRefusal: told the purpose of every request the policy refused.
    package init(
        policy: EgressPolicy = EgressPolicy(), resolver: any HostResolving = SystemResolver(),
        trust: EgressTrust = .system, addressLifetime: Duration = .seconds(60),
        onRefusal: @escaping @Sendable (EgressPurpose) -> Void = { _ in }
    ) {
        self.addressLifetime = addressLifetime
        self.trust = trust
        state = Mutex(State(policy: policy))
        self.resolver = resolver
        self.onRefusal = onRefusal
    }

    /// Obeys another policy from now on; what was checked by the old one is not reached again unchecked.
    package func replacePolicy(_ policy: EgressPolicy) {
        // What is in use ends when its last body was read; it is released outside the lock.
        let released = state.withLock { state in
            defer { state.entries.removeAll() }
            state.policy = policy
            state.generation += 1
            return state.entries
        }
        _ = consume released
    }

    /// Sends a request and returns as soon as the head of the response is there.
    ///
    /// - Throws: ``EgressError``; ``EgressError/nothingWasSent`` says when the other side has seen nothing.
    package func send(_ request: EgressRequest) async throws(EgressError) -> EgressResponse {
        let limits = request.limits ?? .standard(for: request.purpose)
        let deadline = ContinuousClock.now + limits.total
        let (client, url): (PinnedClient, String)
        do throws(EgressError) {
            (client, url) = try await prepare(request, limits: limits)
        } catch {
            if error.code == .refused { onRefusal(request.purpose) }
            throw error
        }
        var outgoing = HTTPClientRequest(url: url)
        outgoing.method = HTTPMethod(rawValue: request.method)
        for field in request.headers.fields { outgoing.headers.add(name: field.name, value: field.value) }
        if !request.body.isEmpty { outgoing.body = .bytes(ByteBuffer(bytes: request.body)) }
        let response: HTTPClientResponse
        do {
            response = try await client.http.execute(outgoing, timeout: limits.total.timeAmount)
        } catch {
            throw EgressError(wrapping: error)
        }
        var headers = EgressHeaders()
        for field in response.headers { headers.add(field.name, field.value) }
        return EgressResponse(
            status: Int(response.status.code), headers: headers,
            body: EgressBody(
                source: response.body, maximumBytes: limits.maximumBodyBytes, deadline: deadline, client: client
            )
        )
    }

    private func prepare(
        _ request: EgressRequest, limits: EgressLimits
    ) async throws(EgressError) -> (client: PinnedClient, url: String) {
        switch request.target {
        case .unixSocket(let path, let uri):
            guard request.purpose == .simulator else {
                throw EgressError(.refused, "Only the simulator is reached over a Unix socket.")
            }
            let key = Key(place: "unix:\(path)", connect: limits.connect, idle: limits.idle)
            let generation = state.withLock { $0.generation }
            return (
                pinned(key, host: nil, address: nil, trust: .system, limits: limits, generation: generation),
                Self.socketURL(path: path, uri: uri)
            )
        case .url(let text):
            guard request.purpose != .simulator else {
                throw EgressError(.refused, "The simulator is reached over its Unix socket only.")
            }
            let destination = try EgressDestination(text)
            let key = Key(
                place: "\(request.purpose.rawValue):\(destination.scheme)://\(destination.host):\(destination.port)",
                connect: limits.connect, idle: limits.idle
            )
            if let client = reuse(key) { return (client, destination.url) }
            let (policy, generation) = state.withLock { ($0.policy, $0.generation) }
            let addresses =
                if let literal = destination.literal { [literal] } else {
                    await resolver.addresses(of: destination.host)
                }
            try policy.check(destination, resolvedTo: addresses, for: request.purpose)
            // IPv4 first: a checked address is used alone, and machines without IPv6 routes are common.
            let address = addresses.first { if case .v4 = $0 { true } else { false } } ?? addresses[0]
            let believed = request.purpose == .gateway ? trust : .system
            return (
                pinned(
                    key, host: destination.host, address: address, trust: believed, limits: limits,
                    generation: generation),
                destination.url
            )
        }
    }

    private func reuse(_ key: Key) -> PinnedClient? {
        let now = ContinuousClock.now
        return state.withLock { state in
            guard let entry = state.entries[key], now - entry.checkedAt < addressLifetime else { return nil }
            state.entries[key]?.usedAt = now
            return entry.client
        }
    }

    /// The client for a place that was just checked: the one at hand when the address is still the same, else a new one.
    private func pinned(
        _ key: Key, host: String?, address: IPAddress?, trust: EgressTrust, limits: EgressLimits, generation: Int
    ) -> PinnedClient {
        let now = ContinuousClock.now
        // What is replaced or evicted is released outside the lock; it shuts down when its last body was read.
        let (client, released): (PinnedClient, [PinnedClient]) = state.withLock { state in
            // Checked by a policy that no longer holds: for this request alone.
            guard state.generation == generation else {
                return (PinnedClient(host: host, address: address, trust: trust, limits: limits), [])
            }
            if var entry = state.entries[key], entry.address == address {
                entry.checkedAt = now
                entry.usedAt = now
                state.entries[key] = entry
                return (entry.client, [])
            }
            var released = state.entries[key].map { [$0.client] } ?? []
            if state.entries.count >= Self.capacity,
                let oldest = state.entries.min(by: { $0.value.usedAt < $1.value.usedAt })
            {
                released.append(oldest.value.client)
                state.entries[oldest.key] = nil
            }
            let client = PinnedClient(host: host, address: address, trust: trust, limits: limits)
            state.entries[key] = Entry(client: client, address: address, checkedAt: now, usedAt: now)
            return (client, released)
        }
        _ = consume released
        return client
    }

    private static func socketURL(path: String, uri: String) -> String {
        let plain = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~".utf8)
        var host = ""
        for byte in path.utf8 {
            if plain.contains(byte) {
                host.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                host += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }
        return "http+unix://\(host)\(uri.hasPrefix("/") ? uri : "/" + uri)"
    }
}
