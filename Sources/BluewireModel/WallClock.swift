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

/// The time of day and pauses, injected wherever something waits, so that tests decide when time passes.
public protocol WallClock: Sendable {
    /// The time of day.
    var now: Timestamp { get }

    /// Waits for `duration`; at once when it is zero or negative.
    ///
    /// - Throws: `CancellationError` when the task is cancelled before the time has passed.
    func sleep(for duration: Duration) async throws
}

/// The machine's own clock: time of day from the system, pauses on the continuous clock.
public struct SystemWallClock: WallClock {
    /// The machine's clock.
    public init() {}

    public var now: Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }

    public func sleep(for duration: Duration) async throws {
        guard duration > .zero else { return try Task.checkCancellation() }
        try await Task.sleep(for: duration, clock: .continuous)
    }
}
