//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireWire
import Hummingbird
import NIOCore
import NIOPosix

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A file opened for reading, streamed piece by piece from the blocking pool.
struct FileSystemReader: Sendable {
    private let handle: OpenFile
    /// Its size.
    let size: Int
    /// What changes when the file does.
    let tag: String

    /// Opens a regular file, without following a link at its end.
    ///
    /// - Throws: ``NativeProblem`` 404.
    static func open(_ path: String) async throws -> FileSystemReader {
        try await NIOThreadPool.singleton.runIfActive {
            let descriptor = systemOpen(path)
            guard descriptor >= 0 else { throw NativeProblem.notFound("attachment") }
            var status = stat()
            guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
                close(descriptor)
                throw NativeProblem.notFound("attachment")
            }
            #if canImport(Darwin)
                let changed = status.st_mtimespec
            #else
                let changed = status.st_mtim
            #endif
            let tag = [Int(status.st_ino), Int(status.st_size), Int(changed.tv_sec), Int(changed.tv_nsec)]
                .map { String($0, radix: 36) }.joined(separator: "-")
            return FileSystemReader(
                handle: OpenFile(descriptor: descriptor), size: Int(status.st_size), tag: tag)
        }
    }

    /// The first bytes of the file.
    func head(_ count: Int) async throws -> [UInt8] {
        let handle = handle
        return try await NIOThreadPool.singleton.runIfActive { Array(handle.read(count, at: 0).readableBytesView) }
    }

    /// A body that streams a range and then closes the file.
    ///
    /// - Parameter eventLoop: where the body is written. A file is read faster than a busy loop takes it, and until the
    ///   loop has taken some the channel cannot say that it is full; so the reader lets it catch up every few pieces.
    func body(_ range: Range<Int>, on eventLoop: any EventLoop) -> ResponseBody {
        let handle = handle
        return ResponseBody(contentLength: range.count) { writer in
            var offset = range.lowerBound
            while offset < range.upperBound {
                let position = offset
                let count = min(65_536, range.upperBound - offset)
                let buffer = try await NIOThreadPool.singleton.runIfActive { handle.read(count, at: position) }
                // A file that shrank ends the connection, which tells the client that something is missing.
                guard buffer.readableBytes > 0 else { throw NativeProblem.notFound("attachment") }
                offset += buffer.readableBytes
                try await writer.write(buffer)
                if (offset - range.lowerBound) % 524_288 == 0 { try await eventLoop.submit {}.get() }
            }
            try await writer.finish(nil)
        }
    }

}

/// Owns a descriptor and closes it at the end of its life.
private final class OpenFile: Sendable {
    private let descriptor: Int32

    init(descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    func read(_ count: Int, at offset: Int) -> ByteBuffer {
        var buffer = ByteBufferAllocator().buffer(capacity: count)
        _ = buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: count) { target in
            max(0, pread(descriptor, target.baseAddress, count, off_t(offset)))
        }
        return buffer
    }
}

private func systemOpen(_ path: String) -> Int32 {
    open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
}
