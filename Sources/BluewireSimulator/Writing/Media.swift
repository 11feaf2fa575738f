//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// A file to attach.
struct Media: Sendable {
    var name: String
    var mimeType: String?
    var uti: String
    var bytes: [UInt8]
    var isVoice = false

    /// A file of the caller's, its type taken from its name.
    init(name: String, bytes: [UInt8]) {
        self.name = Self.safeName(name)
        self.bytes = bytes
        let types = Self.types[name.split(separator: ".").last.map { $0.lowercased() } ?? ""]
        mimeType = types?.mime
        uti = types?.uti ?? "public.data"
    }

    private static let types: [String: (mime: String?, uti: String)] = [
        "png": ("image/png", "public.png"), "jpg": ("image/jpeg", "public.jpeg"),
        "jpeg": ("image/jpeg", "public.jpeg"), "gif": ("image/gif", "com.compuserve.gif"),
        "heic": ("image/heic", "public.heic"), "pdf": ("application/pdf", "com.adobe.pdf"),
        "txt": ("text/plain", "public.plain-text"), "mov": ("video/quicktime", "com.apple.quicktime-movie"),
        "mp4": ("video/mp4", "public.mpeg-4"), "m4a": ("audio/x-m4a", "com.apple.m4a-audio"),
        // Voice notes come without a MIME type.
        "caf": (nil, "com.apple.coreaudio-format"),
    ]

    /// A name that cannot leave its folder.
    private static func safeName(_ name: String) -> String {
        let last = name.split(separator: "/").last.map(String.init) ?? "file"
        return last.hasPrefix(".") || last.isEmpty ? "file\(last)" : last
    }

    /// A small photograph-like picture, drawn from a number.
    static func photo(name: String = "IMG_0001.png", variant: UInt64) -> Media {
        Media(name: name, bytes: PictureMaker(variant: variant).png())
    }

    /// A voice note: a short tone as 16 bit samples in a CAF file.
    static func voice(name: String = "Audio Message.caf", seconds: Int = 2) -> Media {
        var media = Media(name: name, bytes: ToneMaker(seconds: seconds).caf())
        media.isVoice = true
        return media
    }
}

/// Draws a sky over a hill and writes it as PNG, without compression.
private struct PictureMaker {
    let variant: UInt64
    private let width = 160
    private let height = 120

    init(variant: UInt64) { self.variant = variant }

    func png() -> [UInt8] {
        var raw: [UInt8] = []
        let hue = Int(variant % 96)
        for y in 0..<height {
            raw.append(0)
            for x in 0..<width {
                let hill = height * 2 / 3 + ((x + hue) % 80 - 40).magnitude.signed / 3
                if y > hill {
                    raw += [UInt8(40 + hue / 3), UInt8(110 + (y - hill) % 60), UInt8(70)]
                } else {
                    raw += [UInt8(90 + y), UInt8(140 + y / 2 + hue / 3), UInt8(235 - y / 4)]
                }
            }
        }
        var file: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
        file += chunk("IHDR", big(UInt32(width)) + big(UInt32(height)) + [8, 2, 0, 0, 0])
        file += chunk("IDAT", stored(raw))
        return file + chunk("IEND", [])
    }

    private func chunk(_ type: String, _ data: [UInt8]) -> [UInt8] {
        let body = Array(type.utf8) + data
        return big(UInt32(data.count)) + body + big(crc(body))
    }

    /// A zlib stream of stored blocks.
    private func stored(_ data: [UInt8]) -> [UInt8] {
        var stream: [UInt8] = [0x78, 0x01]
        var offset = 0
        while offset < data.count {
            let length = min(65_535, data.count - offset)
            let count = UInt16(length)
            stream.append(offset + length == data.count ? 1 : 0)
            stream += [UInt8(count & 0xFF), UInt8(count >> 8), UInt8(~count & 0xFF), UInt8(~count >> 8)]
            stream += data[offset..<offset + length]
            offset += length
        }
        var a: UInt32 = 1
        var b: UInt32 = 0
        for byte in data {
            a = (a + UInt32(byte)) % 65_521
            b = (b + a) % 65_521
        }
        return stream + big(b << 16 | a)
    }

    private func crc(_ data: [UInt8]) -> UInt32 {
        var value: UInt32 = 0xFFFF_FFFF
        for byte in data {
            value ^= UInt32(byte)
            for _ in 0..<8 { value = value & 1 == 1 ? 0xEDB8_8320 ^ (value >> 1) : value >> 1 }
        }
        return value ^ 0xFFFF_FFFF
    }

    private func big(_ value: UInt32) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) }
    }
}

/// Writes a triangle tone as CAF.
private struct ToneMaker {
    let seconds: Int

    init(seconds: Int) { self.seconds = seconds }

    func caf() -> [UInt8] {
        let rate = 8_000
        var samples: [UInt8] = []
        for index in 0..<rate * seconds {
            let phase = index % 40
            let value = Int16((phase < 20 ? phase : 40 - phase) * 400 - 4_000)
            samples += [UInt8(truncatingIfNeeded: value >> 8), UInt8(truncatingIfNeeded: value)]
        }
        var file = Array("caff".utf8) + [0, 1, 0, 0] + Array("desc".utf8) + big(32, 8)
        file += big(Double(rate).bitPattern, 8) + Array("lpcm".utf8) + big(0, 4)
        file += big(2, 4) + big(1, 4) + big(1, 4) + big(16, 4)
        file += Array("data".utf8) + big(UInt64(samples.count + 4), 8) + big(0, 4)
        return file + samples
    }

    private func big(_ value: UInt64, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * (count - 1 - $0))) }
    }
}

extension UInt {
    /// The same number with a sign.
    fileprivate var signed: Int { Int(self) }
}
