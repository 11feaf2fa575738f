//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// What a sticker's HEIC file says about the sticker, beside its pictures.
package struct StickerFile: Hashable, Sendable {
    /// The look the owner gave it: `comic`, `puffy`, `iridescent`, `stroke`; nil when it is plain.
    package var effect: String?

    /// Reads the file; nil when it is no HEIF file, or a damaged one.
    ///
    /// The pictures are not decoded. The effect is an attribute in the file's XMP item.
    package init?(_ bytes: [UInt8]) {
        guard let meta = Box.first("meta", in: bytes[...], from: 0), Box.first("ftyp", in: bytes[...], from: 0) != nil
        else { return nil }
        // A full box: version and flags come before its content.
        guard let info = Box.first("iinf", in: meta, from: 4), let places = Box.first("iloc", in: meta, from: 4) else {
            return nil
        }
        guard let item = Self.metadataItem(in: info) else { return }
        guard let place = Self.place(of: item, in: places), let text = bytes.slice(place.offset, place.length) else {
            return nil
        }
        effect = Self.attribute("stickerEffect:type", in: String(decoding: text, as: UTF8.self))
    }

    /// The number of the item that holds XMP.
    private static func metadataItem(in info: ArraySlice<UInt8>) -> UInt64? {
        guard let version = info.number(0, 1) else { return nil }
        var rest = info.dropFirst(version == 0 ? 6 : 8)
        while let entry = Box(&rest) {
            guard entry.kind == "infe", let version = entry.content.number(0, 1), version >= 2 else { continue }
            let width = version == 2 ? 2 : 4
            guard
                let number = entry.content.number(4, width),
                let kind = entry.content.slice(4 + width + 2, 4), kind.elementsEqual("mime".utf8)
            else { continue }
            // The name and the content type, each ended by a zero.
            let texts = entry.content.dropFirst(4 + width + 6).split(separator: 0, omittingEmptySubsequences: false)
            if texts.count > 1, texts[1].elementsEqual("application/rdf+xml".utf8) { return number }
        }
        return nil
    }

    /// Where an item that lies in the file in one piece is.
    private static func place(of item: UInt64, in places: ArraySlice<UInt8>) -> (offset: Int, length: Int)? {
        guard let version = places.number(0, 1), version <= 2, let sizes = places.number(4, 2) else { return nil }
        let (offsetSize, lengthSize) = (Int(sizes >> 12), Int(sizes >> 8 & 15))
        let (baseSize, indexSize) = (Int(sizes >> 4 & 15), version == 0 ? 0 : Int(sizes & 15))
        let wide = version < 2 ? 2 : 4
        guard let count = places.number(6, wide) else { return nil }
        var offset = 6 + wide
        for _ in 0..<count {
            guard let number = places.number(offset, wide) else { return nil }
            offset += wide
            var method: UInt64 = 0
            if version > 0 {
                method = (places.number(offset, 2) ?? 0) & 15
                offset += 2
            }
            guard let base = places.number(offset + 2, baseSize),
                let extents = places.number(offset + 2 + baseSize, 2)
            else { return nil }
            offset += 4 + baseSize
            if number == item {
                guard method == 0, extents == 1, let start = places.number(offset + indexSize, offsetSize),
                    let length = places.number(offset + indexSize + offsetSize, lengthSize),
                    let place = Int(exactly: base.addingReportingOverflow(start).partialValue),
                    let count = Int(exactly: length)
                else { return nil }
                return (place, count)
            }
            offset += Int(extents) * (indexSize + offsetSize + lengthSize)
        }
        return nil
    }

    /// The value of an attribute in a piece of XML.
    private static func attribute(_ name: String, in text: String) -> String? {
        let wanted = Array("\(name)=".utf8)
        var rest = text.utf8[...]
        while let quote = rest.firstIndex(where: { $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "'") }) {
            let value = rest[rest.index(after: quote)...]
            guard let end = value.firstIndex(of: rest[quote]) else { return nil }
            if rest[..<quote].suffix(wanted.count).elementsEqual(wanted) {
                return String(value[..<end])
            }
            rest = value[value.index(after: end)...]
        }
        return nil
    }

    /// A box of the file format.
    private struct Box {
        var kind: String
        var content: ArraySlice<UInt8>

        /// Takes the next box off `rest`; nil when there is none, or none that fits.
        init?(_ rest: inout ArraySlice<UInt8>) {
            guard let short = rest.number(0, 4), let name = rest.slice(4, 4) else { return nil }
            var header = 8
            var size = short
            if short == 1 {
                guard let long = rest.number(8, 8) else { return nil }
                (size, header) = (long, 16)
            } else if short == 0 {
                size = UInt64(rest.count)
            }
            guard size >= header, size <= rest.count, let content = rest.slice(header, Int(size) - header) else {
                return nil
            }
            kind = String(decoding: name, as: UTF8.self)
            self.content = content
            rest = rest.dropFirst(Int(size))
        }

        static func first(_ kind: String, in bytes: ArraySlice<UInt8>, from start: Int) -> ArraySlice<UInt8>? {
            var rest = bytes.dropFirst(start)
            while let box = Box(&rest) { if box.kind == kind { return box.content } }
            return nil
        }
    }
}

extension Collection where Element == UInt8, Index == Int {
    /// The `count` bytes at `offset` from the beginning; nil when they are not all there.
    fileprivate func slice(_ offset: Int, _ count: Int) -> SubSequence? {
        guard offset >= 0, count >= 0, offset <= self.count, count <= self.count - offset else { return nil }
        return self[startIndex + offset..<startIndex + offset + count]
    }

    /// The number in the `width` bytes at `offset`, the high one first; 0 for no bytes, nil when they are not there.
    fileprivate func number(_ offset: Int, _ width: Int) -> UInt64? {
        guard width <= 8 else { return nil }
        return slice(offset, width)?.reduce(0) { $0 << 8 | UInt64($1) }
    }
}
