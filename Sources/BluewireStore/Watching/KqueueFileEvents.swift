//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

#if os(macOS)
    private import Darwin
    private import Synchronization

    /// File events by kqueue: descriptors only on the directory and on `-wal`, which SQLite does not lock.
    final class KqueueFileEvents: FileEvents {
        private struct Opened {
            var directory: Int32 = -1
            var log: Int32 = -1
        }

        private let queue: Int32
        private let path: String
        private let isWatching: Bool
        private let opened = Mutex(Opened())

        init(path: String, isWatching: Bool) throws {
            self.path = path
            self.isWatching = isWatching
            queue = kqueue()
            guard queue >= 0 else {
                throw StoreError(
                    .failed, message: "The system has no file events left (\(errno)).",
                    remedy: "Close programs, or start with --no-file-events."
                )
            }
            change(ident: 1, filter: Int16(EVFILT_USER), flags: UInt16(EV_ADD | EV_CLEAR), notes: 0)
            arm()
        }

        deinit {
            opened.withLock { opened in
                if opened.directory >= 0 { close(opened.directory) }
                if opened.log >= 0 { close(opened.log) }
            }
            close(queue)
        }

        func arm() {
            guard isWatching else { return }
            opened.withLock { opened in
                // Closing a descriptor removes its watch.
                if opened.directory >= 0 { close(opened.directory) }
                if opened.log >= 0 { close(opened.log) }
                opened.directory = open(DatabasePlace(path: path).folder, O_EVTONLY | O_CLOEXEC)
                opened.log = open(path + "-wal", O_EVTONLY | O_CLOEXEC)
                let notes = UInt32(NOTE_WRITE | NOTE_EXTEND | NOTE_DELETE | NOTE_RENAME)
                for descriptor in [opened.directory, opened.log] where descriptor >= 0 {
                    change(
                        ident: UInt(descriptor), filter: Int16(EVFILT_VNODE), flags: UInt16(EV_ADD | EV_CLEAR),
                        notes: notes
                    )
                }
            }
        }

        func wait(for duration: Duration?) -> FileWakeUp {
            var events = [kevent](repeating: kevent(), count: 8)
            var limit = timespec()
            if let duration {
                let (seconds, attoseconds) = max(.zero, duration).components
                limit = timespec(tv_sec: Int(seconds), tv_nsec: Int(attoseconds / 1_000_000_000))
            }
            let count = kevent(queue, nil, 0, &events, Int32(events.count), duration == nil ? nil : &limit)
            guard count > 0 else { return count == 0 ? .timedOut : .called }
            let log = opened.withLock { $0.log }
            let files = events.prefix(Int(count)).filter { $0.filter == Int16(EVFILT_VNODE) }
            guard !files.isEmpty else { return .called }
            let moved = UInt32(NOTE_DELETE | NOTE_RENAME)
            return files.contains { Int32($0.ident) != log || $0.fflags & moved != 0 } ? .moved : .written
        }

        func wake() {
            change(ident: 1, filter: Int16(EVFILT_USER), flags: 0, notes: UInt32(NOTE_TRIGGER))
        }

        private func change(ident: UInt, filter: Int16, flags: UInt16, notes: UInt32) {
            var event = kevent(ident: ident, filter: filter, flags: flags, fflags: notes, data: 0, udata: nil)
            _ = kevent(queue, &event, 1, nil, 0, nil)
        }
    }
#endif
