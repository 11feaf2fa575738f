//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
// Full Foundation: JSON.
import Foundation

/// What a backup holds, and how to tell that it is whole.
package struct BackupManifest: Codable, Hashable, Sendable {
    /// The layout of the archive; a build refuses those it does not know.
    package var format = Self.currentFormat
    /// The version of Bluewire that made it.
    package var version = ProductVersion.current
    /// When it was made.
    package var madeAt: String
    /// The files, in their order.
    package var files: [File]

    /// A file of a backup.
    package struct File: Codable, Hashable, Sendable {
        /// Its name in the state directory.
        package var name: String
        /// Its size.
        package var bytes: Int64
        /// Its SHA-256 in hexadecimal digits.
        package var sha256: String
    }

    static let currentFormat = 1
    static let fileName = "manifest.json"
    /// The file that holds the SHA-256 of the manifest itself.
    static let digestFileName = "manifest.sha256"
    /// The largest manifest that is read.
    static let sizeLimit = 1 << 20
    /// The files every backup has.
    static let required: Set<String> = ["state.db", "journal.db", "audit.key"]

    /// Whether a file of that name belongs into a backup: our databases, and secrets.
    static func holds(_ name: String) -> Bool {
        required.contains(name) || name.hasSuffix(".key") || name.hasSuffix(".pem")
    }

    /// Reads a manifest and refuses what this build would not restore as it is.
    init(json: [UInt8]) throws(GatewayError) {
        do {
            self = try JSONDecoder().decode(Self.self, from: Data(json))
        } catch {
            throw GatewayError(
                .badData, message: "The backup's manifest cannot be read.", remedy: "Use another copy of the backup.")
        }
        guard format == Self.currentFormat else {
            throw GatewayError(
                .badData, message: "The backup was made by another version of Bluewire (\(version)).",
                remedy: "Restore it with that version, or a newer one.")
        }
        let names = files.map(\.name)
        let isPlain = names.allSatisfy { Self.holds($0) && !$0.contains("/") && !$0.hasPrefix(".") }
        guard isPlain, Set(names).count == names.count, Self.required.isSubset(of: names), timestamp != nil else {
            throw GatewayError(
                .badData, message: "The backup's manifest names files that do not belong into one, or lacks some.",
                remedy: "Use a backup that `bluewire backup` made.")
        }
    }

    init(madeAt: Timestamp, files: [File]) {
        self.madeAt = madeAt.rfc3339
        self.files = files
    }

    /// When it was made.
    var timestamp: Timestamp? { Timestamp(rfc3339: madeAt) }

    var json: [UInt8] {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
            return [UInt8](try encoder.encode(self)) + [UInt8(ascii: "\n")]
        }
    }
}
