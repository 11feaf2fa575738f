//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// What `stat(2)` says about a path.
///
/// Nothing here opens a file: closing any descriptor of a database would drop the locks SQLite holds on it.
package struct FileIdentity: Hashable, Sendable {
    /// The device.
    package var device: UInt64
    /// The file number on the device.
    package var inode: UInt64

    /// The identity of the file at `path`; nil when there is none or it cannot be seen.
    package init?(path: String) {
        guard let status = FileStatus(path: path) else { return nil }
        self = status.identity
    }

    /// An identity from its parts.
    package init(device: UInt64, inode: UInt64) {
        self.device = device
        self.inode = inode
    }
}

/// Identity, size and time of a file, from `stat(2)`.
package struct FileStatus: Hashable, Sendable {
    /// Which file it is.
    package var identity: FileIdentity
    /// Its length.
    package var byteCount: Int64
    /// When it was last written, in nanoseconds since 1970.
    package var modifiedAt: Int64
    /// Whether it is a regular file.
    package var isRegular: Bool
    /// Whether it is a folder.
    package var isFolder: Bool

    /// The status of `path`; nil when there is none or it cannot be seen.
    ///
    /// - Parameter followsLinks: whether a symbolic link at the end of the path is followed.
    package init?(path: String, followsLinks: Bool = true) {
        var status = stat()
        guard (followsLinks ? stat(path, &status) : lstat(path, &status)) == 0 else { return nil }
        self.init(status)
    }

    /// The status of an open descriptor.
    package init?(descriptor: Int32) {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return nil }
        self.init(status)
    }

    private init(_ status: stat) {
        identity = FileIdentity(
            device: UInt64(truncatingIfNeeded: status.st_dev), inode: UInt64(truncatingIfNeeded: status.st_ino)
        )
        byteCount = Int64(status.st_size)
        #if canImport(Darwin)
            let time = status.st_mtimespec
        #else
            let time = status.st_mtim
        #endif
        modifiedAt = Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
        isRegular = status.st_mode & S_IFMT == S_IFREG
        isFolder = status.st_mode & S_IFMT == S_IFDIR
    }
}

/// The identities of a database file and its two sidecars; a change means the connection reads something stale.
package struct DatabaseFiles: Hashable, Sendable {
    /// The database.
    package var main: FileIdentity?
    /// The write-ahead log.
    package var log: FileIdentity?
    /// The index of the log.
    package var index: FileIdentity?

    /// What lies at `path` now.
    package init(path: String) {
        main = FileIdentity(path: path)
        log = FileIdentity(path: path + "-wal")
        index = FileIdentity(path: path + "-shm")
    }
}
