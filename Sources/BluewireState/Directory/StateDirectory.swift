//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

private import Crypto
// Foundation: home folder and creation of directories with attributes.
private import Foundation

#if canImport(Glibc)
    private import Glibc
#elseif canImport(Musl)
    private import Musl
#else
    private import Darwin
#endif

/// The folder that holds our databases, the lock and the local socket: mode 0700, files 0600.
package final class StateDirectory: Sendable {
    /// The folder's absolute path.
    package let path: String

    /// The journal.
    package var journalPath: String { path + "/journal.db" }
    /// Everything else that is kept.
    package var statePath: String { path + "/state.db" }
    /// The key of the audit trail.
    package var auditKeyPath: String { path + "/" + AuditKey.fileName }
    /// The lock of the running gateway.
    package var lockPath: String { path + "/gateway.lock" }
    /// The files that are to be sent.
    package var uploadsPath: String { path + "/uploads" }
    /// Small pictures of attachments, which can be made again.
    package var thumbnailsPath: String { path + "/thumbnails" }

    /// The local socket: in the folder itself, or in a short private folder when that path would exceed the 104 bytes
    /// of `sun_path` (final NUL included).
    package let socketPath: String

    /// What this start made: the topmost folder that was missing, and whether the lock's file was.
    private let madeFolder: String?
    private let madeLock: Bool

    /// The longest socket path every system takes.
    static let longestSocketPath = 103

    /// Opens the folder, creating it (and its parents) with mode 0700 when it is missing.
    ///
    /// - Throws: ``StateError`` with `notWritable` when it cannot be created, entered or made private.
    package init(path: String) throws(StateError) {
        self.path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
        madeFolder = Self.topmostMissing(self.path)
        madeLock = access(self.path + "/gateway.lock", F_OK) != 0
        try Self.makePrivateDirectory(self.path)
        let preferred = self.path + "/gateway.sock"
        if preferred.utf8.count <= Self.longestSocketPath {
            socketPath = preferred
        } else {
            // The name depends on the state path only, so that a client finds the gateway's socket.
            let digest = SHA256.hash(data: Array(self.path.utf8)).prefix(6).map { String($0, radix: 36) }.joined()
            let folder = "/tmp/bluewire-\(getuid())"
            try Self.makePrivateDirectory(folder)
            socketPath = "\(folder)/\(digest).sock"
        }
    }

    /// Where the state lives unless told otherwise: `$XDG_STATE_HOME/bluewire`, else the system's usual place.
    package static func defaultPath(environment: [String: String]) -> String {
        if let base = environment["XDG_STATE_HOME"], base.hasPrefix("/") { return base + "/bluewire" }
        let home = environment["HOME"] ?? NSHomeDirectory()
        #if os(macOS)
            return home + "/Library/Application Support/Bluewire"
        #else
            return home + "/.local/state/bluewire"
        #endif
    }

    /// Takes the lock of the gateway; it is held until the returned value is released.
    ///
    /// - Throws: ``StateError`` with `locked`, naming the process that holds it.
    package func lock() throws(StateError) -> StateLock {
        try StateLock(path: lockPath)
    }

    /// The process that holds the lock; nil when nobody does.
    package func lockHolder() -> Int32? { StateLock.holder(of: lockPath) }

    /// Refuses when a gateway runs on the directory at `path`; touches nothing.
    ///
    /// - Throws: ``StateError`` with `locked`.
    package static func checkFree(path: String) throws(StateError) {
        guard let holder = StateLock.holder(of: path + "/gateway.lock") else { return }
        throw StateLock.heldError(holder: holder > 0 ? "process \(holder)" : "another process")
    }

    /// Refuses databases that this build cannot open, before one of them is changed by being opened.
    ///
    /// - Throws: ``StateError`` with `newer`, `corrupt` or `notWritable`.
    package func checkDatabases() throws(StateError) {
        try Migration.check(StateMigrations.all, at: statePath, file: "state.db")
        try Migration.check(JournalMigrations.all, at: journalPath, file: "journal.db")
    }

    /// Which of the databases' files are here, and the key that belongs to them.
    package func databaseFiles() -> Set<String> {
        let files = [journalPath, statePath].flatMap { path in ["", "-wal", "-shm"].map { path + $0 } }
        return Set((files + [auditKeyPath]).filter { access($0, F_OK) == 0 })
    }

    /// Undoes a start that failed: removes the databases that were not there before it, and the folder if it was made.
    ///
    /// Call it with the lock held and the databases closed.
    ///
    /// - Parameter files: what ``databaseFiles()`` said when the lock was taken.
    package func discardNew(besides files: Set<String>) {
        for file in databaseFiles().subtracting(files) { unlink(file) }
        if madeLock { unlink(lockPath) }
        guard let madeFolder else { return }
        var folder = path
        // Only empty folders go: rmdir refuses all others.
        while rmdir(folder) == 0, folder != madeFolder, let slash = folder.lastIndex(of: "/") {
            folder = String(folder[..<slash])
        }
    }

    private static func topmostMissing(_ path: String) -> String? {
        var missing: String?
        var folder = path
        while !folder.isEmpty, access(folder, F_OK) != 0 {
            missing = folder
            folder = folder.lastIndex(of: "/").map { String(folder[..<$0]) } ?? ""
        }
        return missing
    }

    /// The process that holds the lock of the state directory at `path`, which is not opened or made; nil when nobody does.
    package static func lockHolder(at path: String) -> Int32? { StateLock.holder(of: path + "/gateway.lock") }

    /// Makes a file private (0600), if it exists.
    package static func makePrivate(file path: String) { chmod(path, 0o600) }

    private static func makePrivateDirectory(_ path: String) throws(StateError) {
        var status = stat()
        if lstat(path, &status) != 0 {
            do {
                try FileManager.default.createDirectory(
                    atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            } catch {
                throw StateError(
                    .notWritable, message: "The state directory \(path) cannot be created.",
                    remedy: "Create it, or choose another with --state.", cause: error)
            }
        }
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
            throw StateError(
                .notWritable, message: "\(path) is not a directory.",
                remedy: "Move it away, or choose another with --state.")
        }
        guard status.st_uid == getuid() else {
            throw StateError(
                .notWritable, message: "The state directory \(path) belongs to another user.",
                remedy: "Run as its owner, or choose another with --state.")
        }
        guard access(path, W_OK | X_OK) == 0 else {
            throw StateError(
                .notWritable, message: "The state directory \(path) cannot be written.",
                remedy: "Fix its permissions, or choose another with --state.")
        }
        // Only others lose rights: what the owner made read-only stays read-only, and was refused above.
        if status.st_mode & 0o077 != 0 { chmod(path, status.st_mode & 0o700) }
    }
}
