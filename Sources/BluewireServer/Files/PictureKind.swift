//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// What a file is by its first bytes, whatever its name says; only kinds a picture can be made of.
package enum PictureKind: String, Hashable, Sendable, CaseIterable {
    case jpeg, png, gif, webp, heic, tiff, bmp, video

    /// How many bytes are looked at.
    package static let headLength = 16

    /// The kind of a file; nil when no picture can be made of it.
    package init?(head: [UInt8]) {
        let brand = String(decoding: head.dropFirst(8).prefix(4), as: UTF8.self)
        if head.starts(with: [0xFF, 0xD8, 0xFF]) {
            self = .jpeg
        } else if head.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
            self = .png
        } else if head.starts(with: Array("GIF8".utf8)) {
            self = .gif
        } else if head.starts(with: Array("RIFF".utf8)), brand == "WEBP" {
            self = .webp
        } else if head.starts(with: [0x49, 0x49, 0x2A, 0]) || head.starts(with: [0x4D, 0x4D, 0, 0x2A]) {
            self = .tiff
        } else if head.starts(with: Array("BM".utf8)), head.count >= 14, head[6...9].allSatisfy({ $0 == 0 }) {
            self = .bmp
        } else if head.dropFirst(4).starts(with: Array("ftyp".utf8)) {
            switch brand {
            case "heic", "heix", "hevc", "heim", "heis", "mif1", "msf1", "avif": self = .heic
            case "M4A ", "M4B ": return nil
            default: self = .video
            }
        } else {
            return nil
        }
    }
}
