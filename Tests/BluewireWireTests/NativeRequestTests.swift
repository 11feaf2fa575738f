//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import BluewireWire
import Testing

struct NativeRequestTests {
    @Test
    func sendRequestReadsBack() throws {
        let request = NativeSendRequest(chat: "ch_a", text: "hi", replyTo: "A-1")
        #expect(try NativeSendRequest(json: request.json) == request)
        #expect(try request.draft { $0 } == Draft(text: "hi", replyTo: MessageID(rawValue: "A-1")))
    }

    @Test
    func partsStandWhereTheyAreShown() throws {
        var request = NativeSendRequest(chat: "ch_a")
        request.parts = [
            NativeDraftPart(text: "Look 🦊 "), NativeDraftPart(attachment: "up_1"),
            NativeDraftPart(text: "Ana", mention: "+1"),
            NativeDraftPart(file: "/tmp/b"), NativeDraftPart(text: "!"),
        ]
        #expect(try NativeSendRequest(json: request.json) == request)
        #expect(request.uploads == ["up_1"])
        #expect(request.namesFiles)
        let draft = try request.draft { "/uploads/\($0)" }
        #expect(draft.text == "Look 🦊 Ana!")
        #expect(draft.mentions == [Mention(range: UTF16Range(8, 3), address: "+1")])
        #expect(
            draft.parts == [
                .text("Look 🦊 ", range: UTF16Range(0, 8)), .file("/uploads/up_1"),
                .text("Ana", range: UTF16Range(8, 3)), .file("/tmp/b"), .text("!", range: UTF16Range(11, 1)),
            ])
    }

    @Test(arguments: [
        NativeDraftPart(), NativeDraftPart(text: "a", attachment: "up_1"), NativeDraftPart(attachment: "u", file: "/a"),
        NativeDraftPart(mention: "+1", attachment: "up_1"), NativeDraftPart(mention: "+1"),
    ])
    func partThatIsNotOneThingIsRefused(_ part: NativeDraftPart) {
        var request = NativeSendRequest(chat: "ch_a")
        request.parts = [part]
        let error = #expect(throws: NativeProblem.self) { try request.draft { $0 } }
        #expect(error?.status == 422)
    }

    @Test
    func partsDoNotStandBesideText() {
        var request = NativeSendRequest(chat: "ch_a", text: "hi")
        request.parts = [NativeDraftPart(text: "a")]
        #expect(throws: NativeProblem.self) { try request.draft { $0 } }
    }

    @Test
    func unknownMemberIsNamedWithTheKnownOnes() {
        let error = #expect(throws: RequestError.self) { try NativeTypingRequest(json: Array(#"{"onn":true}"#.utf8)) }
        #expect(error?.message == "The member “onn” is not known here.")
        #expect(error?.remedy == "Known members: on.")
    }

    @Test(arguments: [
        ("", "The body is not JSON."), ("[]", "The body is not a JSON object."),
        ("{\"on\":1}", "The member “on” has the wrong type."), ("{}", "The member “on” is missing."),
        ("{\"on\":true", "The body is not JSON."),
    ])
    func wrongBodiesAreExplained(_ body: String, _ message: String) {
        let error = #expect(throws: RequestError.self) { try NativeTypingRequest(json: Array(body.utf8)) }
        #expect(error?.message == message)
    }

    @Test
    func tapbackRequestsAreChecked() throws {
        let target = MessageID(rawValue: "A-1")
        let love = try NativeTapbackRequest(kind: "love", remove: true).action(on: target)
        #expect(love == .tapback(target: target, part: 0, kind: .love, emoji: nil, isRemoval: true))
        for request in [
            NativeTapbackRequest(kind: "sticker"), NativeTapbackRequest(kind: "emoji"),
            NativeTapbackRequest(kind: "love", emoji: "🦊"),
        ] {
            #expect(throws: RequestError.self) { try request.action(on: target) }
        }
    }
}
