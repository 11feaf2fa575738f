//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel

/// Apple's dates: counted from 2001-01-01T00:00:00Z, in nanoseconds or, in old rows, in seconds.
package enum AppleTime {
    /// 2001-01-01T00:00:00Z in seconds since 1970.
    package static let epochSeconds: Int64 = 978_307_200

    /// Values from here on are nanoseconds; smaller ones are seconds of rows written before 10.13.
    private static let nanosecondThreshold: UInt64 = 1_000_000_000_000

    /// The last believable time, 2200-01-01T00:00:00Z, in seconds since 1970.
    private static let lastBelievableSecond: Int64 = 7_258_118_400

    /// Reads a date column: nanoseconds or seconds by magnitude.
    ///
    /// - Returns: nil for NULL, 0 and the bogus values seen in the wild (`Int64.max`, negative times, far futures).
    package static func timestamp(_ raw: Int64?) -> Timestamp? {
        guard let raw, raw > 0, raw < 9_200_000_000_000_000_000 else { return nil }
        guard raw.magnitude >= nanosecondThreshold else { return seconds(raw) }
        let (value, overflow) = raw.addingReportingOverflow(epochSeconds * 1_000_000_000)
        guard !overflow, value / 1_000_000_000 < lastBelievableSecond else { return nil }
        return Timestamp(nanoseconds: value)
    }

    /// Reads a column that always counts seconds (`attachment.created_date`); nil for NULL and 0.
    package static func seconds(_ raw: Int64?) -> Timestamp? {
        guard let raw, raw > 0, raw < lastBelievableSecond - epochSeconds else { return nil }
        return Timestamp(seconds: raw + epochSeconds)
    }

    /// Reads seconds with a fraction (`ec[].d`, NSDate); nil for zero, non-finite and unbelievable values.
    package static func seconds(_ raw: Double?) -> Timestamp? {
        guard let raw, raw.isFinite, raw > 0, raw < Double(lastBelievableSecond - epochSeconds) else { return nil }
        let whole = raw.rounded(.down)
        let fraction = ((raw - whole) * 1_000_000_000).rounded()
        return Timestamp(nanoseconds: (Int64(whole) + epochSeconds) * 1_000_000_000 + Int64(fraction))
    }

    /// What a current system writes into a date column for `time`.
    package static func rawNanoseconds(_ time: Timestamp) -> Int64 {
        let (value, overflow) = time.nanoseconds.subtractingReportingOverflow(epochSeconds * 1_000_000_000)
        return overflow ? .min : value
    }

    /// Seconds since 2001 with a fraction for `time`, as archives store dates.
    package static func fractionalSeconds(_ time: Timestamp) -> Double {
        Double(time.seconds - epochSeconds) + Double(time.nanoseconds - time.seconds * 1_000_000_000) / 1_000_000_000
    }

    /// Seconds since 2001 of an RFC 3339 time, as XML property lists write dates.
    package static func fractionalSeconds(rfc3339 text: String) -> Double? {
        Timestamp(rfc3339: text).map(fractionalSeconds)
    }
}
