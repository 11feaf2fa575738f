//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Appends to the file of an upload, until a later writer takes over.
///
/// Its methods block; call them from a thread that may.
package final class UploadWriter: Sendable {
    private let descriptor: Int32
    private let slot: UploadSlot
    private let generation: Int
    private let limit: Int64
    private let write: UploadStore.Write

    /// How many bytes the file held when this writer began.
    package let start: Int64

    /// Takes the file at `path` over from whoever writes it now.
    ///
    /// - Throws: ``StateError`` when the file is gone.
    init(
        path: String, slot: UploadSlot, limit: Int64, write: @escaping UploadStore.Write
    ) throws(StateError) {
        let descriptor = open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { throw UploadStore.unwritable(errno) }
        self.descriptor = descriptor
        self.slot = slot
        self.limit = limit
        self.write = write
        (generation, start) = slot.state.withLock { state in
            state.generation += 1
            state.size = Self.size(of: descriptor)
            return (state.generation, state.size)
        }
    }

    deinit { close(descriptor) }

    /// Appends bytes, all of them or none.
    ///
    /// - Returns: how many the file holds now.
    /// - Throws: ``UploadError`` with `takenOver` or `exceedsAnnounced`; ``StateError`` when the disk takes no more.
    @discardableResult
    package func append(_ bytes: UnsafeRawBufferPointer) throws -> Int64 {
        try slot.state.withLock { state in
            guard state.generation == generation else { throw UploadError.takenOver }
            guard state.size + Int64(bytes.count) <= limit else { throw UploadError.exceedsAnnounced(bytes: limit) }
            var done = 0
            while done < bytes.count {
                let count = write(
                    descriptor, UnsafeRawBufferPointer(rebasing: bytes[done...]), state.size + Int64(done))
                guard count > 0 else {
                    if count < 0, errno == EINTR { continue }
                    let reason = errno
                    ftruncate(descriptor, off_t(state.size))
                    throw UploadStore.unwritable(count == 0 ? ENOSPC : reason)
                }
                done += count
            }
            state.size += Int64(done)
            return state.size
        }
    }

    /// Takes back what this writer appended.
    package func undo() {
        slot.state.withLock { state in
            guard state.generation == generation else { return }
            ftruncate(descriptor, off_t(start))
            state.size = start
        }
    }

    /// Waits until the disk has everything.
    ///
    /// - Throws: ``StateError`` when it has not.
    package func synchronise() throws(StateError) {
        guard fsync(descriptor) == 0 else { throw UploadStore.unwritable(errno) }
    }

    private static func size(of descriptor: Int32) -> Int64 {
        var status = stat()
        return fstat(descriptor, &status) == 0 ? Int64(status.st_size) : 0
    }
}

/// What the writers of one upload share: only the newest may append.
final class UploadSlot: Sendable {
    let state = Mutex<(generation: Int, size: Int64)>((0, 0))
}
