//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireCodec
import BluewireModel
import Testing

struct PropertyListTests {
    static let values: [PropertyListValue] = [
        .bool(true), .integer(0), .integer(255), .integer(256), .integer(-1), .integer(.max), .integer(.min),
        .unsigned(.max), .real(-0.5), .date(700_000_000.25), .data([]), .data([UInt8](repeating: 7, count: 300)),
        .string(""), .string("ascii"), .string("日本🙂"), .string(String(repeating: "a", count: 70_000)), .uid(0),
        .uid(70_000),
        .array([]), .array((0..<300).map { .integer($0) }), .set([.string("a")]),
        .dictionary(["a": .dictionary(["b": .array([.uid(1), .null])]), "ü": .string("x")]),
    ]

    @Test(arguments: values)
    func binaryListsRoundTrip(_ value: PropertyListValue) throws {
        #expect(try PropertyList.decode(PropertyList.encode(value)) == value)
    }

    @Test func truncationsAndMutationsDecodeOrThrow() throws {
        let bytes = PropertyList.encode(.array(Self.values.filter { $0 != Self.values[15] }))
        for length in 0..<bytes.count { _ = try? PropertyList.decode(Array(bytes[..<length])) }
        var random = SeededGenerator(seed: 3)
        for _ in 0..<Mutations.count * 5 { _ = try? PropertyList.decode(Mutations.mutate(bytes, using: &random)) }
    }

    @Test func cyclesAndBombsAreErrors() {
        // An array that holds itself.
        let cycle: [UInt8] =
            Array("bplist00".utf8) + [0xA1, 0, 8] + [0, 0, 0, 0, 0, 0, 1, 1] + [0, 0, 0, 0, 0, 0, 0, 1]
            + [UInt8](repeating: 0, count: 8) + [0, 0, 0, 0, 0, 0, 0, 10]
        #expect(throws: PropertyListError.self) { try PropertyList.decode(cycle) }
        // Thirty arrays, each holding the next one twice.
        var objects: [[UInt8]] = (0..<30).map { [0xA2, UInt8($0 + 1), UInt8($0 + 1)] }
        objects.append([0x09])
        var bytes = Array("bplist00".utf8)
        var offsets: [UInt8] = []
        for object in objects {
            offsets.append(UInt8(bytes.count))
            bytes += object
        }
        let table = UInt8(bytes.count)
        bytes += offsets + [0, 0, 0, 0, 0, 0, 1, 1] + [0, 0, 0, 0, 0, 0, 0, 31]
        bytes += [UInt8](repeating: 0, count: 15) + [table]
        let error = #expect(throws: PropertyListError.self) { try PropertyList.decode(bytes) }
        #expect(error?.reason == .tooLarge)
    }

    @Test func xmlListsAreRead() throws {
        let xml = """
            <?xml version="1.0" encoding="UTF-8"?>
            <!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
            <plist version="1.0"><dict><!-- note --><key>ust</key><true/><key>rp</key><array><integer>0</integer></array>
            <key>t</key><string>a &lt;b&gt; &amp; &#x1F642;</string><key>e</key><string></string><key>r</key><real>1.5</real>
            <key>d</key><data>3q2+7w==</data><key>w</key><date>2001-01-01T00:00:10Z</date>
            <key>u</key><dict><key>CF$UID</key><integer>4</integer></dict></dict></plist>
            """
        let value = try PropertyList.decode(Array(xml.utf8))
        #expect(
            value
                == .dictionary([
                    "ust": .bool(true), "rp": .array([.integer(0)]), "t": .string("a <b> & 🙂"), "e": .string(""),
                    "r": .real(1.5), "d": .data([0xDE, 0xAD, 0xBE, 0xEF]), "w": .date(10), "u": .uid(4),
                ]))
        for length in 0..<xml.utf8.count { _ = try? PropertyList.decode(Array(xml.utf8.prefix(length))) }
    }

    @Test func summariesRoundTrip() throws {
        let date = Timestamp(milliseconds: 1_700_000_000_500)
        var summary = MessageSummary(
            edits: [
                MessageEdit(
                    part: 1, versions: [.init(text: "first 🙂", date: date), .init(text: "second", date: date)])
            ],
            unsentParts: [2], originalRanges: [1: UTF16Range(0, 8), 2: UTF16Range(8, 1)])
        let decoded = try MessageSummary(decoding: summary.encode())
        #expect(decoded.edits == summary.edits)
        #expect(decoded.unsentParts == [2])
        #expect(decoded.originalRanges == summary.originalRanges)
        #expect(!decoded.isFullyUnsent)
        summary.unsentParts = [1, 2]
        #expect(try MessageSummary(decoding: summary.encode()).isFullyUnsent)
    }

    @Test(arguments: [("TWE=", "Ma"), ("TWE", "Ma"), ("-_-_", "\u{FB}\u{FF}\u{BF}")])
    func base64IsLenient(_ text: String, _ expected: String) {
        #expect(Base64.decode(text) == expected.unicodeScalars.map { UInt8($0.value) })
    }

    @Test func unknownAppsKeepTheirName() {
        let prefix = "com.apple.messages.MSMessageExtensionBalloonPlugin:0000000000:com.example.app"
        let balloon = BalloonDecoder.decode(bundleID: prefix, payload: [1, 2, 3], text: nil)
        #expect(balloon == Balloon(bundleID: "com.example.app"))
        #expect(BalloonDecoder.decode(bundleID: nil, payload: nil, text: "x") == nil)
    }
}
