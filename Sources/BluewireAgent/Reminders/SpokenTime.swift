//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel

/// Times as a person reads them.
package enum SpokenTime {
    /// `Friday, 16 January 2026 at 09:00 (Europe/Berlin)`.
    package static func long(_ time: Timestamp, in zone: ZoneName) -> String {
        let local = LocalTime(time, in: zone)
        let (year, month, day) = Timestamp.civilDate(daysSince1970: local.day)
        return "\(weekdays[Int(local.weekday)]), \(day) \(months[Int(month) - 1]) \(year) at \(clock(local)) (\(zone))"
    }

    /// `16 Jan 09:00`.
    package static func short(_ time: Timestamp, in zone: ZoneName) -> String {
        let local = LocalTime(time, in: zone)
        let (_, month, day) = Timestamp.civilDate(daysSince1970: local.day)
        return "\(day) \(months[Int(month) - 1].prefix(3)) \(clock(local))"
    }

    /// `09:00`.
    static func clock(_ local: LocalTime) -> String {
        let (hour, minute) = (local.second / 3600, local.second / 60 % 60)
        return "\(hour < 10 ? "0" : "")\(hour):\(minute < 10 ? "0" : "")\(minute)"
    }

    private static let weekdays = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
    private static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ]
}
