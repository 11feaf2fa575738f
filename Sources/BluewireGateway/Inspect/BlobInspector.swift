//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireCodec

/// Shows what a captured blob of the database holds; for diagnosis, never for message flow.
package enum BlobInspector {
    /// Which column a blob comes from.
    package enum Kind: String, Sendable, CaseIterable {
        /// `message.attributedBody`, or any archive of NSArchiver.
        case body
        /// `message.payload_data`, or the file of a sticker.
        case payload
        /// `message.message_summary_info` or `chat.properties`.
        case summary
    }

    /// The facts of a blob as JSON.
    ///
    /// - Throws: ``TypedStreamError`` or ``PropertyListError`` with the offset at which the blob is damaged.
    package static func report(_ kind: Kind, bytes: [UInt8]) throws -> String {
        switch kind {
        case .body: return try BlobReport.archive(bytes).text
        case .payload:
            if !bytes.starts(with: "bplist".utf8),
                let facts = BlobReport.sticker(bytes) ?? BlobReport.drawing(bytes)
            {
                return facts.text
            }
            return try BlobReport.propertyList(bytes).text
        case .summary: return try BlobReport.propertyList(bytes).text
        }
    }
}
