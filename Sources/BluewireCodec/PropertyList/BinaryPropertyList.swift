//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// A view of a binary property list that reads single objects on demand.
struct BinaryPropertyList {
    static let maximumDepth = 128
    static let maximumCount = 1_000_000

    /// The number of the root object.
    let root: Int
    private let bytes: LentBytes
    private let start: Int
    private let end: Int
    private let offsetSize: Int
    private let referenceSize: Int
    private let objectCount: Int
    private let table: Int

    /// Reads the trailer of the list in a range of `bytes`.
    init(_ bytes: LentBytes, _ offset: Int, _ length: Int) throws(PropertyListError) {
        guard length >= 40, bytes.matches("bplist0", at: offset) else {
            throw PropertyListError(reason: .badHeader, offset: 0)
        }
        self.bytes = bytes
        start = offset
        let trailer = offset + length - 32
        end = trailer
        offsetSize = Int(bytes[trailer + 6])
        referenceSize = Int(bytes[trailer + 7])
        let count = Self.number(bytes, trailer + 8, 8)
        let top = Self.number(bytes, trailer + 16, 8)
        let tableOffset = Self.number(bytes, trailer + 24, 8)
        guard (1...8).contains(offsetSize), (1...8).contains(referenceSize), top < count,
            count <= UInt64(length), tableOffset >= 8, tableOffset <= UInt64(length - 32),
            count * UInt64(offsetSize) <= UInt64(length - 32) - tableOffset
        else { throw PropertyListError(reason: .truncated, offset: length - 32) }
        objectCount = Int(count)
        root = Int(top)
        table = offset + Int(tableOffset)
    }

    /// The marker of an object: its type, count and where its contents start.
    struct Marker {
        var type: UInt8
        var low: UInt8
        var count: Int
        var body: Int
    }

    /// Reads the marker of an object.
    func marker(_ object: Int) throws(PropertyListError) -> Marker {
        guard object >= 0, object < objectCount else { throw error(.badReference, at: table) }
        let relative = Self.number(bytes, table + object * offsetSize, offsetSize)
        guard relative >= 8, relative < UInt64(end - start) else { throw error(.badReference, at: table) }
        var position = start + Int(relative)
        let byte = bytes[position]
        position += 1
        let type = byte >> 4
        let low = byte & 15
        var count = Int(low)
        if low == 15, type == 4 || type == 5 || type == 6 || type >= 10 {
            guard position < end, bytes[position] >> 4 == 1 else { throw error(.badValue, at: position) }
            let width = 1 << Int(bytes[position] & 15)
            guard width <= 8, width <= end - position - 1 else { throw error(.truncated, at: position) }
            let long = Self.number(bytes, position + 1, width)
            guard long <= UInt64(end - start) else { throw error(.truncated, at: position) }
            count = Int(long)
            position += 1 + width
        }
        return Marker(type: type, low: low, count: count, body: position)
    }

    /// The object at place `index` of the references after `body`.
    func reference(_ body: Int, _ index: Int) throws(PropertyListError) -> Int {
        let position = body + index * referenceSize
        guard position >= start, referenceSize <= end - position else { throw error(.truncated, at: position) }
        let number = Self.number(bytes, position, referenceSize)
        guard number < UInt64(objectCount) else { throw error(.badReference, at: position) }
        return Int(number)
    }

    /// The object under an ASCII key of a dictionary object; nil when there is none.
    func object(_ dictionary: Int, key: StaticString) throws(PropertyListError) -> Int? {
        let marker = try marker(dictionary)
        guard marker.type == 13, marker.count * 2 * referenceSize <= end - marker.body else { return nil }
        for index in 0..<marker.count {
            let name = try self.marker(reference(marker.body, index))
            guard name.type == 5, name.count == key.utf8CodeUnitCount, name.count <= end - name.body else { continue }
            if bytes.matches(key, at: name.body) { return try reference(marker.body, marker.count + index) }
        }
        return nil
    }

    /// The number a UID object refers to; nil for another object.
    func uid(_ object: Int) throws(PropertyListError) -> Int? {
        let marker = try marker(object)
        guard marker.type == 8, Int(marker.low) + 1 <= end - marker.body, marker.low < 8 else { return nil }
        let number = Self.number(bytes, marker.body, Int(marker.low) + 1)
        return Int(exactly: number)
    }

    /// The text of a string object; nil for another object.
    func text(_ object: Int) throws(PropertyListError) -> String? {
        let marker = try marker(object)
        guard marker.type == 5 || marker.type == 6 else { return nil }
        return try string(marker)
    }

