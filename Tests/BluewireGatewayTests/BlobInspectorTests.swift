//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireCodec
import BluewireGateway
import BluewireModel
import BluewireTesting
import Testing

struct BlobInspectorTests {
    @Test func bodyIsPrintedAsJSON() throws {
        let report = try BlobInspector.report(.body, bytes: BodyEncoder.encode(MessageBody(text: "Noter test")))
        let facts = JSONValue(Array(report.utf8))
        #expect(facts?["text"] == .string("Noter test"))
        #expect(facts?["partIndexes"] == .array([.integer(0)]))
    }

    @Test func damagedBlobsThrow() {
        for kind in BlobInspector.Kind.allCases {
            #expect(throws: (any Error).self) { try BlobInspector.report(kind, bytes: [4, 11, 0]) }
        }
    }

    @Test(.enabled(if: SharedData.isAvailable, "\(SharedData.skipReason)"))
    func payloadsOfBothFormsArePrinted() throws {
        let folder = "fixtures/payloads/"
        let link = try BlobInspector.report(.payload, bytes: SharedData.bytes(of: folder + "url_message/URL.plist"))
        #expect(JSONValue(Array(link.utf8))?["link"]?["kind"] == .string("url"))
        let hand = try BlobInspector.report(
            .payload, bytes: SharedData.bytes(of: folder + "handwritten_message/hello.bin"))
        #expect(JSONValue(Array(hand.utf8))?["handwriting"]?["compression"] == .string("xz"))
    }
}
