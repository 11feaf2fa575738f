//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import BluewireState
// Full Foundation: files and folders.
import Foundation

/// Puts a state back from a backup.
package struct StateRestore: Sendable {
    /// What was done.
    package struct Report: Encodable, Sendable {
        /// When the backup was made.
        package var madeAt: String
        /// Where the replaced state is kept; nil when there was none.
        package var replaced: String?
        /// How many sends nobody can say of whether they went out.
        package var unknownSends: Int
        /// Whether what was revoked and decided since the backup stays so.
        package var hasTakenOver: Bool
    }

    private let directory: String

    /// Restores into the state directory at `path`, made when it is missing.
    package init(directory path: String) { directory = path }

    /// Verifies the backup, makes it safe to go on with, and puts it in the place of the state.
    ///
    /// - Throws: ``GatewayError`` when the file is no whole backup, the state's error when a gateway runs or a newer
    ///   version made it; then the state is as it was.
    package func restore(from archive: String) async throws -> Report {
        guard FileManager.default.isReadableFile(atPath: archive) else {
            throw GatewayError(
                .missingInput, message: "The backup \(archive) cannot be read.",
                remedy: "Check the path, and that you may read the file.")
        }
        let directory = try StateDirectory(path: directory)
        let lock = try directory.lock()
        defer { withExtendedLifetime(lock) {} }
        try directory.finishRestore()
        let draft = directory.restoreDraftPath
        try? FileManager.default.removeItem(atPath: draft)
        do {
            let manifest = try await BlockingWork.run { try Self.unpack(archive, into: draft) }
            let now = SystemTime.now
            let hasOld = FileManager.default.fileExists(atPath: directory.statePath)
            let outcome = try await StateRestoration(
                folder: draft, replacing: hasOld ? directory.statePath : nil, madeAt: manifest.timestamp ?? now,
                now: now
            ).prepare()
            let stamp = now.rfc3339.filter { $0 != "-" && $0 != ":" }
            try directory.commitRestore(keepingOldIn: "replaced-\(stamp)")
            let aside = try directory.finishRestore()
            return Report(
                madeAt: manifest.madeAt, replaced: hasOld ? aside : nil, unknownSends: outcome.unknownSends,
                hasTakenOver: outcome.hasTakenOver)
        } catch {
            try? FileManager.default.removeItem(atPath: draft)
            throw error
        }
    }

    /// Unpacks into a new private folder; every file must be the one the manifest tells of.
    private static func unpack(_ archive: String, into folder: String) throws -> BackupManifest {
        let reader = try TarReader(path: archive)
        let json = try small(BackupManifest.fileName, from: reader)
        var manifestDigest = StreamDigest()
        manifestDigest.update(json)
        guard try small(BackupManifest.digestFileName, from: reader) == Array(manifestDigest.value.utf8) else {
            throw TarArchive.notABackup
        }
        let manifest = try BackupManifest(json: json)
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        for file in manifest.files {
            guard let entry = try reader.next(), entry.name == file.name, entry.size == file.bytes else {
                throw TarArchive.notABackup
            }
            let target = try PrivateFile(creating: "\(folder)/\(file.name)")
            var digest = StreamDigest()
            try reader.content(size: entry.size) { bytes in
                digest.update(bytes)
                try target.write(bytes)
            }
            try target.synchronise()
            guard digest.value == file.sha256 else {
                throw GatewayError(
                    .badData, message: "\(file.name) in the backup is damaged.",
                    remedy: "Use another copy of the backup."
                )
            }
        }
        guard try reader.next() == nil else { throw TarArchive.notABackup }
        return manifest
    }

    /// The content of the next file, which must have that name.
    private static func small(_ name: String, from reader: borrowing TarReader) throws -> [UInt8] {
        guard let entry = try reader.next(), entry.name == name, entry.size <= BackupManifest.sizeLimit else {
            throw TarArchive.notABackup
        }
        var bytes: [UInt8] = []
        try reader.content(size: entry.size) { bytes += $0 }
        return bytes
    }
}
