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
    /// The lock of the running gateway.
    package var lockPath: String { path + "/gateway.lock" }

    /// The local socket: in the folder itself, or in a short private folder when that path would exceed the 104 bytes
    /// of `sun_path` (final NUL included).
    package let socketPath: String

    /// The longest socket path every system takes.
    static let longestSocketPath = 103

    /// Opens the folder, creating it (and its parents) with mode 0700 when it is missing.
    ///
    /// - Throws: ``StateError`` with `notWritable` when it cannot be created, entered or made private.
    package init(path: String) throws(StateError) {
        self.path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
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
        if status.st_mode & 0o077 != 0 { chmod(path, 0o700) }
        guard access(path, W_OK | X_OK) == 0 else {
            throw StateError(
                .notWritable, message: "The state directory \(path) cannot be written.",
                remedy: "Fix its permissions, or choose another with --state.")
        }
    }
}
