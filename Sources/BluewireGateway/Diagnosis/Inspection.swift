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
    /// The kinds of captured blob.
    package enum BlobKind: String, Sendable {
        /// `message.attributedBody`.
        case body
        /// `message.payload_data` or `chat.properties`.
        case payload
        /// `message.message_summary_info`.
        case summary
    }

    /// The typed value of one captured blob as JSON.
    ///
    /// - Throws: ``GatewayError`` when the file cannot be read or is no such blob.
    package static func blob(_ kind: BlobKind, file: String) throws(GatewayError) -> String {
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
            return switch kind {
            case .body: try BlobInspector.report(body: bytes)
            case .payload: try BlobInspector.report(payload: bytes)
            case .summary: try BlobInspector.report(summary: bytes)
            }
        } catch {
            throw GatewayError(
                .badData, message: "\(file) is not a readable \(kind.rawValue): \(error)",
                remedy: "Check that it holds the bytes of one column, unchanged."
            )
        }
    }

    private static let maximumBlobBytes = 64 << 20
}
