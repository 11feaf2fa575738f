//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import BluewireWire
import Foundation
import Testing

struct JSONWriterTests {
    /// Strings that break careless writers.
    static let awkward = [
        "", "plain", "quote \" backslash \\ slash /", "line\nfeed\r\ttab", "\u{0}\u{1}\u{8}\u{c}\u{1f}\u{7f}",
        "\u{2028}between\u{2029}", "“smart” quotes ’", "👩‍👩‍👧‍👦 family", "e\u{301}", "مرحبا", "\u{feff}bom",
        "\u{fffc}\u{fffd}",
        "</script><!--", "\u{10ffff}",
    ]

    @Test(arguments: awkward)
    func stringsSurvive(_ text: String) throws {
        var writer = JSONWriter()
        writer.array { $0.string(text) }
        let decoded = try JSONDecoder().decode([String].self, from: Data(writer.bytes))
        #expect(decoded.count == 1)
        #expect(decoded.first.map { Array($0.unicodeScalars) } == Array(text.unicodeScalars))
    }

    @Test
    func everyScalarBelow3000Survives() throws {
        let scalars = (0..<0x3000).compactMap(Unicode.Scalar.init)
        let text = String(String.UnicodeScalarView(scalars))
        var writer = JSONWriter()
        writer.array { $0.string(text) }
        let decoded = try JSONDecoder().decode([String].self, from: Data(writer.bytes))
        #expect(decoded.first.map { Array($0.unicodeScalars) } == scalars)
    }

    @Test
    func randomTextSurvives() throws {
        var random = SplitMix(state: 7)
        for _ in 0..<300 {
            let scalars = (0..<Int(random.next() % 60)).compactMap { _ in
                Unicode.Scalar(UInt32(random.next() % 0x11_0000))
            }
            let text = String(String.UnicodeScalarView(scalars))
            var writer = JSONWriter()
            writer.object { $0.member("value", text) }
            let decoded = try JSONDecoder().decode([String: String].self, from: Data(writer.bytes))
            #expect(decoded["value"].map { Array($0.unicodeScalars) } == scalars)
        }
    }

    @Test
    func noRawLineBreakOrSeparatorIsWritten() {
        var writer = JSONWriter()
        writer.string("a\nb\rc\u{2028}d\u{2029}e")
        #expect(String(decoding: writer.bytes, as: UTF8.self) == #""a\nb\rc\u2028d\u2029e""#)
    }

    @Test
    func invalidTextFromDecodingIsReplacedNotForwarded() throws {
        let text = String(decoding: [0x61, 0xFF, 0xC3, 0x62] as [UInt8], as: UTF8.self)
        var writer = JSONWriter()
        writer.array { $0.string(text) }
        #expect(try JSONDecoder().decode([String].self, from: Data(writer.bytes)) == ["a\u{fffd}\u{fffd}b"])
    }

    @Test
    func commasAndNullsStandWhereTheyBelong() {
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("a", nil as String?)
            writer.member("b", [String]())
            writer.key("c")
            writer.array { writer in
                writer.integer(Int64.min)
                writer.object { _ in }
                writer.bool(true)
            }
            writer.key(dynamic: "d\"")
            writer.time(Timestamp(milliseconds: 1))
        }
        let expected = #"{"a":null,"b":[],"c":[-9223372036854775808,{},true],"d\"":"1970-01-01T00:00:00.001Z"}"#
        #expect(String(decoding: writer.bytes, as: UTF8.self) == expected)
    }
}

/// A small generator with a fixed seed, so that failures repeat.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
