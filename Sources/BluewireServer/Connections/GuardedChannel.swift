//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import HummingbirdCore
import Logging
import NIOCore

/// A connection of Hummingbird's with a guard at its door.
struct GuardedChannel<Base: ServerChildChannel>: ServerChildChannel {
    typealias Value = Base.Value

    let base: Base
    let policy: ConnectionPolicy

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Base.Value> {
        let address = PeerAddress.of(channel)
        let problem = policy.registry.admit(channel, address: address)
        if problem == nil {
            let registry = policy.registry
            channel.closeFuture.whenComplete { _ in registry.remove(channel) }
        }
        do {
            try channel.pipeline.syncOperations.addHandler(
                ConnectionGuard(
                    policy.times, registry: policy.registry,
                    refusal: problem.map { .init(problem: $0, isSpoken: !policy.isTLS) },
                    readsCertificate: policy.wantsCertificates))
        } catch {
            return channel.eventLoop.makeFailedFuture(error)
        }
        return base.setup(channel: channel, logger: logger)
    }

    func handle(value: Base.Value, logger: Logger) async {
        await base.handle(value: value, logger: logger)
    }
}

/// What the connections of one listener share.
struct ConnectionPolicy: Sendable {
    let registry: ConnectionRegistry
    let times: ConnectionTimes
    /// Whether they speak TLS.
    let isTLS: Bool
    /// Whether clients show certificates.
    let wantsCertificates: Bool
}
