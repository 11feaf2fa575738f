//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// Writes `bplist00`.
struct BinaryPropertyListWriter {
    private var objects: [[UInt8]] = []
    private var scalars: [PropertyListValue: Int] = [:]
    private var referenceSize = 1

    static func write(_ value: PropertyListValue) -> [UInt8] {
        var writer = BinaryPropertyListWriter()
        // The number of values bounds the number of objects, so the width of a reference is known beforehand.
        writer.referenceSize = width(of: UInt64(count(value)))
        let root = writer.add(value)
        var output = Array("bplist00".utf8)
        var offsets: [Int] = []
        for object in writer.objects {
            offsets.append(output.count)
            output.append(contentsOf: object)
        }
        let table = output.count
        let offsetSize = width(of: UInt64(table))
        for offset in offsets { append(UInt64(offset), width: offsetSize, to: &output) }
        output.append(contentsOf: [0, 0, 0, 0, 0, 0, UInt8(offsetSize), UInt8(writer.referenceSize)])
        append(UInt64(offsets.count), width: 8, to: &output)
        append(UInt64(root), width: 8, to: &output)
        append(UInt64(table), width: 8, to: &output)
        return output
    }

    private static func count(_ value: PropertyListValue) -> Int {
        switch value {
        case .array(let values), .set(let values): values.reduce(1) { $0 + count($1) }
        case .dictionary(let values): values.values.reduce(1 + values.count) { $0 + count($1) }
        default: 1
        }
    }

    private static func width(of value: UInt64) -> Int {
        value < 0x100 ? 1 : value < 0x1_0000 ? 2 : value < 0x1_0000_0000 ? 4 : 8
    }

    private static func append(_ value: UInt64, width: Int, to output: inout [UInt8]) {
        for index in (0..<width).reversed() { output.append(UInt8(truncatingIfNeeded: value >> UInt64(8 * index))) }
    }

    private mutating func add(_ value: PropertyListValue) -> Int {
        switch value {
        case .array(let values): return addContainer(0xA0, values)
        case .set(let values): return addContainer(0xC0, values)
        case .dictionary(let values):
            let number = reserve()
            let keys = values.keys.sorted()
            let members = keys.map { add(.string($0)) } + keys.map { add(values[$0] ?? .null) }
            objects[number] = header(0xD0, keys.count) + references(members)
            return number
        default:
            if let number = scalars[value] { return number }
            let number = reserve()
            objects[number] = scalar(value)
            scalars[value] = number
            return number
        }
    }

    private mutating func addContainer(_ marker: UInt8, _ values: [PropertyListValue]) -> Int {
        let number = reserve()
        let members = values.map { add($0) }
        objects[number] = header(marker, values.count) + references(members)
        return number
    }

    private mutating func reserve() -> Int {
        objects.append([])
        return objects.count - 1
    }

    private func references(_ numbers: [Int]) -> [UInt8] {
        var output: [UInt8] = []
        for number in numbers { Self.append(UInt64(number), width: referenceSize, to: &output) }
        return output
    }

    private func header(_ marker: UInt8, _ count: Int) -> [UInt8] {
        guard count >= 15 else { return [marker | UInt8(count)] }
        return [marker | 15] + integer(Int64(count))
    }

    private func integer(_ value: Int64) -> [UInt8] {
        let width = value < 0 ? 8 : Self.width(of: UInt64(value))
        var output = [UInt8(0x10 | width.trailingZeroBitCount)]
        Self.append(UInt64(bitPattern: value), width: width, to: &output)
        return output
    }

    private func scalar(_ value: PropertyListValue) -> [UInt8] {
        var output: [UInt8] = []
        switch value {
        case .bool(let flag): output = [flag ? 9 : 8]
        case .integer(let number): output = integer(number)
        case .unsigned(let number):
            output = [0x14]
            Self.append(0, width: 8, to: &output)
            Self.append(number, width: 8, to: &output)
        case .real(let number), .date(let number):
            output = [0x23]
            if case .date = value { output = [0x33] }
            Self.append(number.bitPattern, width: 8, to: &output)
        case .data(let bytes): output = header(0x40, bytes.count) + bytes
        case .uid(let number):
            let width = Self.width(of: number)
            output = [UInt8(0x80 | (width - 1))]
            Self.append(number, width: width, to: &output)
        case .string(let text):
            if text.utf8.allSatisfy({ $0 < 0x80 }) {
                output = header(0x50, text.utf8.count) + Array(text.utf8)
            } else {
                let units = Array(text.utf16)
                output = header(0x60, units.count)
                for unit in units { Self.append(UInt64(unit), width: 2, to: &output) }
            }
        case .null, .array, .set, .dictionary: output = [0]
        }
        return output
    }
}
