//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import BluewireWire
import Foundation
import Testing

/// What the writer writes is what the decoder reads, member by member.
struct NativeRoundTripTests {
    @Test(arguments: [Samples.plain, Samples.rich, Samples.event])
    func messageReadsBack(_ message: Message) throws {
        let native = NativeMessage(message)
        #expect(try decode(NativeMessage.self, native.json) == native)
    }

    @Test
    func messageHasEveryMemberEvenWhenNull() throws {
        let object = try members(NativeMessage(Samples.plain).json)
        #expect(object.count == 28)
        #expect(object.contains("deliveredAt"))
        #expect(object.contains("replyTo"))
    }

    @Test
    func hiddenAttachmentsStayInside() {
        #expect(NativeMessage(Samples.rich).attachments.map(\.guid) == ["at_0_ü/1"])
        #expect(NativeMessage(Samples.rich).attachments.first?.url == "/v1/attachments/at_0_%C3%BC%2F1")
    }

    @Test
    func chatReadsBackWithNamesOnItsLastMessage() throws {
        let native = NativeChat(Samples.chat, lastMessage: Samples.rich)
        #expect(native.lastMessage?.sender?.name == "Ana")
        #expect(try decode(NativeChat.self, native.json) == native)
    }

    @Test(arguments: Samples.snapshots)
    func eventReadsBack(_ snapshot: Snapshot) throws {
        let event = GatewayEvent(
            id: "ev1", cursor: Cursor(epoch: "00c0ffee", sequence: 12), kind: .messageCreated,
            time: Samples.time, line: LineID(rawValue: "me"), chat: ChatID(rawValue: "ch_a"), snapshot: snapshot
        )
        let native = NativeEvent(event) { _ in "Ana" }
        #expect(try decode(NativeEvent.self, native.json) == native)
    }

    @Test
    func eventFrameMembersAreThoseOfTheEvent() throws {
        let native = NativeEvent(Samples.createdEvent)
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("type", "event")
            native.writeMembers(to: &writer)
        }
        #expect(try decode(NativeEvent.self, writer.bytes) == native)
        #expect(try members(writer.bytes) == members(native.json).union(["type"]))
    }

    @Test(arguments: Samples.actions)
    func sendReadsBack(_ action: Send.Action) throws {
        var send = Send(
            id: SendID(rawValue: "sn_1"), recipient: .handle("+15551234567"), line: LineID(rawValue: "me"),
            action: action, createdAt: Samples.time)
        send.failure = Send.Failure(code: "ghost", remedy: "Send it again.")
        let native = NativeSend(send)
        #expect(try decode(NativeSend.self, native.json) == native)
    }

    @Test
    func pathsOfFilesStayWithTheGateway() {
        let action = NativeAction(.message(Draft(text: "", files: ["/home/ana/secret place/cat.png"])))
        #expect(action.files == ["cat.png"])
    }

    @Test
    func problemAndListReadBack() throws {
        let problem = NativeProblem(
            .ambiguous, detail: "Two chats match.", remedy: "Name the line.", candidates: ["ch_a", "ch_b"])
        #expect(try decode(NativeProblem.self, problem.json) == problem)
        let list = NativeList([NativeHandle(Samples.ana)], next: "1.2.3")
        #expect(try decode(NativeList<NativeHandle>.self, list.json) == list)
    }

    @Test
    func errorsHaveWords() {
        #expect(NativeMessageError(code: 22)?.meaning == "recipient does not exist on this service")
        #expect(NativeMessageError(code: 42)?.meaning == "text could not be prepared")
        #expect(NativeMessageError(code: 99)?.meaning == "unknown error 99")
        #expect(NativeMessageError(code: 0) == nil)
    }

    private func decode<Value: Decodable>(_ type: Value.Type, _ bytes: [UInt8]) throws -> Value {
        try JSONDecoder().decode(type, from: Data(bytes))
    }

    private func members(_ bytes: [UInt8]) throws -> Set<String> {
        Set(try JSONDecoder().decode([String: Ignored].self, from: Data(bytes)).keys)
    }
}

/// Any JSON value.
struct Ignored: Decodable {
    init(from decoder: any Decoder) {}
}
