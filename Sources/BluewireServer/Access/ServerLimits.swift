//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// How much the server takes from whom.
///
/// What ends in `OnLoopback` is for callers of this machine, and nil there means no limit: one busy program of the owner
/// is no attack. Callers on the gateway's own socket have no limits but those of time.
package struct ServerLimits: Hashable, Sendable {
    /// Requests of one address and of one token.
    package var requests: RequestRate? = .standard
    /// The same for callers of this machine.
    package var requestsOnLoopback: RequestRate?
    /// Connections in all; held below what the system lets the process open.
    package var connections = 1024
    /// Connections of one address.
    package var connectionsPerAddress: Int? = 256
    /// The same for callers of this machine.
    package var connectionsOnLoopback: Int?
    /// WebSockets of one token.
    package var sockets: Int? = 32
    /// The same for callers of this machine.
    package var socketsOnLoopback: Int?
    /// Bad credentials of one address in a minute before it has to wait.
    package var failures: Int? = 5
    /// How long things may take.
    package var times = ConnectionTimes()

    /// The standard limits.
    package init() {}
}

/// How long a connection may take for what.
package struct ConnectionTimes: Hashable, Sendable {
    /// From the first byte to the end of a request's head, TLS included.
    package var head = Duration.seconds(10)
    /// Between requests.
    package var idle = Duration.seconds(60)
    /// In this time a body must bring ``bodyProgress`` bytes, or end.
    package var body = Duration.seconds(10)
    /// How many bytes of a body must come in that time.
    package var bodyProgress = 4096
    /// A client that takes nothing of what waits for it for so long is gone.
    package var stall = Duration.seconds(120)
    /// How long a connection that is to end may take to do so.
    package var linger = Duration.seconds(2)

    /// The standard times.
    package init() {}
}
