//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// One type of a type encoding.
enum TypedStreamType: Hashable, Sendable {
    /// `c`: one signed byte without a head.
    case character
    /// `C` and `B`: one unsigned byte without a head.
    case byte
    /// `s i l q`.
    case integer
    /// `S I L Q`.
    case unsigned
    /// `f`.
    case float
    /// `d`.
    case double
    /// `@`.
    case object
    /// `#`.
    case `class`
    /// `*`.
    case cString
    /// `%` and `:`.
    case atom
    /// `+`.
    case bytes
    /// `[nT]` where T is a character type: n raw bytes.
    case rawArray(Int)
    /// `[nT]`.
    indirect case array(Int, TypedStreamType)
    /// `{name=T…}`.
    indirect case structure([TypedStreamType])

    /// Splits an encoding into its types; nil when it is malformed.
    static func parse(_ encoding: String) -> [TypedStreamType]? {
        var parser = Parser(bytes: Array(encoding.utf8))
        guard parser.bytes.count <= 16_384 else { return nil }
        var types: [TypedStreamType] = []
        while !parser.isAtEnd {
            guard let type = parser.next(depth: 0) else { return nil }
            types.append(type)
        }
        return types
    }

    private struct Parser {
        let bytes: [UInt8]
        var position = 0

        /// Skips qualifiers, so that trailing ones do not look like a missing type.
        var isAtEnd: Bool {
            mutating get {
                while position < bytes.count, Self.isQualifier(bytes[position]) { position += 1 }
                return position == bytes.count
            }
        }

        static func isQualifier(_ byte: UInt8) -> Bool {
            switch byte {
            case UInt8(ascii: "r"), UInt8(ascii: "n"), UInt8(ascii: "N"), UInt8(ascii: "o"), UInt8(ascii: "O"),
                UInt8(ascii: "R"), UInt8(ascii: "V"), UInt8(ascii: "^"):
                true
            default: false
            }
        }

        mutating func next(depth: Int) -> TypedStreamType? {
            guard depth < 64, !isAtEnd else { return nil }
            let byte = bytes[position]
            position += 1
            switch byte {
            case UInt8(ascii: "c"): return .character
            case UInt8(ascii: "C"), UInt8(ascii: "B"): return .byte
            case UInt8(ascii: "s"), UInt8(ascii: "i"), UInt8(ascii: "l"), UInt8(ascii: "q"): return .integer
            case UInt8(ascii: "S"), UInt8(ascii: "I"), UInt8(ascii: "L"), UInt8(ascii: "Q"): return .unsigned
            case UInt8(ascii: "f"): return .float
            case UInt8(ascii: "d"): return .double
            case UInt8(ascii: "@"): return .object
            case UInt8(ascii: "#"): return .class
            case UInt8(ascii: "*"): return .cString
            case UInt8(ascii: "%"), UInt8(ascii: ":"): return .atom
            case UInt8(ascii: "+"): return .bytes
            case UInt8(ascii: "["): return array(depth: depth)
            case UInt8(ascii: "{"): return structure(depth: depth)
            default: return nil
            }
        }

        mutating func array(depth: Int) -> TypedStreamType? {
            var count = 0
            while position < bytes.count, (0x30...0x39).contains(bytes[position]) {
                count = count * 10 + Int(bytes[position] - 0x30)
                guard count <= Int(Int32.max) else { return nil }
                position += 1
            }
            guard let element = next(depth: depth + 1), close(UInt8(ascii: "]")) else { return nil }
            switch element {
            case .character, .byte: return .rawArray(count)
            default: return .array(count, element)
            }
        }

        mutating func structure(depth: Int) -> TypedStreamType? {
            // A name is only a name when an equals sign follows before any bracket.
            var scan = position
            while scan < bytes.count, bytes[scan] != UInt8(ascii: "="), bytes[scan] != UInt8(ascii: "}"),
                bytes[scan] != UInt8(ascii: "{"), bytes[scan] != UInt8(ascii: "[")
            {
                scan += 1
            }
            if scan < bytes.count, bytes[scan] == UInt8(ascii: "=") { position = scan + 1 }
            var members: [TypedStreamType] = []
            while position < bytes.count, bytes[position] != UInt8(ascii: "}") {
                guard let member = next(depth: depth + 1) else { return nil }
                members.append(member)
            }
            return close(UInt8(ascii: "}")) ? .structure(members) : nil
        }

        mutating func close(_ bracket: UInt8) -> Bool {
            guard position < bytes.count, bytes[position] == bracket else { return false }
            position += 1
            return true
        }
    }
}
