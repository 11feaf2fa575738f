//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// A handwritten message.
package struct Handwriting: Sendable {
    /// How the strokes are stored.
    ///
    /// Values Apple adds later stay representable.
    package struct Compression: RawRepresentable, Hashable, Sendable {
        package let rawValue: Int
        package init(rawValue: Int) { self.rawValue = rawValue }

        /// As they are.
        package static let none = Compression(rawValue: 1)
        /// As an `.xz` stream.
        package static let xz = Compression(rawValue: 4)

        /// The name used on every surface.
        package var name: String {
            switch self {
            case .none: "none"
            case .xz: "xz"
            default: "unknown"
            }
        }
    }

    /// One point of a stroke, in the coordinates of the writer's screen.
    package struct Point: Hashable, Sendable {
        /// From the left.
        package var x: Int
        /// From the top.
        package var y: Int
        /// How wide the pen was.
        package var width: Int
    }

    /// The most bytes strokes are unpacked to; a page full of writing takes some ten thousand.
    package static let longestStrokes = 4 << 20

    /// How the strokes are stored.
    package var compression: Compression
    /// When it was written, in milliseconds since 2001; 0 when redacted.
    package var createdAt: UInt64
    /// The identifier.
    package var id: String
    /// Where it stands: x, y, width, height.
    package var frame: [Int]
    /// How many strokes it says it has.
    package var strokeCount: Int
    /// The size of the strokes when decompressed.
    package var decompressedLength: Int
    /// The strokes as stored.
    package var storedStrokes: [UInt8]

    /// Reads `payload_data`; nil when it is malformed.
    package init?(_ bytes: [UInt8]) {
        guard let message = ProtobufFields(bytes), let drawing = message.bytes(4).flatMap({ ProtobufFields($0) }) else {
            return nil
        }
        createdAt = 0
        if case .fixed64(let value)? = message[2] { createdAt = value }
        id = message.bytes(3).map { String(decoding: $0, as: UTF8.self) } ?? ""
        let raw = drawing.bytes(3) ?? []
        frame = stride(from: 0, to: raw.count - raw.count % 2, by: 2).map { Self.number(raw, $0) }
        strokeCount = drawing.integer(4) ?? 0
        compression = Compression(rawValue: drawing.integer(5) ?? 1)
        decompressedLength = drawing.integer(6) ?? 0
        storedStrokes = drawing.bytes(8) ?? []
    }

    /// The strokes, each with its points; nil when they are damaged or stored in a way that is not known.
    package var strokes: [[Point]]? {
        guard let bytes = plainStrokes else { return nil }
        var strokes: [[Point]] = []
        var offset = 0
        while strokes.count < strokeCount {
            guard bytes.count - offset >= 2 else { return nil }
            let count = Int(bytes[offset]) | Int(bytes[offset + 1]) << 8
            offset += 2
            guard bytes.count - offset >= count * 8 else { return nil }
            strokes.append(
                (0..<count).map { index in
                    let place = offset + index * 8
                    return Point(
                        x: Self.number(bytes, place), y: Self.number(bytes, place + 2),
                        width: Self.number(bytes, place + 4))
                })
            offset += count * 8
        }
        return strokes
    }

    private var plainStrokes: [UInt8]? {
        switch compression {
        case .none: storedStrokes
        case .xz where (0...Self.longestStrokes).contains(decompressedLength):
            try? XZStream.unpack(storedStrokes, limit: decompressedLength)
        default: nil
        }
    }

    /// A signed number of two bytes whose sign bit is inverted.
    private static func number(_ bytes: [UInt8], _ offset: Int) -> Int {
        Int(Int16(bitPattern: (UInt16(bytes[offset]) | UInt16(bytes[offset + 1]) << 8) ^ 0x8000))
    }
}
