//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import BluewireTransport
import Testing

@Suite struct IntentTests {
    private static let chat = Target.chat(
        guid: ChatGUID(rawValue: "any;-;+15550001"), isGroup: false, channel: .iMessage, addresses: ["+15550001"]
    )
    private static let stranger = Target.handle(address: "+15550002", channel: .iMessage)
    private static let message = MessageID(rawValue: "G")

    private static let needs: [(Intent, Set<Capability>)] = [
        (Intent.send(Draft(text: "hi"), to: chat), Set<Capability>([.text])),
        (.send(Draft(text: "", files: ["/a"]), to: chat), [.file]),
        (.send(Draft(text: "hi", files: ["/a"], replyTo: message), to: stranger), [.text, .file, .reply, .newChat]),
        (.send(Draft(text: "hi", effect: "e", subject: "s"), to: chat), [.text, .effect, .subject]),
        (
            .tapback(target: message, part: 0, kind: .emoji, emoji: "🔥", isRemoval: false, in: chat),
            [.tapback, .emojiTapback]
        ),
        (.tapback(target: message, part: 0, kind: .like, emoji: nil, isRemoval: true, in: chat), [.tapback]),
        (.edit(target: message, part: 0, text: "x", in: chat), [.edit]),
        (.typing(isOn: true, in: chat), [.typing]),
        (.markRead(in: chat), [.markRead]),
        (.markUnread(in: chat), [.markUnread]),
        (
            .send(
                draft { $0.mentions = [Mention(range: UTF16Range(0, 2), address: "+15550001")] }, to: chat),
            [.text, .mention]
        ),
        (.send(draft { $0.choices = ["a", "b"] }, to: chat), [.text, .choices]),
        (.send(draft { ($0.files, $0.fileOffsets) = (["/a"], [1]) }, to: chat), [.text, .file, .parts]),
        (.send(draft { ($0.files, $0.fileOffsets) = (["/a"], [0]) }, to: chat), [.text, .file]),
        (
            .send(draft { ($0.text, $0.files, $0.isVoiceNote) = ("", ["/a.caf"], true) }, to: chat),
            [.file, .voiceNote]
        ),
        (
            .send(Draft(text: "hi"), to: .group(addresses: ["+15550001", "+15550002"], name: nil)),
            [.text, .groupCreate]
        ),
        (.chat(.rename("x"), in: chat), [.groupRename]), (.chat(.icon(nil), in: chat), [.groupIcon]),
        (.chat(.addParticipant("x"), in: chat), [.groupMembers]),
        (.chat(.removeParticipant("x"), in: chat), [.groupMembers]), (.chat(.leave, in: chat), [.groupLeave]),
    ]

    private static func draft(_ change: (inout Draft) -> Void) -> Draft {
        var draft = Draft(text: "hi")
        change(&draft)
        return draft
    }

    @Test(arguments: needs)
    func anIntentNamesWhatItNeeds(intent: Intent, needed: Set<Capability>) {
        #expect(intent.required == needed)
    }

    @Test func aLineOffersOnlyTransportsThatCanDoEverything() async {
        let line = Line(
            id: LineID(rawValue: "mac"), kind: "messages",
            transports: [
                Fixed(name: "script", capabilities: TransportCapabilities(supported: [.text, .file, .newChat])),
                Fixed(name: "helper", capabilities: TransportCapabilities(supported: [.text, .tapback, .typing])),
            ]
        )
        #expect(
            await line.transports(for: .send(Draft(text: "x"), to: Self.chat)).able.map(\.name) == ["script", "helper"])
        #expect(await line.transports(for: .typing(isOn: true, in: Self.chat)).able.map(\.name) == ["helper"])
        let (able, missing) = await line.transports(for: .edit(target: Self.message, part: 0, text: "x", in: Self.chat))
        #expect(able.isEmpty)
        #expect(missing.keys.contains(.edit))
        #expect(await line.capabilities.supported == [.text, .file, .newChat, .tapback, .typing])
    }

    @Test func aTransportThatIsDownGivesItsReasonForEverything() async {
        let line = Line(
            id: LineID(rawValue: "mac"), kind: "messages",
            transports: [Fixed(name: "script", capabilities: .none(because: "Automation is denied"))]
        )
        let (able, missing) = await line.transports(for: .send(Draft(text: "x"), to: Self.chat))
        #expect(able.isEmpty)
        #expect(missing == [.text: "Automation is denied"])
    }
}

private struct Fixed: Transport {
    let name: String
    let capabilities: TransportCapabilities

    func perform(_ intent: Intent) async throws(TransportError) -> Acceptance {
        throw TransportError(.unreachable, reason: "fixed", message: "Never sends.", remedy: "None.")
    }
}
