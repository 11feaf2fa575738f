//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

// Foundation: moving files.
private import Foundation

extension StateDirectory {
    /// The folder in which a restored state is prepared.
    package var restoreDraftPath: String { path + "/restore.new" }
    /// The folder of a restored state that is complete, and only has to take the place of the old one.
    package var restoreReadyPath: String { path + "/restore.ready" }

    /// The name of the file in a ready state that says where the old one is kept.
    private static let marker = "replaced-by"

    /// Declares the prepared state complete: from here on it takes the old one's place, whatever happens.
    ///
    /// - Parameter aside: the name of the folder in which the old state is kept.
    package func commitRestore(keepingOldIn aside: String) throws(StateError) {
        do {
            try Data(aside.utf8).write(to: URL(fileURLWithPath: restoreDraftPath + "/" + Self.marker))
            for name in try FileManager.default.contentsOfDirectory(atPath: restoreDraftPath) {
                let file = try FileHandle(forUpdating: URL(fileURLWithPath: restoreDraftPath + "/" + name))
                try file.synchronize()
                try file.close()
            }
            try FileManager.default.moveItem(atPath: restoreDraftPath, toPath: restoreReadyPath)
        } catch {
            throw Self.cannotRestore(error)
        }
    }

    /// Puts a complete restored state in place, if there is one; also after a restore that was killed on the way.
    ///
    /// Call it with the lock held and the databases closed.
    ///
    /// - Returns: the folder that holds the state that was replaced; nil when there was nothing to do.
    @discardableResult
    package func finishRestore() throws(StateError) -> String? {
        let files = FileManager.default
        guard files.fileExists(atPath: restoreReadyPath) else { return nil }
        do {
            let marker = restoreReadyPath + "/" + Self.marker
            let aside = path + "/" + String(decoding: try Data(contentsOf: URL(fileURLWithPath: marker)), as: UTF8.self)
            try files.createDirectory(
                atPath: aside, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            let names = try files.contentsOfDirectory(atPath: restoreReadyPath).filter { $0 != Self.marker }
            for name in names.sorted() {
                // The log of the old database goes first: it must never be taken for the new one's.
                for old in [name + "-wal", name + "-shm", name] where files.fileExists(atPath: path + "/" + old) {
                    try files.moveItem(atPath: path + "/" + old, toPath: aside + "/" + old)
                }
                try files.moveItem(atPath: restoreReadyPath + "/" + name, toPath: path + "/" + name)
            }
            try files.removeItem(atPath: restoreReadyPath)
            return aside
        } catch {
            throw Self.cannotRestore(error)
        }
    }

    private static func cannotRestore(_ error: any Error) -> StateError {
        StateError(
            .notWritable, message: "The restored state cannot be put in place.",
            remedy: "Check the permissions and the free space of the state directory, then run restore again.",
            cause: error)
    }
}
