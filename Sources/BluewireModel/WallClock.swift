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

    /// Waits for `duration` or less, for work that is repeated now and then.
    ///
    /// All rests of one length end together, so that an idle process wakes up less often.
    ///
    /// - Throws: `CancellationError` when the task is cancelled before the time has passed.
    func rest(for duration: Duration) async throws
}

extension WallClock {
    /// Waits for `duration`.
    public func rest(for duration: Duration) async throws { try await sleep(for: duration) }
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

    public func rest(for duration: Duration) async throws {
        let step = (Timestamp(nanoseconds: 0) + duration).nanoseconds
        guard step > 0 else { return try Task.checkCancellation() }
        // Up to the next multiple; one that has almost come is the one that has just been.
        let rest = step - now.nanoseconds % step
        try await sleep(for: Duration.nanoseconds(rest > step / 100 ? rest : rest + step))
    }
}
