//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// The wire format of protocol buffers, without a schema.
struct ProtobufFields {
    /// One field's value.
    enum Value: Hashable, Sendable {
        case varint(UInt64)
        case fixed64(UInt64)
        case bytes([UInt8])
        case fixed32(UInt32)
    }

    /// Fields in the order written.
    private(set) var fields: [(number: Int, value: Value)] = []

    /// Reads a message; nil when it is malformed.
    init?(_ bytes: [UInt8]) {
        var position = 0
        while position < bytes.count {
            guard let key = Self.varint(bytes, &position), key >> 3 > 0, key >> 3 <= 0x1FFF_FFFF else { return nil }
            let number = Int(key >> 3)
            switch key & 7 {
            case 0:
                guard let value = Self.varint(bytes, &position) else { return nil }
                fields.append((number, .varint(value)))
            case 1:
                guard let value = Self.fixed(bytes, &position, 8) else { return nil }
                fields.append((number, .fixed64(value)))
            case 2:
                guard let length = Self.varint(bytes, &position), length <= UInt64(bytes.count - position) else {
                    return nil
                }
                fields.append((number, .bytes(Array(bytes[position..<position + Int(length)]))))
                position += Int(length)
            case 5:
                guard let value = Self.fixed(bytes, &position, 4) else { return nil }
                fields.append((number, .fixed32(UInt32(value))))
            default: return nil
            }
        }
    }

    /// The last value of a field, as protocol buffers define it.
    subscript(number: Int) -> Value? { fields.last { $0.number == number }?.value }

    /// The number of a varint field.
    func integer(_ number: Int) -> Int? {
        if case .varint(let value)? = self[number] { Int(exactly: value) } else { nil }
    }

    /// The bytes of a length-delimited field.
    func bytes(_ number: Int) -> [UInt8]? {
        if case .bytes(let bytes)? = self[number] { bytes } else { nil }
    }

    private static func varint(_ bytes: [UInt8], _ position: inout Int) -> UInt64? {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 7) {
            guard position < bytes.count else { return nil }
            let byte = bytes[position]
            position += 1
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
        }
        return nil
    }

    private static func fixed(_ bytes: [UInt8], _ position: inout Int, _ width: Int) -> UInt64? {
        guard width <= bytes.count - position else { return nil }
        var value: UInt64 = 0
        for index in 0..<width { value |= UInt64(bytes[position + index]) << UInt64(8 * index) }
        position += width
        return value
    }
}
