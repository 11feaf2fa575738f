//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireCodec
import BluewireModel
import Foundation  // Row lends blobs as Data.
import GRDB

/// One row of the attachment table.
struct AttachmentRow {
    var row: Int64
    var originalGUID: String?
    var attachment: Attachment

    /// The column list under the alias `a`, after one column of the caller's.
    static func columns(_ schema: SchemaReport) -> String {
        let userInfo = schema.column("attachment", "user_info", alias: "a")
        let isAudio = ["uti": "'%audio%'", "mime_type": "'audio/%'"].map {
            "IFNULL(\(schema.column("attachment", $0.key, alias: "a")), '') LIKE \($0.value)"
        }.sorted().joined(separator: " OR ")
        return [
            "guid", "original_guid", "filename", "uti", "mime_type", "transfer_state", "is_outgoing", "transfer_name",
            "total_bytes", "is_sticker", "hide_attachment",
        ].map { schema.column("attachment", $0, alias: "a") }.reduce("a.ROWID") { $0 + ", " + $1 }
            + ", CASE WHEN \(isAudio) THEN \(userInfo) END"
    }

    /// Reads a row selected with ``columns(_:)`` after one other column.
    init(_ row: Row) {
        func integer(_ index: Int) -> Int64 { row[index] as Int64? ?? 0 }
        self.row = integer(1)
        originalGUID = row[3]
        let path = row[4] as String?
        let name = (row[9] as String?) ?? path.map(Self.lastComponent)
        attachment = Attachment(
            guid: row[2] as String? ?? "", name: name,
            state: Attachment.TransferState(rawValue: Int(truncatingIfNeeded: integer(7)))
        )
        attachment.storedPath = path
        attachment.uti = row[5]
        attachment.mimeType = row[6] ?? FileTypes.mimeType(uti: attachment.uti, name: name ?? path)
        attachment.byteCount = integer(10) > 0 ? integer(10) : nil
        attachment.isOutgoing = integer(8) != 0
        attachment.isSticker = integer(11) != 0
        attachment.isHidden = integer(12) != 0
        let userInfo: [UInt8]? = try? row.withUnsafeData(atIndex: 13) { $0.map { [UInt8]($0) } }
        attachment.transcription = userInfo.flatMap(Self.transcription)
    }

    /// The transcript in `user_info`; everything else there is secret or useless.
    private static func transcription(_ bytes: [UInt8]) -> String? {
        (try? PropertyList.decode(bytes))?["audio-transcription"]?.string
    }

    private static func lastComponent(_ path: String) -> String {
        path.split(separator: "/").last.map(String.init) ?? path
    }
}
