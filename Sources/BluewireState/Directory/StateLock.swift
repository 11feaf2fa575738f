//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

#if canImport(Glibc)
    private import Glibc
#elseif canImport(Musl)
    private import Musl
#else
    private import Darwin
#endif

/// The lock of the one gateway on a state directory; released when the value goes, or with its process.
package final class StateLock: Sendable {
    private let descriptor: Int32

    init(path: String) throws(StateError) {
        // Only a lock that is held gets an owner: an initialiser that throws later would run `deinit` on a descriptor
        // that is closed already, or that somebody else has got meanwhile.
        descriptor = try Self.take(path)
        let line = Array("\(getpid())\n".utf8)
        _ = ftruncate(descriptor, 0)
        _ = pwrite(descriptor, line, line.count, 0)
    }

    private static func take(_ path: String) throws(StateError) -> Int32 {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw StateError(
                .notWritable, message: "The lock \(path) cannot be opened.",
                remedy: "Check the permissions of the state directory.")
        }
        for _ in 0..<mostTries {
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return descriptor }
            // A gateway holds it alone. What can be shared is only being asked about, for a moment.
            guard flock(descriptor, LOCK_SH | LOCK_NB) == 0 else { break }
            flock(descriptor, LOCK_UN)
            usleep(1000)
        }
        let holder = readHolder(descriptor).map { "process \($0)" } ?? "another process"
        close(descriptor)
        throw heldError(holder: holder)
    }

    /// How often a lock that no gateway holds is tried for, a millisecond apart.
    private static let mostTries = 1000

    deinit {
        // Whoever takes it next must not read our number, and a start that failed leaves the file as it was made.
        _ = ftruncate(descriptor, 0)
        // Closing is not enough: a child that was forked but has not begun its program yet holds a copy.
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }

    static func heldError(holder: String) -> StateError {
        StateError(
            .locked, message: "A gateway already runs on this state directory (\(holder)).",
            remedy: "Stop it first, or choose another directory with --state.")
    }

    /// The process that holds the lock at `path`; nil when it is free.
    static func holder(of path: String) -> Int32? {
        let descriptor = open(path, O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        // Shared, so that those who ask do not take each other, nor a start take them, for a gateway.
        if flock(descriptor, LOCK_SH | LOCK_NB) == 0 {
            flock(descriptor, LOCK_UN)
            return nil
        }
        return readHolder(descriptor) ?? 0
    }

    private static func readHolder(_ descriptor: Int32) -> Int32? {
        var bytes = [UInt8](repeating: 0, count: 16)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        guard count > 0 else { return nil }
        return Int32(String(decoding: bytes[..<count].prefix { $0 != 10 }, as: UTF8.self))
    }
}
