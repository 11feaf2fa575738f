//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel
import Crypto
// Foundation: making and listing folders.
import Foundation
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Uploaded files: a private folder, each file in a folder of its own under the name its recipient sees.
///
/// How much of a file has arrived is its size on the disk, so a cut connection or a killed process loses nothing.
package final class UploadStore: Sendable {
    /// How much is taken, and for how long.
    package struct Limits: Hashable, Sendable {
        /// The largest file.
        package var fileBytes: Int64 = 104_857_600
        /// How much the uploads of one token may hold together.
        package var ownerBytes: Int64 = 1_073_741_824
        /// How many uploads one token may have at a time.
        package var ownerCount = 100
        /// How long an upload is kept unfinished or unused, and after a send that did not arrive.
        package var lifetime: Duration = .seconds(24 * 3600)
        /// How long it is remembered what a sent file was: longer than idempotency keys are.
        package var memory: Duration = .seconds(48 * 3600)

        /// The defaults.
        package init() {}
    }

    /// Writes bytes at an offset as `pwrite(2)` does; tests put a full disk here.
    package typealias Write = @Sendable (Int32, UnsafeRawBufferPointer, Int64) -> Int

    /// How much is taken, and for how long.
    package let limits: Limits
    private let folder: String
    private let repository: UploadRepository
    private let clock: any WallClock
    private let write: Write
    private let slots = Mutex<[String: WeakSlot]>([:])

    private struct WeakSlot {
        weak let slot: UploadSlot?
    }

    /// The uploads in `folder`, which is made when the first one comes.
    package init(
        folder: String, state: StateDatabase, limits: Limits = Limits(), clock: any WallClock = SystemWallClock(),
        write: @escaping Write = { pwrite($0, $1.baseAddress, $1.count, off_t($2)) }
    ) {
        self.folder = folder
        self.limits = limits
        self.clock = clock
        self.write = write
        repository = UploadRepository(state)
    }

    // MARK: One upload

    /// Begins an upload: its entry and an empty file.
    ///
    /// - Throws: ``UploadError`` with `tooLarge`, `empty` or `quotaReached`; ``StateError``.
    package func begin(
        owner: String, name: String, mimeType: String, bytes: Int64?, isResumable: Bool
    ) async throws -> Upload {
        if let bytes {
            guard bytes > 0 else { throw UploadError.empty }
            guard bytes <= limits.fileBytes else { throw UploadError.tooLarge(limit: limits.fileBytes) }
        }
        let now = clock.now
        let upload = Upload(
            id: Secret.identifier(prefix: "up_"), owner: owner, name: UploadName.sanitised(name), mimeType: mimeType,
            bytes: bytes, isResumable: isResumable, createdAt: now, expiresAt: now + limits.lifetime)
        try await repository.insert(upload, limits: limits)
        do {
            try makeFile(of: upload)
        } catch {
            try await remove(upload)
            throw error
        }
        return upload
    }

    /// The upload of that id as far as `principal` may use it; one whose file was sent and removed only on demand.
    package func upload(_ id: String, for principal: Principal, evenSpent: Bool = false) async throws -> Upload? {
        guard let upload = try await repository.upload(id), upload.isUsable(by: principal),
            upload.spentAt == nil || evenSpent
        else { return nil }
        return upload
    }

    /// Where the file of an upload lies.
    package func path(of upload: Upload) -> String { folder(of: upload.id) + "/" + upload.name }

    /// How many bytes have arrived.
    package func received(_ upload: Upload) -> Int64 {
        var status = stat()
        return lstat(path(of: upload), &status) == 0 ? Int64(status.st_size) : 0
    }

    /// A writer that goes on where the file ends; one that still writes is stopped.
    ///
    /// - Throws: ``StateError`` when the file is gone.
    package func writer(of upload: Upload) throws(StateError) -> UploadWriter {
        let slot = slots.withLock { slots in
            if slots.count > 256 { slots = slots.filter { $0.value.slot != nil } }
            if let slot = slots[upload.id]?.slot { return slot }
            let slot = UploadSlot()
            slots[upload.id] = WeakSlot(slot: slot)
            return slot
        }
        return try UploadWriter(
            path: path(of: upload), slot: slot, limit: upload.bytes ?? limits.fileBytes, write: write)
    }

    /// The SHA-256 of what has arrived, in hexadecimal; blocks.
    ///
    /// - Throws: ``StateError`` when the file cannot be read.
    package func digest(of upload: Upload) throws(StateError) -> String {
        let descriptor = open(path(of: upload), O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { throw Self.unwritable(errno) }
        defer { close(descriptor) }
        var hash = SHA256()
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 262_144, alignment: 16)
        defer { buffer.deallocate() }
        while true {
            let count = read(descriptor, buffer.baseAddress, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw Self.unwritable(errno) }
            if count == 0 { break }
            hash.update(bufferPointer: UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
        return hash.finalize().map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// Stores that an upload is whole.
    package func complete(_ upload: Upload, bytes: Int64, digest: String) async throws -> Upload {
        var upload = upload
        upload.bytes = bytes
        upload.digest = digest
        upload.expiresAt = clock.now + limits.lifetime
        try await repository.complete(upload.id, bytes: bytes, digest: digest, expiresAt: upload.expiresAt)
        return upload
    }

    /// Keeps an upload for another lifetime, because somebody works on it.
    package func touch(_ uploads: [Upload]) async throws {
        try await repository.keep(uploads.map(\.id), until: clock.now + limits.lifetime)
    }

    /// Notes that a send needs uploads: they stay until it has arrived.
    package func use(_ uploads: [Upload], in send: SendID) async throws {
        try await repository.use(uploads.map(\.id), in: send)
    }

    /// Removes an upload with its file; whoever writes it is stopped.
    package func remove(_ upload: Upload) async throws {
        removeFile(of: upload.id)
        try await repository.remove(upload.id)
    }

    // MARK: Order

    /// Removes what an end of the gateway left half done: uploads begun before `start` that cannot be resumed.
    package func clear(before start: Timestamp) async throws {
        for upload in try await repository.all()
        where !upload.isComplete && !upload.isResumable && upload.createdAt < start {
            try await remove(upload)
        }
    }

    /// Removes what was sent, what is too old, and files nobody knows.
    ///
    /// - Returns: whether files are left.
    @discardableResult
    package func sweep() async throws -> Bool {
        let now = clock.now
        var known: Set<String> = []
        // Folders first: an upload that begins meanwhile has an entry before it has a folder.
        let folders = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        for upload in try await repository.all() {
            if let spentAt = upload.spentAt {
                if now - spentAt > limits.memory { try await repository.remove(upload.id) }
                continue
            }
            known.insert(upload.id)
            let uses = try await repository.uses(of: upload.id)
            if !uses.isEmpty, uses.allSatisfy(Self.hasArrived) {
                removeFile(of: upload.id)
                try await repository.spend(upload.id, at: now)
            } else if upload.expiresAt <= now, !uses.contains(where: { $0 == .queued || $0 == .dispatched }) {
                try await remove(upload)
            }
        }
        for name in folders where name.hasPrefix("up_") && !known.contains(name) { removeFile(of: name) }
        return !known.isEmpty
    }

    /// Whether a send in that state needs its files no more: it cannot be tried again.
    private static func hasArrived(_ state: Send.State) -> Bool {
        [.sent, .delivered, .read, .cancelled].contains(state)
    }

    // MARK: Files

    private func folder(of id: String) -> String { folder + "/" + id }

    private func makeFile(of upload: Upload) throws(StateError) {
        for path in [folder, folder(of: upload.id)] {
            guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw Self.unwritable(errno) }
        }
        let descriptor = open(path(of: upload), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw Self.unwritable(errno) }
        close(descriptor)
    }

    private func removeFile(of id: String) {
        // Whoever still writes has an orphaned file and finds out when it asks for its place.
        slots.withLock { slots in slots.removeValue(forKey: id)?.slot }?.state.withLock { $0.generation += 1 }
        _ = try? FileManager.default.removeItem(atPath: folder(of: id))
    }

    /// Why a file could not be written, from `errno`.
    static func unwritable(_ reason: Int32) -> StateError {
        switch reason {
        case ENOSPC, EDQUOT, EFBIG:
            StateError(
                .full, message: "The upload cannot be stored: the disk is full.",
                remedy: "Free some space on the gateway's disk, then send the rest again.")
        case ENOENT:
            StateError(
                .failed, message: "The file of the upload is gone.", remedy: "Upload it again.")
        default:
            StateError(
                .notWritable, message: "The upload cannot be stored (error \(reason)).",
                remedy: "Check the owner and the permissions of the folder “uploads” in the state directory.")
        }
    }
}
