//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A new file that only its owner can read; what exists already is never overwritten.
package final class PrivateFile: Sendable {
    /// Where it is.
    package let path: String
    private let descriptor: Int32

    /// Makes the file.
    ///
    /// - Throws: ``GatewayError`` when it exists or cannot be made.
    package init(creating path: String) throws(GatewayError) {
        self.path = path
        descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else {
            throw errno == EEXIST
                ? GatewayError(
                    .cannotCreate, message: "\(path) exists.", remedy: "Choose another name, or move it away.")
                : GatewayError(
                    .cannotCreate, message: "\(path) cannot be written.",
                    remedy: "Check that its folder exists and that you may write there.")
        }
    }

    deinit { _ = Self.closeDescriptor(descriptor) }

    /// Appends bytes.
    ///
    /// - Throws: ``GatewayError`` when the disk refuses them.
    package func write(_ bytes: [UInt8]) throws(GatewayError) {
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                Self.append(descriptor, UnsafeRawBufferPointer(rebasing: buffer[done...]))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                throw GatewayError(
                    .cannotCreate, message: "\(path) cannot be written.", remedy: "Check the disk and its free space.")
            }
            done += count
        }
    }

    /// Waits until the file is on the disk.
    package func synchronise() throws(GatewayError) {
        guard fsync(descriptor) == 0 else {
            throw GatewayError(
                .cannotCreate, message: "\(path) cannot be written.", remedy: "Check the disk and its free space.")
        }
    }

    private static func append(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
        #if canImport(Glibc)
            Glibc.write(descriptor, bytes.baseAddress, bytes.count)
        #elseif canImport(Musl)
            Musl.write(descriptor, bytes.baseAddress, bytes.count)
        #else
            Darwin.write(descriptor, bytes.baseAddress, bytes.count)
        #endif
    }

    private static func closeDescriptor(_ descriptor: Int32) -> Int32 {
        #if canImport(Glibc)
            Glibc.close(descriptor)
        #elseif canImport(Musl)
            Musl.close(descriptor)
        #else
            Darwin.close(descriptor)
        #endif
    }
}
