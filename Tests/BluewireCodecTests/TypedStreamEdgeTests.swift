//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireCodec
import BluewireModel
import Testing

struct TypedStreamEdgeTests {
    private static let header: [UInt8] = [4, 11] + Array("streamtyped".utf8) + [0x81, 0xE8, 0x03]

    private func read(_ body: [UInt8]) throws(TypedStreamError) -> TypedStreamArchive {
        try TypedStreamReader.read(Self.header + body)
    }

    @Test(
        arguments: [
            ([0x00], 0), ([0x7F], 127), ([0x92], -110), ([0xFF], -1), ([0x81, 0x80, 0x00], 128),
            ([0x81, 0x91, 0xFF], -111), ([0x81, 0xFF, 0x7F], 32767), ([0x82, 0x00, 0x80, 0x00, 0x00], 32768),
            ([0x82, 0, 0, 0, 0x80], -2_147_483_648), ([0x87, 0, 0x1A, 0x71, 0x18, 2, 0, 0, 0], 9_000_000_000),
            ([0x87, 0, 0, 0, 0, 0, 0, 0, 0x80], Int64.min),
        ] as [([UInt8], Int64)])
    func signedIntegers(_ bytes: [UInt8], _ value: Int64) throws {
        let archive = try read([0x84, 1, UInt8(ascii: "q")] + bytes)
        #expect(archive.groups == [.init("q", [.integer(value)])])
        #expect(TypedStreamWriter.write(archive) == Self.header + [0x84, 1, UInt8(ascii: "q")] + bytes)
    }

    @Test(
        arguments: [
            ([0x7F], 127), ([0x92], 146), ([0xFF], 255), ([0x81, 0x9D, 0x00], 157), ([0x81, 0xFF, 0xFF], 65535),
            ([0x82, 0xFF, 0xFF, 0xFF, 0xFF], 4_294_967_295), ([0x87] + [UInt8](repeating: 0xFF, count: 8), UInt64.max),
        ] as [([UInt8], UInt64)])
    func unsignedIntegers(_ bytes: [UInt8], _ value: UInt64) throws {
        #expect(try read([0x84, 1, UInt8(ascii: "Q")] + bytes).groups == [.init("Q", [.unsigned(value)])])
    }

    @Test(arguments: [0x80, 0x88, 0x90, 0x91] as [UInt8])
    func reservedHeadsAreErrors(_ head: UInt8) {
        let error = #expect(throws: TypedStreamError.self) { try read([0x84, 1, UInt8(ascii: "i"), head]) }
        #expect(error?.reason == .reservedHead)
        #expect(error?.offset == 19)
    }

    @Test func bigEndianArchivesAreRead() throws {
        let bytes: [UInt8] =
            [4, 11] + Array("typedstream".utf8) + [0x81, 0x03, 0xE8, 0x84, 1, UInt8(ascii: "i"), 0x81, 1, 0]
        let archive = try TypedStreamReader.read(bytes)
        #expect(archive.isBigEndian)
        #expect(archive.groups == [.init("i", [.integer(256)])])
        #expect(TypedStreamWriter.write(archive) == bytes)
    }

    @Test func otherErasAndGarbageAreErrors() {
        #expect(throws: TypedStreamError(.truncated, at: 0)) { try TypedStreamReader.read([]) }
        #expect(throws: TypedStreamError(.unsupportedVersion, at: 0)) { try TypedStreamReader.read([3, 11]) }
        #expect(throws: TypedStreamError(.badHeader, at: 0)) { try TypedStreamReader.read(Array("hello".utf8)) }
    }

    @Test(
        arguments: [
            "[2i]", "[3c]", "{_NSRange=QQ}", "{ii}", "{a=[2{b=ic}]}", "iI", "rnNoORV^i", "cCB", "fd", "*:%#@",
        ])
    func encodingsSurviveTheWriter(_ encoding: String) throws {
        // Nil for everything that refers, small numbers for the rest: valid for each of these encodings.
        let filler: [String: [UInt8]] = [
            "[2i]": [1, 2], "[3c]": [1, 0x80, 0xFF], "{_NSRange=QQ}": [5, 9], "{ii}": [1, 2],
            "{a=[2{b=ic}]}": [1, 0xFF, 2, 0xFE], "iI": [1, 2], "rnNoORV^i": [7], "cCB": [0x84, 0x86, 1],
            "fd": [3, 0x83, 0, 0, 0, 0, 0, 0, 0xF8, 0x3F], "*:%#@": [0x85, 0x85, 0x85, 0x85, 0x85],
        ]
        let bytes = [0x84, UInt8(encoding.utf8.count)] + Array(encoding.utf8) + (filler[encoding] ?? [])
        let archive = try read(bytes)
        #expect(TypedStreamWriter.write(archive) == Self.header + bytes)
    }

    @Test(arguments: ["[", "[2", "[2i", "{a=i", "}", "?", "[99999999999i]", String(repeating: "{", count: 300)])
    func malformedEncodingsAreErrors(_ encoding: String) {
        var bytes: [UInt8] = [0x84]
        bytes += encoding.utf8.count < 128 ? [UInt8(encoding.utf8.count)] : [0x81, UInt8(encoding.utf8.count & 255), 1]
        bytes += Array(encoding.utf8) + [1, 1]
        #expect(throws: TypedStreamError.self) { try read(bytes) }
    }

    @Test func hugeLengthsAllocateNothing() {
        #expect(throws: TypedStreamError.self) {
            try read([0x84, 1, UInt8(ascii: "+"), 0x82, 0xFF, 0xFF, 0xFF, 0x7F])
        }
        #expect(throws: TypedStreamError.self) { try read([0x84, 13] + Array("[2147483647i]".utf8) + [1]) }
        #expect(throws: TypedStreamError.self) { try read([0x84, 15] + Array("[1000[1000{}]]}".utf8) + [1]) }
    }

    @Test func deepNestingIsAnErrorNotACrash() {
        var bytes: [UInt8] = [0x84, 1, UInt8(ascii: "@"), 0x84, 0x84, 0x84, 1, UInt8(ascii: "A"), 0, 0x85]
        // Each level: a group "@" whose object is of class A.
        for _ in 0..<5000 { bytes += [0x92, 0x84, 0x93] }
        let error = #expect(throws: TypedStreamError.self) { try read(bytes) }
        #expect(error?.reason == .tooDeep)
    }

    @Test func referencesOutOfRangeAreErrors() {
        let error = #expect(throws: TypedStreamError.self) { try read([0x84, 1, UInt8(ascii: "@"), 0x92]) }
        #expect(error?.reason == .badReference)
    }

    @Test func unknownClassesSurvive() throws {
        let bytes: [UInt8] =
            [0x84, 1, UInt8(ascii: "@"), 0x84, 0x84, 0x84, 6] + Array("IMWhat".utf8) + [
                3, 0x85, 0x84, 1, UInt8(ascii: "i"), 9,
            ]
            + [0x86]
        let archive = try read(bytes)
        #expect(TypedStreamWriter.write(archive) == Self.header + bytes)
        #expect(archive.root.flatMap { archive.object($0) }?.groups == [.init("i", [.integer(9)])])
    }
}
