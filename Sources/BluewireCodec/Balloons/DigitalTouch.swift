//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// A Digital Touch message: a tap, a heartbeat, a sketch.
package struct DigitalTouch: Sendable {
    /// What it is.
    ///
    /// Values Apple adds later stay representable.
    package struct Kind: RawRepresentable, Hashable, Sendable {
        package let rawValue: Int
        package init(rawValue: Int) { self.rawValue = rawValue }

        /// The name used on every surface.
        package var name: String {
            switch rawValue {
            case 1: "tap"
            case 3: "heartbeat"
            case 4: "sketch"
            case 7: "kiss"
            case 8: "fireball"
            default: "unknown(\(rawValue))"
            }
        }
    }

    /// One field of the payload.
    package enum Field: Hashable, Sendable {
        case integer(UInt64)
        case float(Float)
        case fixed64(UInt64)
        case bytes([UInt8])
    }

    /// What it is.
    package var kind: Kind
    /// The colour as stored, red first.
    package var color: [UInt8]
    /// The identifier.
    package var id: String
    /// The fields of the kind's own payload, by number.
    package var fields: [Int: Field]

    /// Reads `payload_data`; nil when it is malformed.
    package init?(_ bytes: [UInt8]) {
        guard let message = ProtobufFields(bytes), let kind = message.integer(1) else { return nil }
        self.kind = Kind(rawValue: kind)
        switch message[4] {
        case .bytes(let bytes)?: color = bytes
        case .fixed32(let value)?: color = (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
        default: color = []
        }
        id = message.bytes(5).map { String(decoding: $0, as: UTF8.self) } ?? ""
        fields = [:]
        for (number, value) in message.bytes(3).flatMap({ ProtobufFields($0) })?.fields ?? [] {
            switch value {
            case .varint(let integer): fields[number] = .integer(integer)
            case .fixed64(let bits): fields[number] = .fixed64(bits)
            case .bytes(let bytes): fields[number] = .bytes(bytes)
            case .fixed32(let bits): fields[number] = .float(Float(bitPattern: bits))
            }
        }
    }

    /// Whether the heart of a heartbeat breaks.
    package var isBrokenHeart: Bool {
        if case .float(let time)? = fields[6] { kind.rawValue == 3 && time > 0 } else { false }
    }
}
