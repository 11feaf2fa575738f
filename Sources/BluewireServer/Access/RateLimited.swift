//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireWire
import HTTPTypes

/// A refusal that ends by itself: the problem, and when to try again.
struct RateLimited: Error, Hashable, Sendable {
    /// What the caller is told.
    var problem: NativeProblem
    /// How long to wait.
    var wait: Duration

    init(_ problem: NativeProblem, wait: Duration) {
        self.problem = problem
        self.wait = wait
    }

    /// The value of `Retry-After`: whole seconds, at least one.
    var retryAfter: String {
        let (seconds, rest) = wait.components
        return String(max(1, seconds + (rest > 0 ? 1 : 0)))
    }
}

extension NativeProblem {
    /// A caller that asks too often.
    static let tooManyRequests = NativeProblem(
        .rateLimited, detail: "This address or token makes more requests than allowed.",
        remedy: "Wait as long as Retry-After says, or raise limits.requests.")

    /// A token that keeps too many live connections.
    static let tooManySockets = NativeProblem(
        .tooManySockets, detail: "This token holds as many WebSockets as it may.",
        remedy: "Close others first, share one between readers, or raise limits.sockets.")

    /// An address that keeps too many connections.
    static let crowdedAddress = NativeProblem(
        .tooManyConnections, detail: "This address holds as many connections as it may.",
        remedy: "Close others or reuse one, or raise limits.connections-per-address.")

    /// No room for another connection.
    static let fullHouse = NativeProblem(
        .connectionsFull, detail: "The gateway holds as many connections as it may, and all of them are busy.",
        remedy: "Try again later, or raise limits.connections.")

    /// An address outside the list of clients.
    static let foreignAddress = NativeProblem(
        .foreignAddress, detail: "This gateway does not talk to the address the connection comes from.",
        remedy: "Add the address or its network to allowed-clients.")

    /// A certificate that stands for nobody.
    static let unknownCertificate = NativeProblem(
        .unknownCertificate, detail: "The client certificate is not one that this gateway knows.",
        remedy: "Add the pin of its key to tls.clients.")

    /// A request whose parts do not come.
    static let requestTimeout = NativeProblem(
        .requestTimeout, detail: "The request did not arrive in time.",
        remedy: "Send head and body without long pauses.")

    /// A head beyond the limits.
    static let headTooLarge = NativeProblem(
        .headTooLarge, detail: "The header of the request has too many fields or bytes.",
        remedy: "Send at most 100 fields, 16 KiB each and 64 KiB together.")

    /// Bytes that are not HTTP.
    static let malformedRequest = NativeProblem(
        .badRequest, detail: "What arrived is not a valid HTTP request.",
        remedy: "Use an HTTP client that follows RFC 9112.")
}
