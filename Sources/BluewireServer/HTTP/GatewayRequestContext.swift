//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import Hummingbird
import Logging
import NIOCore

/// What is known about a request beside its head and body: where it came from.
package struct GatewayRequestContext: RequestContext {
    package var coreContext: CoreRequestContextStorage
    /// The address it came from; nil for the gateway's own socket.
    package let peer: String?
    /// The pin of the certificate the client has shown; nil where it shows none.
    package var certificate: String?
    /// The connection, or the stream of one.
    let channel: (any Channel)?
    /// Where the answer is written; who writes much waits for it from time to time.
    let eventLoop: any EventLoop

    package init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        peer = PeerAddress.of(source.channel)
        channel = source.channel
        eventLoop = source.channel.eventLoop
    }
}

/// Where a connection comes from.
enum PeerAddress {
    /// The address of the other end; nil for the gateway's own socket, which only its owner can open.
    static func of(_ channel: any Channel) -> String? {
        // A channel without addresses is in memory or gone: not the owner's socket.
        if case .unixDomainSocket? = channel.localAddress { return nil }
        return channel.remoteAddress?.ipAddress ?? "unknown"
    }
}
