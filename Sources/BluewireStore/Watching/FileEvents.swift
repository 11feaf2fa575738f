//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// Wakes one thread when files of a database change; raw inotify or kqueue below it.
///
/// An implementation never opens the database or its `-shm` file: closing any descriptor of them in this process would
/// drop the locks SQLite holds. A wake-up says only that it is time to look; several changes may be one wake-up.
protocol FileEvents: Sendable {
    /// Watches the files that lie at the paths now; called again whenever files were replaced.
    func arm()

    /// Blocks the calling thread until something happened; nil waits for ever.
    func wait(for duration: Duration?) -> FileWakeUp

    /// Ends a wait from another thread.
    func wake()
}

/// Why a wait ended.
enum FileWakeUp: Hashable, Sendable {
    /// A watched file was written.
    case written
    /// A file appeared, vanished or was renamed: watches have to be armed again.
    case moved
    /// ``FileEvents/wake()`` was called.
    case called
    /// The time is over.
    case timedOut
}

/// The file events of this system.
enum SystemFileEvents {
    /// - Parameter isWatching: whether files are watched at all; if not, only ``FileEvents/wake()`` and time end a
    ///   wait.
    static func make(path: String, isWatching: Bool) throws -> any FileEvents {
        #if os(macOS)
            try KqueueFileEvents(path: path, isWatching: isWatching)
        #else
            try InotifyFileEvents(path: path, isWatching: isWatching)
        #endif
    }
}
