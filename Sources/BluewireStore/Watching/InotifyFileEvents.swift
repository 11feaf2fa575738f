//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

#if os(Linux)
    #if canImport(Glibc)
        private import Glibc
    #else
        private import Musl
    #endif

    /// File events by inotify: the directory for files that come and go, the files themselves by path for writes.
    ///
    /// A watch by path opens nothing.
    final class InotifyFileEvents: FileEvents {
        private let events: Int32
        /// The ends of a pipe that ends a wait: what is written to the second wakes the reader of the first.
        private let called: Int32
        private let caller: Int32
        private let path: String
        private let directory: String
        private let isWatching: Bool

        init(path: String, isWatching: Bool) throws {
            self.path = path
            self.isWatching = isWatching
            directory = DatabasePlace(path: path).folder
            events = inotify_init1(Int32(IN_CLOEXEC) | Int32(IN_NONBLOCK))
            var ends: [Int32] = [-1, -1]
            let isPiped = pipe(&ends) == 0
            (called, caller) = (ends[0], ends[1])
            for end in ends where isPiped {
                _ = fcntl(end, F_SETFD, FD_CLOEXEC)
                _ = fcntl(end, F_SETFL, O_NONBLOCK)
            }
            guard events >= 0, isPiped else {
                throw StoreError(
                    .failed, message: "The system has no file events left (\(errno)).",
                    remedy: "Raise fs.inotify.max_user_instances, or start with --no-file-events."
                )
            }
            arm()
        }

        deinit {
            close(events)
            close(called)
            close(caller)
        }

        func arm() {
            guard isWatching else { return }
            let moves = IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_DELETE_SELF | IN_MOVE_SELF
            _ = inotify_add_watch(events, directory, UInt32(moves))
            for suffix in ["", "-wal"] { _ = inotify_add_watch(events, path + suffix, UInt32(IN_MODIFY)) }
        }

        func wait(for duration: Duration?) -> FileWakeUp {
            var descriptors = [
                pollfd(fd: events, events: Int16(POLLIN), revents: 0),
                pollfd(fd: called, events: Int16(POLLIN), revents: 0),
            ]
            let count = poll(&descriptors, 2, Self.milliseconds(duration))
            guard count > 0 else { return count == 0 ? .timedOut : .called }
            if descriptors[1].revents != 0 {
                var bytes: [UInt8] = Array(repeating: 0, count: 64)
                while read(called, &bytes, bytes.count) > 0 {}
            }
            guard descriptors[0].revents != 0 else { return .called }
            return drain()
        }

        func wake() {
            // A full pipe is as good as another byte in it.
            var one: UInt8 = 1
            _ = write(caller, &one, 1)
        }

        private func drain() -> FileWakeUp {
            var result = FileWakeUp.written
            let size = 16_384
            withUnsafeTemporaryAllocation(byteCount: size, alignment: MemoryLayout<inotify_event>.alignment) { buffer in
                guard let base = buffer.baseAddress else { return }
                while true {
                    let count = read(events, base, size)
                    guard count > 0 else { return }
                    var offset = 0
                    while offset + MemoryLayout<inotify_event>.size <= count {
                        let event = base.load(fromByteOffset: offset, as: inotify_event.self)
                        if event.mask & UInt32(IN_MODIFY) == 0 { result = .moved }
                        offset += MemoryLayout<inotify_event>.size + Int(event.len)
                    }
                }
            }
            return result
        }

        /// Rounded up, so that a wait never ends before its time; −1 waits for ever.
        private static func milliseconds(_ duration: Duration?) -> Int32 {
            guard let duration else { return -1 }
            let (seconds, attoseconds) = max(.zero, duration).components
            guard seconds < 86_400 else { return 86_400_000 }
            return Int32(seconds * 1_000) + Int32((attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
        }
    }
#endif
