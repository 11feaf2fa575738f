//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel

/// A file of a message.
package struct NativeAttachment: Hashable, Sendable, Decodable {
    /// Apple's GUID of the transfer.
    package var guid: String
    /// The name to show.
    package var name: String?
    /// The MIME type.
    package var mimeType: String?
    /// The size; nil when unknown.
    package var bytes: Int64?
    /// `waiting`, `transferring`, `finished`, `failed`, `recoverable`, else `unknown(<n>)`.
    package var state: String
    /// Whether it is a sticker.
    package var isSticker: Bool
    /// The transcript of a voice note.
    package var transcription: String?
    /// Where this gateway serves the file.
    package var url: String

    /// The attachment as it travels.
    package init(_ attachment: Attachment) {
        guid = attachment.guid
        name = attachment.name
        mimeType = attachment.mimeType
        bytes = attachment.byteCount
        state =
            switch attachment.state {
            case .waiting: "waiting"
            case .transferring: "transferring"
            case .finished: "finished"
            case .failed: "failed"
            case .recoverable: "recoverable"
            default: "unknown(\(attachment.state.rawValue))"
            }
        isSticker = attachment.isSticker
        transcription = attachment.transcription
        url = "/v1/attachments/" + attachment.guid.percentEncodedForPath
    }
}

extension NativeAttachment: JSONWritable {
    package func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("guid", guid)
            writer.member("name", name)
            writer.member("mimeType", mimeType)
            writer.member("bytes", bytes)
            writer.member("state", state)
            writer.member("isSticker", isSticker)
            writer.member("transcription", transcription)
            writer.member("url", url)
        }
    }
}

extension String {
    /// The text as one segment of a URL path: everything but RFC 3986's unreserved characters is percent-encoded.
    package var percentEncodedForPath: String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(utf8.count)
        for byte in utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                bytes.append(byte)
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                bytes.append(contentsOf: (digits.count == 1 ? "%0" : "%").utf8)
                bytes.append(contentsOf: digits.utf8)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
