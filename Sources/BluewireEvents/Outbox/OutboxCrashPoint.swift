//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

#if canImport(Glibc)
    private import Glibc
#elseif canImport(Musl)
    private import Musl
#else
    private import Darwin
#endif

/// The instants between two effects of the outbox at which a process may die.
///
/// A test makes each of them fatal through ``Outbox/Configuration/crashHook``; in production the hook does nothing.
package enum OutboxCrashPoint: String, CaseIterable, Sendable {
    /// A send was admitted but not stored.
    case beforeStore
    /// A send was stored; the caller has not been told.
    case afterStore
    /// The store was asked for its newest row; the send is still queued.
    case beforeDispatch
    /// The send is durably dispatched; no transport was asked.
    case afterDispatch
    /// A transport proved that nothing was handed over; the next one was not asked.
    case betweenTransports
    /// A transport answered; its answer is not stored.
    case afterPerform
    /// The transport's answer is stored.
    case afterResult
    /// Rows were found; the landing is not stored.
    case beforeLanding
    /// The landing and the sink's cursor are stored.
    case afterLanding
    /// Changes are waiting for the journal.
    case beforePublish
    /// The journal has the changes; the outbox does not know it.
    case afterPublish

    /// A hook that kills the process at the point named `name`; inert for nil or an unknown name.
    ///
    /// The executable passes the environment variable `BLUEWIRE_CRASH_AT`, so that tests can kill a real process at
    /// each point. It ends by `SIGKILL`: no handler runs and nothing is flushed.
    package static func hook(fatalAt name: String?) -> @Sendable (OutboxCrashPoint) -> Void {
        guard let fatal = name.flatMap(OutboxCrashPoint.init) else { return { _ in } }
        return { point in if point == fatal { kill(getpid(), SIGKILL) } }
    }
}
