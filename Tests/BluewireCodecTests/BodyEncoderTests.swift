//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireCodec
import BluewireModel
import Testing

struct BodyEncoderTests {
    static let texts = [
        "Noter test", "a", "", "\u{0}nul\u{0}", "👋🏽 hi", "שלום עולם", "𝖍𝖊𝖑𝖑𝖔", "日本語テキスト 86 84", "\n leading",
        "\u{FEFF}bom",
        String(repeating: "x", count: 127), String(repeating: "x", count: 128), String(repeating: "é", count: 20_000),
        String(repeating: "🙂", count: 10_000), String(repeating: "y", count: 40_000), "e\u{301}",
    ]

    @Test(arguments: texts)
    func plainTextSurvives(_ text: String) throws {
        let body = MessageBody(text: text)
        for flavour in [BodyEncoder.Flavour.mutable, .immutable] {
            let bytes = BodyEncoder.encode(body, flavour: flavour)
            #expect(try BodyDecoder.strict(bytes) == body)
            #expect(try BodyDecoder.strictFromGraph(bytes) == body)
        }
    }

    @Test func simpleBodyIsWhatAppleWrites() throws {
        // The annotated sample of a text sent from the own device.
        let bytes = BodyEncoder.encode(MessageBody(text: "Noter test"))
        #expect(bytes.count == 233)
        #expect(bytes.suffix(4) == [0x00, 0x86, 0x86, 0x86])
    }

    @Test func randomBodiesSurvive() throws {
        var random = SeededGenerator(seed: 7)
        for _ in 0..<400 {
            let body = Self.randomBody(&random)
            let bytes = BodyEncoder.encode(body)
            #expect(try BodyDecoder.strict(bytes) == body)
            #expect(try BodyDecoder.strictFromGraph(bytes) == body)
        }
    }

    @Test func manyDistinctRunsReachLongReferences() throws {
        var runs: [TextRun] = []
        for index in 0..<600 {
            runs.append(TextRun(text: "x", range: UTF16Range(index, 1), attributes: [.effect(index + 1)]))
        }
        let body = MessageBody(
            string: String(repeating: "x", count: 600), parts: [Part(index: 0, content: .text(runs))])
        let bytes = BodyEncoder.encode(body)
        #expect(try BodyDecoder.strict(bytes) == body)
        #expect(try TypedStreamWriter.write(TypedStreamReader.read(bytes)) == bytes)
    }

    private static let alphabet: [String] = [
        "a", "Z", " ", "\n", "é", "ß", "日", "🙂", "👨‍👩‍👧", "\u{202E}", "ع", "\u{0}", "\u{301}",
    ]

    static func randomBody(_ random: inout SeededGenerator) -> MessageBody {
        var string = ""
        var parts: [Part] = []
        var index = 0
        for _ in 0..<Int.random(in: 1...5, using: &random) {
            let location = string.utf16.count
            switch Int.random(in: 0..<6, using: &random) {
            case 0:
                string += "\u{FFFC}"
                parts.append(Part(index: index, content: .attachment(guid: "at_\(index)_GUID")))
            case 1:
                string += "\u{FFFD}"
                parts.append(Part(index: index, content: .balloon))
            default:
                var runs: [TextRun] = []
                var start = location
                for _ in 0..<Int.random(in: 1...3, using: &random) {
                    let text = (0..<Int.random(in: 1...40, using: &random)).map { _ in
                        alphabet.randomElement(using: &random) ?? "a"
                    }.joined()
                    let attributes = attributes(&random)
                    runs.append(TextRun(text: text, range: UTF16Range(start, text.utf16.count), attributes: attributes))
                    start += text.utf16.count
                    string += text
                }
                parts.append(Part(index: index, content: .text(runs)))
            }
            index += Int.random(in: 1...2, using: &random)
        }
        return MessageBody(string: string, parts: parts)
    }

    private static func attributes(_ random: inout SeededGenerator) -> [TextAttribute] {
        let all: [TextAttribute] = [
            .mention(address: "+15550100"), .link("https://example.com/ü"), .bold, .italic, .underline, .strikethrough,
            .effect(5), .detected(type: "HttpURL", matched: "example 日本"), .oneTimeCode("123456"),
            .transcription("words"), .unknown(name: "__kIMSomethingNew"),
        ]
        return all.filter { _ in Int.random(in: 0..<5, using: &random) == 0 }
    }
}
