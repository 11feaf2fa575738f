//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireState
import Synchronization

/// Counts the WebSockets of each token.
final class SocketCounter: Sendable {
    private let limit: @Sendable (_ isLoopback: Bool) -> Int?
    private let open = Mutex<[String: Int]>([:])

    /// A counter that asks each time for the most sockets of one token, for callers on this machine and elsewhere.
    init(limit: @escaping @Sendable (_ isLoopback: Bool) -> Int?) { self.limit = limit }

    /// A counter with the most sockets of one token for callers elsewhere and on this machine; nil is no limit.
    convenience init(elsewhere: Int?, loopback: Int?) {
        self.init { $0 ? loopback : elsewhere }
    }

    /// Counts one more socket of a caller; whoever got it gives it back with ``leave(_:)``.
    ///
    /// - Throws: ``RateLimited``.
    func enter(_ principal: Principal, address: String?) throws(RateLimited) {
        let limit = address.flatMap { self.limit(ClientAddress($0).isLoopback) }
        let isAdmitted = open.withLock { open in
            let count = open[principal.id, default: 0]
            if let limit, count >= limit { return false }
            open[principal.id] = count + 1
            return true
        }
        guard isAdmitted else { throw RateLimited(.tooManySockets, wait: .seconds(10)) }
    }

    /// Forgets a socket that was counted.
    func leave(_ principal: Principal) {
        open.withLock { open in
            let count = open[principal.id, default: 0]
            open[principal.id] = count > 1 ? count - 1 : nil
        }
    }
}
