//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
// Full Foundation: the local time zone.
import Foundation

/// Times as a person at this terminal reads them: local, and never depending on the locale.
enum TerminalTime {
    /// `2026-03-14 09:26` in the local zone.
    static func short(_ time: Timestamp) -> String {
        let offset = Int64(
            TimeZone.current.secondsFromGMT(for: Date(timeIntervalSince1970: TimeInterval(time.seconds))))
        let local = Timestamp(seconds: time.seconds + offset).rfc3339
        return String(local.prefix(16)).replacingOccurrences(of: "T", with: " ")
    }

    /// The name of the local zone.
    static var zoneName: String { TimeZone.current.identifier }
}
