//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel
// Full Foundation: only it carries the time zone database on Linux.
private import Foundation

/// A date and time on the wall of some place, without the place.
package struct LocalTime: Hashable, Sendable {
    /// Days since 1970-01-01.
    package var day: Int64
    /// Seconds since midnight; may reach past the day.
    package var second: Int64

    /// A local time from its parts.
    package init(day: Int64, second: Int64) {
        self.day = day
        self.second = second
    }

    /// What clocks in `zone` show at `time`.
    package init(_ time: Timestamp, in zone: ZoneName) {
        let local = time.seconds + zone.offset(atSecond: time.seconds)
        day = local.flooredQuotient(by: 86_400)
        second = local - day * 86_400
    }

    /// The weekday, Monday 0 to Sunday 6.
    package var weekday: Int64 {
        let shifted = day + 3
        return shifted - shifted.flooredQuotient(by: 7) * 7
    }

    /// When clocks in `zone` show this time.
    ///
    /// A time skipped by daylight saving lies as much later as clocks were moved; of a repeated one the first counts.
    package func timestamp(in zone: ZoneName) -> Timestamp {
        let local = day * 86_400 + second
        let before = zone.offset(atSecond: local - 86_400 - zone.offset(atSecond: local))
        let after = zone.offset(atSecond: local + 86_400 - zone.offset(atSecond: local))
        for offset in [max(before, after), min(before, after)] where zone.offset(atSecond: local - offset) == offset {
            return Timestamp(seconds: local - offset)
        }
        return Timestamp(seconds: local - before)
    }
}

/// The name of a time zone that exists, for example `Europe/Berlin`.
package struct ZoneName: Hashable, Sendable, CustomStringConvertible {
    private let zone: TimeZone

    /// The zone of that IANA name; nil when there is none.
    package init?(_ identifier: String) {
        guard let zone = TimeZone(identifier: identifier) else { return nil }
        self.zone = zone
    }

    /// Coordinated universal time.
    package static let utc = ZoneName(zone: .gmt)

    /// The zone this machine is set to.
    package static var current: ZoneName { ZoneName(zone: .current) }

    package var description: String { zone.identifier == "GMT" ? "UTC" : zone.identifier }

    private init(zone: TimeZone) { self.zone = zone }

    /// Seconds east of UTC at a time given in seconds since 1970.
    func offset(atSecond second: Int64) -> Int64 {
        Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: TimeInterval(second))))
    }

    /// Zones by the words people use: cities of the database, abbreviations, regions of North America.
    static let spoken: [String: ZoneName] = {
        var table: [String: ZoneName] = [:]
        for identifier in TimeZone.knownTimeZoneIdentifiers {
            guard let slash = identifier.lastIndex(of: "/"), let zone = ZoneName(identifier) else { continue }
            let city = identifier[identifier.index(after: slash)...].lowercased().replacing("_", with: " ")
            table[city] = zone
            table[identifier.lowercased()] = zone
        }
        let abbreviations = [
            "utc": "UTC", "gmt": "UTC", "z": "UTC", "et": "America/New_York", "est": "America/New_York",
            "edt": "America/New_York", "eastern": "America/New_York", "ct": "America/Chicago",
            "cst": "America/Chicago", "cdt": "America/Chicago", "central": "America/Chicago",
            "mt": "America/Denver", "mst": "America/Denver", "mdt": "America/Denver", "mountain": "America/Denver",
            "pt": "America/Los_Angeles", "pst": "America/Los_Angeles", "pdt": "America/Los_Angeles",
            "pacific": "America/Los_Angeles", "cet": "Europe/Berlin", "cest": "Europe/Berlin",
            "bst": "Europe/London", "uk": "Europe/London", "jst": "Asia/Tokyo", "ist": "Asia/Kolkata",
            "aest": "Australia/Sydney", "mumbai": "Asia/Kolkata", "delhi": "Asia/Kolkata",
            "san francisco": "America/Los_Angeles", "seattle": "America/Los_Angeles", "boston": "America/New_York",
            "munich": "Europe/Berlin", "hamburg": "Europe/Berlin", "beijing": "Asia/Shanghai",
            "kolkata": "Asia/Kolkata", "kyiv": "Europe/Kiev",
        ]
        for (name, identifier) in abbreviations { table[name] = ZoneName(identifier) ?? table[name] }
        return table
    }()
}
