//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import Testing

@testable import BluewireStore

@Suite struct WatchCodingTests {
    @Test(arguments: ["8AB8518F-E548-4BCD-9480-DED798EF8185", "8ab8518f-e548-4bcd-9480-ded798ef8185", "p:0/x", "", "é"])
    func guidsSurvive(_ guid: String) {
        var writer = CompactWriter()
        writer.guid(guid)
        writer.signed(-5)
        writer.signed(.min)
        writer.signed(.max)
        var reader = CompactReader(writer.bytes)
        #expect(reader.guid() == guid)
        #expect(reader.signed() == -5)
        #expect(reader.signed() == .min)
        #expect(reader.signed() == .max)
        #expect(reader.isAtEnd)
    }

    @Test func marksSurviveAndCutOnesAreRefused() throws {
        var row = WatchedRow(row: 7, guid: "8AB8518F-E548-4BCD-9480-DED798EF8185")
        row.chat = "iMessage;-;+15550001"
        row.associatedType = 2006
        row.associatedGUID = "p:2/TARGET"
        row.associatedEmoji = "🔥"
        row.sender = Handle(address: "+15550001", channel: .iMessage)
        row.date = Timestamp(seconds: 1_768_478_400)
        let mark = RowMark(row, state: .known)
        #expect(mark.tapback?.part == 2)
        #expect(RowMark(bytes: mark.bytes) == mark)
        for count in 0..<mark.bytes.count { #expect(RowMark(bytes: Array(mark.bytes.prefix(count))) == nil) }
        #expect(mark.bytes.count < 200)
    }

    @Test func checkpointsSurviveAndCutOnesAreRefused() {
        var checkpoint = WatchCheckpoint()
        checkpoint.watermark = 123_456
        checkpoint.watermarkGUID = "G"
        checkpoint.isBaselined = true
        checkpoint.lastLook = Timestamp(seconds: 1_768_478_400)
        checkpoint.pending = [
            .init(row: 4, guid: "P", firstSeen: Timestamp(seconds: 5), lastLook: Timestamp(seconds: 4))
        ]
        #expect(WatchCheckpoint(bytes: checkpoint.bytes) == checkpoint)
        for count in 0..<checkpoint.bytes.count {
            #expect(WatchCheckpoint(bytes: Array(checkpoint.bytes.prefix(count))) == nil)
        }
    }

    @Test(arguments: [
        ("p:0/G", "G", 0), ("p:-1/G", "G", -1), ("p:12/a/b", "a/b", 12), ("bp:G", "G", 0), ("G", "G", -1),
        ("p:x/G", "p:x/G", -1),
    ])
    func tapbackTargetsAreRead(text: String, guid: String, part: Int) {
        #expect(TapbackReference(text).target == guid)
        #expect(TapbackReference(text).part == part)
    }

    @Test func checkpointsOfTheFirstLayoutAreRead() throws {
        var checkpoint = WatchCheckpoint()
        checkpoint.watermark = 9
        checkpoint.pending = [
            .init(row: 4, guid: "P", firstSeen: Timestamp(seconds: 5), lastLook: Timestamp(seconds: 5))
        ]
        var last = CompactWriter()
        last.signed(Timestamp(seconds: 5).nanoseconds)
        let old = [1] + checkpoint.bytes.dropFirst().dropLast(last.bytes.count)
        #expect(WatchCheckpoint(bytes: old) == checkpoint)
        #expect(WatchCheckpoint(bytes: [3] + checkpoint.bytes.dropFirst()) == nil)
    }

    @Test func equalDatesNeverMakeTwoChangesOne() {
        var row = WatchedRow(row: 1, guid: "G")
        row.dateDelivered = 5
        row.dateRead = 5
        #expect(RowFingerprint.date(of: [.read], in: row) == nil)
        row.dateRead = 6
        #expect(RowFingerprint.date(of: [.read, .receipt], in: row) == 6)
        #expect(RowFingerprint.date(of: [.receipt], in: row) == nil)
    }

    @Test func theWarmTierIsReadInSlicesUntilItsPassIsComplete() {
        var tiers = FingerprintTiers()
        for row in 1...5_000 { tiers.put(row: Int64(row), isUnfinished: row == 10) }
        #expect(tiers.hot.count == FingerprintTiers.hotSize + 1)
        #expect(tiers.hot.first == 10)
        tiers.startPass()
        var seen: Set<Int64> = []
        var slices = 0
        while let slice = tiers.nextSlice() {
            #expect(slice.count <= FingerprintTiers.sliceSize)
            seen.formUnion(slice)
            slices += 1
        }
        #expect(slices == 3)
        #expect(seen.count == 5_000 - FingerprintTiers.hotSize)
    }
}
