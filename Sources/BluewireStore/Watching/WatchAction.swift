//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel

/// What the state machine decided to report; the shell adds the decoded content.
enum WatchAction: Hashable, Sendable {
    /// A message seen for the first time.
    case created(WatchedRow, Arrival)
    /// A known message changed: the groups, the Apple time that makes the change unique, else the fingerprint.
    case updated(WatchedRow, changed: [String], date: Timestamp?, fingerprint: UInt64)
    /// A message is gone.
    case deleted(guid: String, chat: String?)
    /// A tapback was put on.
    case tapbackAdded(StoredTapback, chat: String?, Arrival)
    /// A tapback was taken off.
    case tapbackRemoved(StoredTapback, chat: String?)
}
