//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import BluewireWire
import Foundation
import Testing

/// Uploads and hooks as they travel.
struct NativeFileTests {
    private func decode<Value: Decodable>(_ type: Value.Type, _ bytes: [UInt8]) throws -> Value {
        try JSONDecoder().decode(type, from: Data(bytes))
    }

    @Test(arguments: [nil, "9f86d081"])
    func uploadReadsBack(_ digest: String?) throws {
        let upload = NativeUpload(
            id: "up_1", name: "ä.png", mimeType: "image/png", content: .init(bytes: 10, received: 4, sha256: digest),
            createdAt: Samples.time, expiresAt: Samples.time)
        #expect(upload.isComplete == (digest != nil))
        #expect(try decode(NativeUpload.self, upload.json) == upload)
        let request = NativeUploadRequest(name: "a", bytes: 3, mimeType: digest)
        #expect(try NativeUploadRequest(json: request.json) == request)
    }

    @Test
    func hookReadsBackWithAndWithoutItsOptions() throws {
        var hook = NativeHook(id: "hk_1", name: "a", chat: "ch_a", createdAt: Samples.time, lastUsedAt: nil)
        #expect(try decode(NativeHook.self, hook.json) == hook)
        hook.template = "{{a}}"
        hook.quietHours = NativeQuietHours(startMinute: 1325, endMinute: 7, zone: "UTC")
        hook.secret = "bwh_x"
        hook.url = "/v1/hooks/bwh_x"
        #expect(try decode(NativeHook.self, hook.json) == hook)
        #expect(hook.quietHours?.start == "22:05")
        #expect(try hook.quietHours?.minutes().end == 7)
        for receipt in [NativeHookReceipt(state: "sent", send: "snd_1"), .init(state: "held", until: Samples.time)] {
            #expect(try decode(NativeHookReceipt.self, receipt.json) == receipt)
        }
    }

    @Test
    func hookRequestReadsBackAndTellsNullFromAbsent() throws {
        var settings = NativeHookSettings()
        settings.preset = "grafana"
        settings.ratePerMinute = 5
        let request = NativeHookRequest(name: "a", chat: "ch_a", settings: settings)
        #expect(try NativeHookRequest(json: request.json) == request)
        let change = try NativeHookChange(json: Array(#"{"quietHours":null,"dedupe":"{{a}}"}"#.utf8))
        #expect(change.settings.cleared == ["quietHours"])
        #expect(change.settings.dedupe == "{{a}}")
        #expect(change.name == nil)
    }

    @Test(arguments: ["7:00", "24:00", "22:60", "22.00", "2200", "+1:00", "22:00:00", ""])
    func timesOfDayAreStrict(_ text: String) {
        #expect(throws: RequestError.self) { try NativeQuietHours(start: text, end: "07:00", zone: "UTC").minutes() }
        #expect(throws: RequestError.self) { try NativeQuietHours(start: "07:00", end: text, zone: "UTC").minutes() }
    }
}
