//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireAgent
import BluewireModel
import Testing

@Suite struct AdmissionTests {
    private static let now = Timestamp(seconds: 1_768_478_400)

    private func refusal(
        allow: [String] = ["+1 (555) 123-0001"], sender: String? = "+15551230001", isFromMe: Bool = false,
        arrival: Arrival = .new, age: Duration = .zero, isGroup: Bool = false, isSelf: Bool = false,
        text: String = "hi",
        kind: Message.Kind = .text, flags: [Message.Flag] = [], configure: (inout AgentConfiguration) -> Void = { _ in }
    ) -> Admission.Refusal? {
        var agent = AgentConfiguration(name: "a")
        agent.allow = allow
        configure(&agent)
        var message = Message(
            id: MessageID(rawValue: "m"), row: RowID(rawValue: 1), line: LineID(rawValue: "l"), isFromMe: isFromMe,
            sentAt: Self.now - age
        )
        message.kind = kind
        message.body = MessageBody(text: text)
        message.sender = sender.map { Handle(address: $0, channel: .iMessage) }
        message.flags = flags
        var chat = Chat(
            id: ChatID(rawValue: "ch_1"), guid: ChatGUID(rawValue: "iMessage;-;x"), line: LineID(rawValue: "l"),
            isGroup: isGroup
        )
        chat.isSelf = isSelf
        return Admission(agent).refusal(of: message, in: chat, arrival: arrival, seenAt: Self.now, now: Self.now)
    }

    @Test func onlyWhatFitsIsAdmitted() {
        #expect(refusal() == nil)
        #expect(refusal(arrival: .late) == nil)
        #expect(refusal(arrival: .backfill) == .arrival)
        #expect(refusal(arrival: .duplicate) == .arrival)
        #expect(refusal(allow: []) == .sender)
        #expect(refusal(allow: ["*"], sender: "+4915112345678") == nil)
        #expect(refusal(sender: "+15551230002") == .sender)
        #expect(refusal(sender: nil) == .sender)
        #expect(refusal(allow: ["A@B.example"], sender: "a@b.EXAMPLE") == nil)
        #expect(refusal(isFromMe: true) == .fromMe)
        #expect(refusal(sender: nil, isFromMe: true, isSelf: true) == nil)
        #expect(refusal(isGroup: true) == .group)
        #expect(refusal(isGroup: true) { $0.groups = true } == nil)
        #expect(refusal { $0.chats = ["ch_2"] } == .chat)
        #expect(refusal { $0.chats = ["ch_1"] } == nil)
        #expect(refusal(age: .seconds(15 * 60)) == nil)
        #expect(refusal(age: .seconds(15 * 60 + 1)) == .stale)
        #expect(refusal(text: " \u{FFFC}\n") == .empty)
        #expect(refusal(kind: .tapback) == .kind)
        #expect(refusal(kind: .event) == .kind)
        #expect(refusal(kind: .balloon) == .kind)
        #expect(refusal(flags: [.autoReply]) == .automatic)
        #expect(refusal(flags: [.spam]) == .automatic)
    }

    @Test(arguments: ["12345", "262966", "AMAZON", "urn:biz:x", "", "Apple Pay"])
    func machinesAreIgnoredEvenWhenEverybodyIsAllowed(_ sender: String) {
        #expect(refusal(allow: ["*"], sender: sender) == .shortCode)
    }

    @Test func ownersAreWhoTheyAreSaidToBe() {
        var agent = AgentConfiguration(name: "a")
        agent.owners = ["+15551230001"]
        #expect(Admission(agent).isOwner(Handle(address: "+1 555 123 0001", channel: .iMessage)))
        #expect(!Admission(agent).isOwner(Handle(address: "+15551230002", channel: .iMessage)))
        #expect(Admission(agent).isOwner(nil))
    }
}
