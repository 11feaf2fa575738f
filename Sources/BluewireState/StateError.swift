//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireTransport
import GRDB

/// Why one of our databases or the state directory cannot be used.
package struct StateError: Error, Sendable {
    /// What the caller should do.
    package var code: Code
    /// What happened, without message text, names or addresses.
    package var message: String
    /// What the owner can do about it.
    package var remedy: String
    /// The underlying error.
    package var cause: (any Error)?

    /// An error from its fields.
    package init(_ code: Code, message: String, remedy: String, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.remedy = remedy
        self.cause = cause
    }

    /// What the caller should do.
    package struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Wrapped: String {
            case notWritable = "state_not_writable", full = "disk_full", newer = "state_newer", corrupt =
                "state_corrupt"
            case locked = "state_locked", busy = "state_busy", invalid = "invalid", failed = "state_failed"
        }
        private let wrapped: Wrapped

        /// The file or folder cannot be written; fix its permissions.
        package static let notWritable = Code(wrapped: .notWritable)
        /// The disk is full; make room and try again.
        package static let full = Code(wrapped: .full)
        /// A newer build wrote the file; use that build.
        package static let newer = Code(wrapped: .newer)
        /// The file is damaged or not a database.
        package static let corrupt = Code(wrapped: .corrupt)
        /// Another gateway holds the state.
        package static let locked = Code(wrapped: .locked)
        /// Another process holds the file for too long; try again.
        package static let busy = Code(wrapped: .busy)
        /// The value handed in cannot be stored.
        package static let invalid = Code(wrapped: .invalid)
        /// Anything else.
        package static let failed = Code(wrapped: .failed)

        package var description: String { wrapped.rawValue }
    }
}

extension StateError: CustomStringConvertible {
    package var description: String { "\(code): \(message) \(remedy)" }
}

extension StateError {
    /// Translates what the database layer threw for the file `name`; state errors pass unchanged.
    package init(_ error: any Error, file name: String) {
        guard let database = error as? DatabaseError else {
            self =
                error as? StateError
                ?? StateError(.failed, message: "\(name) failed.", remedy: "Try again.", cause: error)
            return
        }
        switch database.resultCode {
        case .SQLITE_FULL:
            self.init(
                .full, message: "\(name) cannot grow: the disk is full.",
                remedy: "Free some space; nothing was stored.",
                cause: error)
        case .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_AUTH:
            self.init(
                .notWritable, message: "\(name) cannot be opened for writing.",
                remedy: "Check the owner and the permissions of the state directory and its files.", cause: error)
        case .SQLITE_CORRUPT, .SQLITE_NOTADB:
            self.init(
                .corrupt, message: "\(name) is damaged or not a database.",
                remedy: "Stop the gateway, move the file away (keep it) and start again.", cause: error)
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            GatewayMetrics.busy.add(1, name)
            self.init(
                .busy, message: "\(name) is held by another process.", remedy: "Try again in a moment.", cause: error)
        // The shared-memory file of a write-ahead log could not be made: that is how a full disk shows first.
        case .SQLITE_IOERR where database.extendedResultCode == .SQLITE_IOERR_SHMSIZE:
            self.init(
                .full, message: "\(name) cannot grow: the disk is full.",
                remedy: "Free some space; nothing was stored.",
                cause: error)
        case .SQLITE_IOERR:
            self.init(
                .failed, message: "The disk reported an error for \(name).",
                remedy: "Check the disk and its free space.",
                cause: error)
        default:
            self.init(
                .failed, message: "\(name) refused an operation (SQLite \(database.extendedResultCode.rawValue)).",
                remedy: "Try again; if it stays, run doctor.", cause: error)
        }
    }
}
