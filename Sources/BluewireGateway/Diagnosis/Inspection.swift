//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
package import BluewireStore
// Full Foundation: reading files, JSON.
import Foundation

/// What `bluewire inspect` shows: facts for a bug report, without content unless asked for one blob.
package enum Inspection {
    /// The typed value of one captured blob as JSON.
    ///
    /// - Throws: ``GatewayError`` when the file cannot be read or is no such blob.
    package static func blob(_ kind: BlobInspector.Kind, file: String) throws(GatewayError) -> String {
        guard let handle = FileHandle(forReadingAtPath: file) else {
            throw GatewayError(
                .missingInput, message: "\(file) cannot be opened.", remedy: "Check the path and that you may read it."
            )
        }
        let bytes: [UInt8]
        do {
            bytes = [UInt8](try handle.read(upToCount: maximumBlobBytes + 1) ?? Data())
        } catch {
            throw GatewayError(.missingInput, message: "\(file) cannot be read.", remedy: "Check that it is a file.")
        }
        guard bytes.count <= maximumBlobBytes else {
            throw GatewayError(
                .badData, message: "\(file) is larger than 64 MiB.", remedy: "Give one captured column, not a database."
            )
        }
        do {
            return try BlobInspector.report(kind, bytes: bytes)
        } catch {
            throw GatewayError(
                .badData, message: "\(file) is not a readable \(kind.rawValue): \(error)",
                remedy: "Check that it holds the bytes of one column, unchanged."
            )
        }
    }

    /// Schema and counts of the configured database.
    ///
    /// - Parameter includesIdentifiers: also counts per chat and address; these name people.
    /// - Throws: the store's error, with its remedy.
    package static func database(
        _ configuration: GatewayConfiguration, includesIdentifiers: Bool
    ) throws -> DatabaseStatistics {
        try StoreFactory.store(configuration).statistics(includesIdentifiers: includesIdentifiers)
    }

    /// A report as indented JSON, for reading.
    package static func pretty(_ report: DatabaseStatistics) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(report), as: UTF8.self)
    }

    private static let maximumBlobBytes = 64 << 20
}
