//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireCodec
import BluewireModel
import Testing

struct BodyDecoderTests {
    @Test func damagedArchiveFallsBackToTheColumn() {
        var decoder = BodyDecoder()
        let body = decoder.decode(attributedBody: [4, 11, 1], text: "column")
        #expect(body == MessageBody(text: "column"))
    }

    @Test func damagedArchiveWithoutColumnIsSalvaged() {
        var decoder = BodyDecoder()
        let whole = BodyEncoder.encode(MessageBody(text: "keep me, please"))
        let body = decoder.decode(attributedBody: Array(whole.dropLast(3)), text: nil)
        #expect(body.string == "keep me, please")
        #expect(body.isDegraded)
    }

    @Test func nothingGivesAnEmptyBody() {
        var decoder = BodyDecoder()
        #expect(decoder.decode(attributedBody: nil, text: nil) == MessageBody())
        #expect(decoder.decode(attributedBody: [], text: nil) == MessageBody())
    }

    @Test func wideTextIsAccepted() {
        var decoder = BodyDecoder()
        #expect(
            decoder.decode(attributedBody: [0xFF, 0xFE, 0x68, 0, 0x3D, 0xD8, 0x42, 0xDE], text: nil).string == "h🙂")
    }

    @Test func archiveWinsOverAStaleColumn() {
        var decoder = BodyDecoder()
        let bytes = BodyEncoder.encode(MessageBody(text: "edited  "))
        #expect(decoder.decode(attributedBody: bytes, text: "edited").string == "edited  ")
        #expect(decoder.text(attributedBody: bytes, text: "edited") == "edited  ")
    }

    @Test func unsentPartsKeepTheirIndexes() {
        var decoder = BodyDecoder()
        var body = MessageBody(text: "third")
        body.parts[0].index = 2
        let decoded = decoder.decode(
            attributedBody: BodyEncoder.encode(body), text: nil, unsentParts: [0, 1],
            originalRanges: [0: UTF16Range(0, 4)])
        #expect(decoded.parts.map(\.index) == [0, 1, 2])
        #expect(decoded.parts[0].content == .unsent(originalRange: UTF16Range(0, 4)))
        #expect(decoded.parts[1].content == .unsent(originalRange: nil))
    }

    @Test func oneDecoderServesManyBodies() {
        var decoder = BodyDecoder()
        for text in BodyEncoderTests.texts {
            let bytes = BodyEncoder.encode(MessageBody(text: text))
            #expect(decoder.decode(attributedBody: bytes, text: nil) == MessageBody(text: text))
            #expect(decoder.text(attributedBody: bytes, text: nil) == (text.isEmpty ? nil : text) || text.isEmpty)
        }
    }

    @Test(
        arguments: [
            (0, nil), (-5, nil), (Int64.max, nil), (9_200_000_000_000_000_000, nil),
            (700_000_000, 1_678_307_200_000_000_000), (700_000_000_123_456_789, 1_678_307_200_123_456_789),
            (999_999_999_999, nil),
        ] as [(Int64, Int64?)])
    func appleDates(_ raw: Int64, _ nanoseconds: Int64?) {
        #expect(AppleTime.timestamp(raw)?.nanoseconds == nanoseconds)
    }

    @Test func appleDatesRoundTrip() {
        let time = Timestamp(nanoseconds: 1_700_000_000_123_456_789)
        #expect(AppleTime.timestamp(AppleTime.rawNanoseconds(time)) == time)
        #expect(
            AppleTime.seconds(AppleTime.fractionalSeconds(Timestamp(milliseconds: 1_700_000_000_250)))
                == Timestamp(milliseconds: 1_700_000_000_250))
        #expect(AppleTime.seconds(Double.nan) == nil)
    }
}