    /// A whole value; `budget` bounds how many values references may multiply into.
    func value(_ object: Int, depth: Int, budget: inout Int) throws(PropertyListError) -> PropertyListValue {
        budget -= 1
        guard budget > 0 else { throw error(.tooLarge, at: start) }
        guard depth < Self.maximumDepth else { throw error(.tooDeep, at: start) }
        let marker = try marker(object)
        switch marker.type {
        case 0:
            switch marker.low {
            case 0: return .null
            case 8: return .bool(false)
            case 9: return .bool(true)
            default: throw error(.badValue, at: marker.body)
            }
        case 1: return try integer(marker)
        case 2, 3:
            let width = 1 << Int(marker.low)
            guard width == 4 || width == 8, width <= end - marker.body else { throw error(.badValue, at: marker.body) }
            let bits = Self.number(bytes, marker.body, width)
            let real = width == 4 ? Double(Float(bitPattern: UInt32(bits))) : Double(bitPattern: bits)
            return marker.type == 3 ? .date(real) : .real(real)
        case 4:
            guard marker.count <= end - marker.body else { throw error(.truncated, at: marker.body) }
            return .data(bytes.array(marker.body, marker.count))
        case 5, 6: return .string(try string(marker))
        case 8:
            let width = Int(marker.low) + 1
            guard width <= 8, width <= end - marker.body else { throw error(.badValue, at: marker.body) }
            return .uid(Self.number(bytes, marker.body, width))
        case 10: return .array(try elements(marker, depth: depth, budget: &budget))
        case 11, 12: return .set(try elements(marker, depth: depth, budget: &budget))
        case 13: return .dictionary(try members(marker, depth: depth, budget: &budget))
        default: throw error(.badValue, at: marker.body)
        }
    }

    private func integer(_ marker: Marker) throws(PropertyListError) -> PropertyListValue {
        let width = 1 << Int(marker.low)
        guard width <= 16, width <= end - marker.body else { throw error(.truncated, at: marker.body) }
        if width == 16 {
            // Values above Int64.max are written with sixteen bytes.
            let low = Self.number(bytes, marker.body + 8, 8)
            return low > UInt64(Int64.max) ? .unsigned(low) : .integer(Int64(low))
        }
        let bits = Self.number(bytes, marker.body, width)
        // One, two and four bytes are unsigned; eight are signed.
        return .integer(width == 8 ? Int64(bitPattern: bits) : Int64(bits))
    }

    private func string(_ marker: Marker) throws(PropertyListError) -> String {
        let width = marker.type == 5 ? marker.count : marker.count * 2
        guard width <= end - marker.body else { throw error(.truncated, at: marker.body) }
        if marker.type == 5 { return bytes.repairedText(marker.body, width) }
        var units: [UInt16] = []
        units.reserveCapacity(marker.count)
        for index in 0..<marker.count {
            units.append(UInt16(Self.number(bytes, marker.body + 2 * index, 2)))
        }
        return String(decoding: units, as: UTF16.self)
    }

    private func elements(
        _ marker: Marker, depth: Int, budget: inout Int
    ) throws(PropertyListError) -> [PropertyListValue] {
        guard marker.count * referenceSize <= end - marker.body else { throw error(.truncated, at: marker.body) }
        var values: [PropertyListValue] = []
        values.reserveCapacity(min(marker.count, 1024))
        for index in 0..<marker.count {
            values.append(try value(reference(marker.body, index), depth: depth + 1, budget: &budget))
        }
        return values
    }

    private func members(
        _ marker: Marker, depth: Int, budget: inout Int
    ) throws(PropertyListError) -> [String: PropertyListValue] {
        guard marker.count * 2 * referenceSize <= end - marker.body else { throw error(.truncated, at: marker.body) }
        var values: [String: PropertyListValue] = [:]
        for index in 0..<marker.count {
            guard let key = try text(reference(marker.body, index)) else { throw error(.badValue, at: marker.body) }
            let member = try reference(marker.body, marker.count + index)
            values[key] = try value(member, depth: depth + 1, budget: &budget)
        }
        return values
    }

    private func error(_ reason: PropertyListError.Reason, at offset: Int) -> PropertyListError {
        PropertyListError(reason: reason, offset: offset - start)
    }

    @inline(__always)
    private static func number(_ bytes: LentBytes, _ offset: Int, _ width: Int) -> UInt64 {
        var value: UInt64 = 0
        for index in 0..<width { value = value << 8 | UInt64(bytes[offset + index]) }
        return value
    }
}
