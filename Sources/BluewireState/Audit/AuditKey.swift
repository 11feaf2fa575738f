//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

private import Crypto

#if canImport(Glibc)
    private import Glibc
#elseif canImport(Musl)
    private import Musl
#else
    private import Darwin
#endif

/// The key that signs the ends of the audit trail, and makes pseudonyms; a file of its own beside `state.db`.
///
/// Whoever can write the database but not read this file cannot change the trail unseen.
package struct AuditKey: Sendable {
    private let bytes: [UInt8]

    /// The name of its file.
    package static let fileName = "audit.key"
    private static let length = 32

    /// The key beside the database at `databasePath`, made at first.
    ///
    /// - Throws: ``StateError`` with `notWritable` when it cannot be made or read, or when others can read it.
    package static func beside(_ databasePath: String) throws(StateError) -> AuditKey {
        let folder = databasePath.lastIndex(of: "/").map { String(databasePath[..<$0]) } ?? "."
        let path = folder + "/" + fileName
        if access(path, F_OK) != 0 { try make(at: path) }
        return AuditKey(bytes: try read(path))
    }

    /// The signature of `content`, said to be a `kind`.
    func signature(of content: [UInt8], kind: String) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: Array("bluewire audit \(kind)\n".utf8) + content, using: key))
    }

    /// Whether `signature` is that of `content`.
    func isSignature(_ signature: [UInt8], of content: [UInt8], kind: String) -> Bool {
        Secret.isEqual(signature, self.signature(of: content, kind: kind))
    }

    /// A stable name for something that must not be named, for example an address; nobody without the key can tell what.
    package func pseudonym(_ text: String) -> String {
        "h_" + Array(signature(of: Array(text.utf8), kind: "object").prefix(12)).hexadecimal
    }

    private var key: SymmetricKey { SymmetricKey(data: bytes) }

    /// Writes a new key; a process that was faster wins.
    private static func make(at path: String) throws(StateError) {
        var generator = SystemRandomNumberGenerator()
        let bytes = (0..<length).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        let draft = "\(path).\(getpid()).\(UInt32.random(in: .min ... .max))"
        let file = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { throw unusable("cannot be made") }
        defer { unlink(draft) }
        let isWritten = write(file, bytes, bytes.count) == bytes.count && fsync(file) == 0
        close(file)
        guard isWritten, link(draft, path) == 0 || errno == EEXIST else { throw unusable("cannot be made") }
    }

    private static func read(_ path: String) throws(StateError) -> [UInt8] {
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard file >= 0 else { throw unusable("cannot be read") }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { throw unusable("is not a file") }
        guard status.st_uid == getuid(), status.st_mode & 0o077 == 0 else {
            throw StateError(
                .notWritable, message: "The key \(fileName) in the state directory can be read by others.",
                remedy: "Make it yours alone: chmod 600, and chown to the user that runs Bluewire.")
        }
        var bytes = [UInt8](repeating: 0, count: length + 1)
        guard pread(file, &bytes, bytes.count, 0) == length else { throw unusable("has the wrong length") }
        return Array(bytes.prefix(length))
    }

    private static func unusable(_ trouble: String) -> StateError {
        StateError(
            .notWritable, message: "The key \(fileName) in the state directory \(trouble).",
            remedy: "Check the state directory's permissions; put the key back from a backup if it was damaged.")
    }
}
