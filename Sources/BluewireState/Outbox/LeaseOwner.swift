//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

private import Synchronization

#if canImport(Glibc)
    private import Glibc
#elseif canImport(Musl)
    private import Musl
#else
    private import Darwin
#endif

/// A user of the outbox: one process, or one of several outboxes in a process.
package struct LeaseOwner: Hashable, Sendable, Codable {
    /// The process.
    package var process: Int32
    /// Tells users of one process, and processes that got the same number, apart.
    package var nonce: UInt64

    /// An owner from its parts.
    package init(process: Int32, nonce: UInt64) {
        self.process = process
        self.nonce = nonce
    }

    /// A new owner in this process; it is alive until ``retire()``.
    package static func here() -> LeaseOwner {
        let owner = LeaseOwner(process: getpid(), nonce: .random(in: 1...UInt64(Int64.max)))
        _ = living.withLock { $0.insert(owner.nonce) }
        return owner
    }

    /// Ends the owner: what it left behind may be taken over.
    package func retire() {
        _ = Self.living.withLock { $0.remove(nonce) }
    }

    /// Whether the owner can still be at work.
    ///
    /// A reused process number only delays a take-over until the lease ends.
    package var isAlive: Bool {
        if process == getpid() { return Self.living.withLock { $0.contains(nonce) } }
        return kill(process, 0) == 0 || errno == EPERM
    }

    /// The living owners of this process.
    private static let living = Mutex<Set<UInt64>>([])
}
