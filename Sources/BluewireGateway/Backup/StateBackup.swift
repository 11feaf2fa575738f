//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireEvents
package import BluewireModel
import BluewireState
// Full Foundation: files and folders.
import Foundation

/// Makes backups of a state directory, whether a gateway runs on it or not.
///
/// `state.db` is copied first and `journal.db` after it: everything the state refers to, the landing of a send or the
/// place of a sink, is in the journal of the backup. Each copy is one read transaction, so nobody waits.
package struct StateBackup: Sendable {
    /// A backup that was made.
    package struct Report: Encodable, Sendable {
        /// Where it is.
        package var path: String
        /// How large it is.
        package var bytes: Int64
        /// When it was made.
        package var madeAt: String

        /// A backup at `path`.
        package init(path: String, bytes: Int64, madeAt: Timestamp = SystemTime.now) {
            self.path = path
            self.bytes = bytes
            self.madeAt = madeAt.rfc3339
        }
    }

    private let directory: String

    /// Backups of the state directory at `path`.
    ///
    /// - Throws: ``GatewayError`` when there is no state.
    package init(directory path: String) throws(GatewayError) {
        directory = path
        for name in ["state.db", "journal.db"] where !FileManager.default.fileExists(atPath: "\(path)/\(name)") {
            throw GatewayError(
                .missingInput, message: "There is no state of a gateway in \(path).",
                remedy: "Name the state directory of the gateway with --state.")
        }
    }

    /// Where a backup goes when nobody says otherwise.
    private func defaultPath(at now: Timestamp) -> String {
        let stamp = now.rfc3339.prefix(19).filter { $0 != "-" && $0 != ":" }
        return "\(directory)/backups/bluewire-\(stamp)Z.tar"
    }

    /// Makes a backup at `path`, which must not exist; nil for a new name below `backups` in the state directory.
    ///
    /// The file holds secrets (tokens' hashes, webhook secrets, keys) and is readable by its owner only.
    ///
    /// - Throws: ``GatewayError``, or the state's error; then there is no file.
    package func make(at path: String?) async throws -> Report {
        try await make(at: path, for: Principal.owner.id)
    }

    /// Makes a backup for somebody to read and remove.
    ///
    /// - Returns: its path in the state directory.
    /// - Throws: as ``make(at:)``.
    package func lend(to caller: String) async throws -> String {
        try await make(at: temporaryPath + ".tar", for: caller).path
    }

    /// Removes what backups left behind that were killed.
    package static func removeLeftovers(in directory: String) {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? [] {
            let pieces = name.split(separator: ".")
            guard pieces.count >= 3, pieces[0] == "backup", let process = Int32(pieces[1]), process > 0,
                kill(process, 0) != 0, errno == ESRCH
            else { continue }
            try? FileManager.default.removeItem(atPath: "\(directory)/\(name)")
        }
    }

    /// A name that says whose it is.
    private var temporaryPath: String {
        "\(directory)/backup.\(ProcessInfo.processInfo.processIdentifier).\(UInt32.random(in: .min ... .max))"
    }

    private func make(at path: String?, for caller: String) async throws -> Report {
        let now = SystemTime.now
        let target = path ?? defaultPath(at: now)
        let folder = try prepareFolders(for: path == nil ? target : nil)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await StateSnapshot.copy("\(directory)/state.db", to: "\(folder)/state.db", file: "state.db")
        try await StateSnapshot.copy("\(directory)/journal.db", to: "\(folder)/journal.db", file: "journal.db")
        for name in try FileManager.default.contentsOfDirectory(atPath: directory).sorted()
        where BackupManifest.holds(name) && !name.hasSuffix(".db") {
            try FileManager.default.copyItem(atPath: "\(directory)/\(name)", toPath: "\(folder)/\(name)")
        }
        let bytes = try await BlockingWork.run { try Self.pack(folder, into: target, madeAt: now) }
        let state = try StateDatabase(path: "\(directory)/state.db")
        await AuditTrail(state).record(.backupMade, by: caller)
        return Report(path: target, bytes: bytes, madeAt: now)
    }

    /// A private folder on the same disk for the copies; also the folder of backups, when it is wanted.
    private func prepareFolders(for target: String?) throws(GatewayError) -> String {
        let folder = temporaryPath
        do {
            let folders = [folder] + (target == nil ? [] : ["\(directory)/backups"])
            for path in folders {
                try FileManager.default.createDirectory(
                    atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            }
        } catch {
            throw GatewayError(
                .cannotCreate, message: "The backup cannot be prepared in \(directory).",
                remedy: "Check the permissions and the free space of the state directory.")
        }
        return folder
    }

    private static func pack(_ folder: String, into target: String, madeAt now: Timestamp) throws -> Int64 {
        guard !FileManager.default.fileExists(atPath: target) else {
            throw GatewayError(
                .cannotCreate, message: "\(target) exists.", remedy: "Choose another name, or move it away.")
        }
        let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        let files = try names.map { try describe($0, in: folder) }
        let manifest = try BackupManifest(madeAt: now, files: files).json
        let archive = try PrivateFile(creating: target + ".partial")
        do {
            var size: Int64 = 0
            func write(_ bytes: [UInt8]) throws {
                try archive.write(bytes)
                size += Int64(bytes.count)
            }
            var digest = StreamDigest()
            digest.update(manifest)
            for (name, content) in [
                (BackupManifest.fileName, manifest), (BackupManifest.digestFileName, Array(digest.value.utf8)),
            ] {
                let count = Int64(content.count)
                try write(TarArchive.header(name: name, size: count, seconds: now.seconds))
                try write(content + TarArchive.padding(after: count))
            }
            for file in files {
                try write(TarArchive.header(name: file.name, size: file.bytes, seconds: now.seconds))
                try read("\(folder)/\(file.name)") { try write($0) }
                try write(TarArchive.padding(after: file.bytes))
            }
            try write(TarArchive.end)
            try archive.synchronise()
            try FileManager.default.moveItem(atPath: archive.path, toPath: target)
            return size
        } catch {
            try? FileManager.default.removeItem(atPath: archive.path)
            throw error
        }
    }

    private static func describe(_ name: String, in folder: String) throws -> BackupManifest.File {
        var digest = StreamDigest()
        var size: Int64 = 0
        try read("\(folder)/\(name)") { bytes in
            digest.update(bytes)
            size += Int64(bytes.count)
        }
        guard size <= TarArchive.largestFile else {
            throw GatewayError(
                .cannotCreate, message: "\(name) is too large for a backup.", remedy: "Lower retention.size first.")
        }
        return BackupManifest.File(name: name, bytes: size, sha256: digest.value)
    }

    private static func read(_ path: String, _ body: ([UInt8]) throws -> Void) throws {
        let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
        defer { try? file.close() }
        while let data = try file.read(upToCount: TarArchive.chunkSize), !data.isEmpty { try body([UInt8](data)) }
    }
}
