//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// A point in time with nanosecond grain, counted from 1970-01-01T00:00:00Z.
///
/// The model never uses `Date`: its `Double` loses the nanoseconds by which Apple orders messages.
public struct Timestamp: Hashable, Comparable, Sendable {
    /// Nanoseconds since 1970-01-01T00:00:00Z; covers the years 1678 to 2262.
    public var nanoseconds: Int64

    /// The time `nanoseconds` after 1970-01-01T00:00:00Z.
    public init(nanoseconds: Int64) {
        self.nanoseconds = nanoseconds
    }

    /// The time `milliseconds` after 1970-01-01T00:00:00Z, clamped to the representable range.
    public init(milliseconds: Int64) {
        let (value, overflow) = milliseconds.multipliedReportingOverflow(by: 1_000_000)
        nanoseconds = overflow ? (milliseconds < 0 ? .min : .max) : value
    }

    /// The time `seconds` after 1970-01-01T00:00:00Z, clamped to the representable range.
    public init(seconds: Int64) {
        let (value, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        nanoseconds = overflow ? (seconds < 0 ? .min : .max) : value
    }

    /// Whole milliseconds since 1970, rounded towards the past.
    public var milliseconds: Int64 {
        nanoseconds.flooredQuotient(by: 1_000_000)
    }

    /// Whole seconds since 1970, rounded towards the past.
    public var seconds: Int64 {
        nanoseconds.flooredQuotient(by: 1_000_000_000)
    }

    public static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.nanoseconds < right.nanoseconds
    }

    /// The time `duration` later, clamped to the representable range.
    public static func + (time: Timestamp, duration: Duration) -> Timestamp {
        let (value, overflow) = time.nanoseconds.addingReportingOverflow(duration.wholeNanoseconds)
        guard overflow else { return Timestamp(nanoseconds: value) }
        return Timestamp(nanoseconds: duration < .zero ? .min : .max)
    }

    /// The time `duration` earlier, clamped to the representable range.
    public static func - (time: Timestamp, duration: Duration) -> Timestamp {
        time + (.zero - duration)
    }

    /// How much later `end` is than `start`.
    public static func - (end: Timestamp, start: Timestamp) -> Duration {
        let (value, overflow) = end.nanoseconds.subtractingReportingOverflow(start.nanoseconds)
        return .nanoseconds(overflow ? (end < start ? .min : .max) : value)
    }
}

extension Timestamp: Codable {
    public init(from decoder: any Decoder) throws {
        nanoseconds = try decoder.singleValueContainer().decode(Int64.self)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(nanoseconds)
    }
}

extension Duration {
    /// The duration in whole nanoseconds, clamped to `Int64`.
    package var wholeNanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (scaled, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        guard !overflow else { return seconds < 0 ? .min : .max }
        let (sum, sumOverflow) = scaled.addingReportingOverflow(attoseconds / 1_000_000_000)
        return sumOverflow ? (seconds < 0 ? .min : .max) : sum
    }
}

extension Int64 {
    /// The quotient rounded towards negative infinity; `divisor` is positive.
    package func flooredQuotient(by divisor: Int64) -> Int64 {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }
}
