//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel

/// Decides whether an inserted row is news: iCloud puts history back under new row numbers and often new GUIDs; pure.
package struct ArrivalClassifier: Sendable {
    /// What is known about a row when it is seen first.
    package struct Evidence: Hashable, Sendable {
        /// When the message was sent.
        package var date: Timestamp?
        /// The time of day, steadied against jumps.
        package var now: Timestamp
        /// When the database was last looked at; what is dated later arrived since.
        package var lastLook: Timestamp
        /// The newest date among rows of the same chat with lower row numbers.
        package var newestBefore: Timestamp?
        /// How many rows that came together with this one are dated before the last look and bear no sign of a
        /// restore.
        package var burst: Int
        /// Whether any of those is our own or older than late rows are.
        package var burstHoldsHistory: Bool
        package var isFromMe: Bool
        package var isRead: Bool
        /// When an incoming row was read.
        package var readAt: Timestamp?
        /// `ck_sync_state` at first sight.
        package var cloudState: Int
        /// How a row with the same chat, direction, sender and text relates to this one.
        package var twin: Twin

        /// Evidence of a fresh row; set what else is known.
        package init(date: Timestamp?, now: Timestamp, lastLook: Timestamp) {
            self.date = date
            self.now = now
            self.lastLook = lastLook
            newestBefore = nil
            burst = 0
            burstHoldsHistory = false
            isFromMe = false
            isRead = false
            readAt = nil
            cloudState = 0
            twin = .none
        }
    }

    /// A row with the same chat, direction, sender and text.
    package enum Twin: Hashable, Sendable {
        /// There is none.
        case none
        /// One within two seconds that was seen in an earlier look.
        case near
        /// One with the very same date.
        case exact
    }

    /// Rows younger than this are news whatever else is known.
    package var freshness: Duration = .seconds(600)
    /// Genuine rows are taken for late up to this age.
    package var lateness: Duration = .seconds(24 * 3600)
    /// From this many old rows in one look on, they are taken for a restore.
    package var burstSize = 5
    /// How far a row may lie before its chat's newest and still be in order.
    package var disorder: Duration = .seconds(300)

    /// The classifier with its usual limits.
    package init() {}

    /// Decides about one row.
    package func classify(_ evidence: Evidence) -> Arrival {
        guard let date = evidence.date else { return .backfill }
        if evidence.twin == .exact { return .duplicate }
        let age = evidence.now - date
        if age <= freshness { return .new }
        if evidence.twin == .near { return .duplicate }
        let isInOrder = evidence.newestBefore.map { date >= $0 - disorder } ?? true
        // Dated after the last look: it came while nobody was looking. Only disorder speaks against it.
        if date > evidence.lastLook { return isInOrder || !evidence.isRead ? .late : .backfill }
        guard !bearsSignOfRestore(evidence), age <= lateness else { return .backfill }
        // A phone that was off delivers what people wrote meanwhile; a restore touches whole histories.
        if evidence.burst >= burstSize, evidence.burstHoldsHistory { return .backfill }
        return isInOrder || !evidence.isFromMe ? .late : .backfill
    }

    /// Whether the row itself says that it was put back: synchronised at first sight, or read before it was here.
    package func bearsSignOfRestore(_ evidence: Evidence) -> Bool {
        guard let date = evidence.date, date <= evidence.lastLook else { return false }
        if evidence.cloudState != 0 { return true }
        return !evidence.isFromMe && evidence.isRead && (evidence.readAt ?? date) <= evidence.lastLook
    }
}
