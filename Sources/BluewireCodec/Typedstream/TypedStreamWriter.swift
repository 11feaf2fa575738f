//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// Writes an archive graph as NSArchiver does: everything literally the first time, as a reference afterwards.
package struct TypedStreamWriter {
    private let archive: TypedStreamArchive
    private var output: [UInt8] = []
    private var strings: [String: Int] = [:]
    private var numbers: [Int: Int] = [:]

    /// The bytes of `archive`.
    ///
    /// A graph read by ``TypedStreamReader`` gives the bytes it was read from; values that do not fit their encoding
    /// are left out, which no graph of ours contains.
    package static func write(_ archive: TypedStreamArchive) -> [UInt8] {
        var writer = TypedStreamWriter(archive: archive)
        writer.writeAll()
        return writer.output
    }

    private init(archive: TypedStreamArchive) { self.archive = archive }

    private mutating func writeAll() {
        output = [4, 11]
        output.append(contentsOf: (archive.isBigEndian ? "typedstream" : "streamtyped").utf8)
        integer(archive.systemVersion)
        for group in archive.groups { write(group) }
    }

    private mutating func write(_ group: TypedStreamArchive.Group) {
        shared(group.encoding)
        let types = TypedStreamType.parse(group.encoding) ?? []
        for (type, value) in zip(types, group.values) { write(value, as: type) }
    }

    private mutating func write(_ value: TypedStreamArchive.Value, as type: TypedStreamType) {
        switch (type, value) {
        case (.character, .integer(let number)): output.append(UInt8(truncatingIfNeeded: number))
        case (.byte, .unsigned(let number)): output.append(UInt8(truncatingIfNeeded: number))
        case (_, .integer(let number)): integer(number)
        case (_, .unsigned(let number)): unsigned(number)
        case (_, .float(let number)):
            if let whole = Int32(exactly: number), number.sign == .plus || whole != 0 {
                integer(Int64(whole))
            } else {
                output.append(0x83)
                raw(UInt64(number.bitPattern), width: 4)
            }
        case (_, .double(let number)):
            if let whole = Int32(exactly: number), number.sign == .plus || whole != 0 {
                integer(Int64(whole))
            } else {
                output.append(0x83)
                raw(number.bitPattern, width: 8)
            }
        case (.bytes, .bytes(let bytes)):
            unsigned(UInt64(bytes.count))
            output.append(contentsOf: bytes)
        case (_, .bytes(let bytes)): output.append(contentsOf: bytes)
        case (_, .object(let entry)), (_, .class(let entry)), (_, .cString(let entry)): write(entry: entry)
        case (_, .atom(let text)):
            if let text { shared(text) } else { output.append(0x85) }
        case (.array(_, let element), .array(let values)):
            for value in values { write(value, as: element) }
        case (.structure(let members), .structure(let values)):
            for (member, value) in zip(members, values) { write(value, as: member) }
        case (_, .array), (_, .structure): break
        }
    }

    private mutating func write(entry: Int?) {
        guard let entry, entry >= 0, entry < archive.entries.count else {
            output.append(0x85)
            return
        }
        if let number = numbers[entry] {
            integer(Int64(number) - 110)
            return
        }
        output.append(0x84)
        switch archive.entries[entry] {
        case .object(let type, let groups):
            numbers[entry] = numbers.count
            write(entry: type)
            for group in groups { write(group) }
            output.append(0x86)
        case .class(let name, let version, let superclass):
            shared(name)
            integer(version)
            numbers[entry] = numbers.count
            write(entry: superclass)
        case .cString(let text):
            shared(text)
            numbers[entry] = numbers.count
        }
    }

    private mutating func shared(_ text: String) {
        if let number = strings[text] {
            integer(Int64(number) - 110)
        } else {
            strings[text] = strings.count
            output.append(0x84)
            unsigned(UInt64(text.utf8.count))
            output.append(contentsOf: text.utf8)
        }
    }

    private mutating func integer(_ number: Int64) {
        if (-110...127).contains(number) {
            output.append(UInt8(truncatingIfNeeded: number))
        } else if let small = Int16(exactly: number) {
            output.append(0x81)
            raw(UInt64(UInt16(bitPattern: small)), width: 2)
        } else if let medium = Int32(exactly: number) {
            output.append(0x82)
            raw(UInt64(UInt32(bitPattern: medium)), width: 4)
        } else {
            output.append(0x87)
            raw(UInt64(bitPattern: number), width: 8)
        }
    }

    private mutating func unsigned(_ number: UInt64) {
        // 32768…65535 takes four bytes, because a reader may take two as signed.
        switch number {
        case ...127: output.append(UInt8(number))
        case ...0x7FFF:
            output.append(0x81)
            raw(number, width: 2)
        case ...0xFFFF_FFFF:
            output.append(0x82)
            raw(number, width: 4)
        default:
            output.append(0x87)
            raw(number, width: 8)
        }
    }

    private mutating func raw(_ value: UInt64, width: Int) {
        for index in 0..<width {
            let shift = UInt64(8 * (archive.isBigEndian ? width - 1 - index : index))
            output.append(UInt8(truncatingIfNeeded: value >> shift))
        }
    }
}
