//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// Tells apart why Messages' data or Messages itself cannot be used; pure, from what the probes of a machine saw.
package struct PermissionDiagnosis: Hashable, Sendable {
    /// What is wrong.
    package var state: State
    /// What the owner can do about it; empty when nothing is wrong.
    package var remedy: String

    /// What is wrong with a permission.
    package enum State: String, Hashable, Sendable, CaseIterable {
        /// Nothing.
        case granted
        /// It was never given.
        case missing
        /// It was refused, explicitly or by leaving the question unanswered.
        case denied
        /// It is switched on but belongs to another build of the program, so it has no effect.
        case stale
        /// Not a permission: Messages was never signed in, or has not synced.
        case notSignedIn
        /// Not a permission: the file is no database, or a copy without its write-ahead log.
        case damaged
        /// Not a permission: Messages is not running.
        case notRunning
    }

    /// What a probe of chat.db saw.
    package struct StoreProbe: Hashable, Sendable {
        /// Whether the folder `~/Library/Messages` can be listed.
        package var isFolderReadable = true
        /// Whether chat.db exists, as far as that can be seen.
        package var isFileThere = true
        /// The error number of `open(2)` on the file; nil when it opened.
        package var openError: Int32?
        /// SQLite's primary result code; nil when it opened and read.
        package var sqliteCode: Int32?
        /// Whether there is a `message` table.
        package var hasMessageTable = true
        /// Whether the table has rows.
        package var hasMessages = true
        /// Whether an earlier run of Bluewire on this machine could read the file.
        package var wasReadable = false

        /// A probe that saw nothing wrong.
        package init() {}
    }

    /// What a harmless question to Messages answered.
    package struct AutomationProbe: Hashable, Sendable {
        /// The AppleScript error number; nil when it answered.
        package var errorNumber: Int?
        /// Whether an earlier run of Bluewire on this machine could control Messages.
        package var wasAllowed = false

        /// A probe that saw nothing wrong.
        package init() {}
    }

    /// What `probe` says about Full Disk Access and the database.
    package init(store probe: StoreProbe) {
        // EPERM 1, EACCES 13; SQLITE_PERM 3, SQLITE_CANTOPEN 14, SQLITE_AUTH 23, SQLITE_NOTADB 26, SQLITE_CORRUPT 11.
        let isRefused =
            !probe.isFolderReadable || probe.openError == 1 || probe.openError == 13
            || [3, 14, 23].contains(probe.sqliteCode)
        if isRefused, probe.isFolderReadable, !probe.isFileThere {
            self.init(.notSignedIn)
        } else if isRefused {
            self.init(probe.wasReadable ? .stale : (probe.isFolderReadable ? .denied : .missing))
        } else if !probe.isFileThere {
            self.init(.notSignedIn)
        } else if probe.sqliteCode == 26 || probe.sqliteCode == 11 || !probe.hasMessageTable {
            self.init(.damaged)
        } else if !probe.hasMessages {
            self.init(.notSignedIn)
        } else {
            self.init(.granted)
        }
    }

    /// What `probe` says about Automation.
    package init(automation probe: AutomationProbe) {
        switch probe.errorNumber {
        case nil: self.init(.granted)
        case -1743: self.init(probe.wasAllowed ? .stale : .denied, isAutomation: true)
        case -1712, -1744: self.init(.missing, isAutomation: true)
        case -600, -10810: self.init(.notRunning)
        default: self.init(.denied, isAutomation: true)
        }
    }

    private init(_ state: State, isAutomation: Bool = false) {
        self.state = state
        let place = isAutomation ? "Automation (Messages)" : "Full Disk Access"
        let settings = "System Settings, Privacy & Security, \(place)"
        switch state {
        case .granted: remedy = ""
        case .missing:
            remedy =
                isAutomation
                ? "A permission question is waiting on the Mac's screen; answer it, or switch it on in \(settings)."
                : "Add the program that starts Bluewire in \(settings), then start it again."
        case .denied: remedy = "Switch the program that starts Bluewire on in \(settings), then start it again."
        case .stale:
            remedy =
                "The entry belongs to an earlier build. In \(settings) switch it off and on again, then start it again."
        case .notSignedIn: remedy = "Open Messages, sign in, and wait until it has synced."
        case .damaged: remedy = "Copy chat.db together with its -wal file, or let Messages rebuild it."
        case .notRunning: remedy = "Open Messages."
        }
    }
}
