//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireEvents
import BluewireModel
import BluewireState
import BluewireTesting
import BluewireTransport
import Foundation
import Testing

/// Groups, mentions, voice notes, choices, times and budgets: what the gate takes and how it lands.
@Suite struct OutboxActionsTests {
    static let people = ["+15550001", "+15550002", "+15550003"]
    static let group = ChatID(rawValue: "ch_group")
    static let direct = ChatID(rawValue: "ch_direct")

    /// An outbox before Messages with groups.
    struct Bench {
        let clock = ManualClock()
        let store = MemorySendStore()
        let messages: GroupMessages
        let outbox: Outbox
        let gate: OutboundGate

        init(
            people: [String] = OutboxActionsTests.people, channel: Channel = .iMessage, budget: Budget = Budget(),
            transports: [any Transport]? = nil
        ) {
            let group = GroupMessages.Group(id: group, name: "Trip", people: people, channel: channel)
            messages = GroupMessages(clock: clock, groups: [group])
            let line = Line(id: GroupMessages.line, kind: "simulator", transports: transports ?? [messages])
            outbox = Outbox(
                store: store, log: nil, resolver: messages, clock: clock, configuration: .init(lines: [line]))
            gate = OutboundGate(outbox: outbox, budget: budget)
        }

        func submit(
            _ action: Send.Action, to recipient: Recipient = .chat(group), at time: Timestamp? = nil,
            origin: String = "token"
        ) async throws(OutboundError) -> Send {
            try await gate.submit(
                SendRequest(recipient: recipient, action: action, notBefore: time, origin: origin))
        }

        func refusal(_ action: Send.Action, to recipient: Recipient = .chat(group), at time: Timestamp? = nil) async
            -> OutboundError?
        {
            do throws(OutboundError) {
                _ = try await submit(action, to: recipient, at: time)
                return nil
            } catch {
                return error.remedy.isEmpty ? nil : error
            }
        }

        /// One round of everything that is due.
        func work() async throws {
            var due: [SendRecord] = []
            _ = try await outbox.step { due.append($0) }
            for record in due { try await outbox.dispatch(record) }
            try await outbox.searchDue()
        }

        func state(_ send: Send) async throws -> Send.State? { try await outbox.send(send.id)?.state }
    }

    static func draft(_ text: String = "Hi Ana", _ change: (inout Draft) -> Void) -> Send.Action {
        var draft = Draft(text: text)
        change(&draft)
        return .message(draft)
    }

    static func mention(_ location: Int, _ length: Int, _ address: String = people[0]) -> Mention {
        Mention(range: UTF16Range(location, length), address: address)
    }

    // MARK: Refusals

    static let invalid: [(Send.Action, String)] = [
        (draft { $0.mentions = [mention(3, 4)] }, "mentions"), (draft { $0.mentions = [mention(-1, 2)] }, "mentions"),
        (draft { $0.mentions = [mention(0, 0)] }, "mentions"),
        (draft { $0.mentions = [mention(2, .max)] }, "mentions"),
        (draft { $0.mentions = [mention(0, 3), mention(2, 2)] }, "mentions"),
        (draft("🎉") { $0.mentions = [mention(1, 1)] }, "mentions"),
        (draft { $0.mentions = [mention(3, 3, "+15550009")] }, "mentions"),
        (draft("  ") { ($0.files, $0.mentions) = (["/dev/null"], [mention(0, 1)]) }, "mentions"),
        (draft { ($0.files, $0.fileOffsets) = (["/dev/null"], [7]) }, "parts"),
        (draft { ($0.files, $0.fileOffsets) = (["/dev/null", "/dev/null"], [1]) }, "parts"),
        (draft { ($0.files, $0.fileOffsets) = (["/dev/null", "/dev/null"], [2, 1]) }, "parts"),
        (draft("🎉") { ($0.files, $0.fileOffsets) = (["/dev/null"], [1]) }, "parts"),
        (draft { $0.isVoiceNote = true }, "voiceNote"),
        (draft { ($0.files, $0.isVoiceNote) = (["/a.caf"], true) }, "voiceNote"),
        (draft("") { ($0.files, $0.isVoiceNote) = (["/a.png"], true) }, "voiceNote"),
        (draft("") { ($0.files, $0.isVoiceNote) = (["/a.caf", "/b.caf"], true) }, "voiceNote"),
        (draft { $0.choices = ["one"] }, "choices"), (draft { $0.choices = ["a", " a "] }, "choices"),
        (draft { $0.choices = ["a", " "] }, "choices"), (draft { $0.choices = ["a", "b\nc"] }, "choices"),
        (draft { $0.choices = (0..<21).map { "\($0)" } }, "choices"),
        (draft { $0.choices = ["a", String(repeating: "b", count: 101)] }, "choices"),
        (.chat(.rename(String(repeating: "x", count: 101))), "name"), (.chat(.rename("a\nb")), "name"),
        (.chat(.icon("relative.png")), "icon"), (.chat(.icon("/no/such.png")), "icon"),
        (.chat(.icon("/dev/null")), "icon"), (.chat(.addParticipant("")), "address"),
        (.chat(.addParticipant("15550009")), "address"), (.chat(.addParticipant("+1555")), "address"),
        (.chat(.addParticipant("a@b@c.d")), "address"), (.chat(.addParticipant("Ana")), "address"),
    ]

    @Test(arguments: invalid)
    func whatCanNeverWorkIsInvalidAndNamesItsMember(_ action: Send.Action, _ member: String) async {
        let bench = Bench()
        let error = await bench.refusal(action)
        #expect(error?.code == .invalid)
        #expect(error?.member == member)
        #expect(bench.store.records.isEmpty)
    }

    @Test(arguments: [
        [String](), ["+15550001"], ["+15550001", "+1 (555) 0001"], ["+15550001", "nonsense"],
        (0..<32).map { "+1555000\($0 + 100)" },
    ])
    func aGroupHasTwoToThirtyOnePeopleWithAddresses(_ addresses: [String]) async {
        let bench = Bench()
        let error = await bench.refusal(.message(Draft(text: "hi")), to: .group(addresses, name: nil))
        #expect(error?.code == .invalid)
        #expect(error?.member == "to")
    }

    static let changes: [ChatChange] = [.rename("New"), .icon(nil), .addParticipant("+15550009"), .leave]

    @Test(arguments: changes)
    func onlyIMessageGroupsCanBeChanged(_ change: ChatChange) async {
        #expect(await Bench().refusal(.chat(change), to: .chat(Self.direct))?.code == .unsupported)
        #expect(await Bench(channel: .sms).refusal(.chat(change))?.code == .unsupported)
        #expect(await Bench().refusal(.chat(change), to: .handle("+15550001"))?.code == .invalid)
    }

    @Test func smallGroupsKeepTheirPeopleAndMembershipsMustChange() async {
        let small = Bench(people: Array(Self.people.prefix(2)))
        #expect(await small.refusal(.chat(.leave))?.code == .unsupported)
        #expect(await small.refusal(.chat(.removeParticipant(Self.people[0])))?.code == .unsupported)
        let bench = Bench()
        #expect(await bench.refusal(.chat(.addParticipant(Self.people[0])))?.code == .conflict)
        #expect(await bench.refusal(.chat(.removeParticipant("+15550009")))?.code == .conflict)
        #expect(await bench.refusal(.chat(.removeParticipant(Self.people[0]))) == nil)
        #expect(await bench.refusal(.chat(.leave)) == nil)
    }

    @Test func whatNoTransportCanDoNamesTheNearestEquivalent() async {
        let poor = RecordingTransport(capabilities: TransportCapabilities(supported: [.text, .file]))
        let bench = Bench(transports: [poor])
        let actions: [Send.Action] = [
            Self.draft { $0.mentions = [Self.mention(3, 3)] }, .chat(.rename("x")), .chat(.leave),
            .chat(.addParticipant("+15550009")),
        ]
        for action in actions { #expect(await bench.refusal(action)?.code == .unsupported) }
        let group = Recipient.group(["+15550007", "+15550008"], name: nil)
        #expect(await bench.refusal(.message(Draft(text: "x")), to: group)?.code == .unsupported)
        #expect(bench.store.records.isEmpty)
        #expect(poor.intents.isEmpty)
    }

    // MARK: Landings

    @Test(arguments: [
        ChatChange.rename("New"), .rename(""), .icon(nil), .addParticipant("+15550009"),
        .removeParticipant("+15550002"), .leave,
    ])
    func aChangeLandsWithItsRow(_ change: ChatChange) async throws {
        let bench = Bench()
        let send = try await bench.submit(.chat(change))
        try await bench.work()
        #expect(try await bench.state(send) == .landed)
        #expect(bench.messages.intents.count == 1)
        #expect(bench.store.claims.values.map(\.send) == [send.id])
    }

    @Test func aChangeWithoutARowIsUnknownAndNeverRepeated() async throws {
        let bench = Bench()
        bench.messages.rows(.never)
        let send = try await bench.submit(.chat(.rename("New")))
        try await bench.work()
        for _ in 0..<20 {
            bench.clock.advance(by: .seconds(60))
            try await bench.work()
        }
        #expect(try await bench.state(send) == .unknown)
        #expect(bench.messages.intents.count == 1)
    }

    @Test func theRowOfAnotherChangeIsNotTaken() async throws {
        let bench = Bench()
        bench.messages.rows(.never)
        let rename = try await bench.submit(.chat(.rename("New")))
        try await bench.work()
        for _ in 0..<2 {
            bench.clock.advance(by: .seconds(45))
            try await bench.work()
        }
        bench.messages.rows(.now)
        let add = try await bench.submit(.chat(.addParticipant("+15550009")))
        try await bench.work()
        #expect(try await bench.state(add) == .landed)
        #expect(try await bench.state(rename) == .unknown)
    }

    @Test func aFirstMessageMakesOneGroupAndLearnsItsChat() async throws {
        let bench = Bench()
        let people = ["+15550007", "+15550008"]
        let first = try await bench.submit(.message(Draft(text: "hello")), to: .group(people, name: "New"))
        let second = try await bench.submit(
            .message(Draft(text: "again")), to: .group(people.reversed(), name: nil))
        for _ in 0..<3 { try await bench.work() }
        #expect(try await bench.state(first) == .landed)
        #expect(try await bench.state(second) == .landed)
        let made = bench.messages.intents.filter { if case .group = $0.target { true } else { false } }
        #expect(made.count == 1)
        #expect(try await bench.outbox.send(first.id)?.chat == bench.messages.rows.first?.message.chat)
        #expect(bench.store.records.map(\.isFirstContact) == [true, true])
    }

    @Test func choicesAreStoredAsTheTextThatIsSent() async throws {
        let bench = Bench()
        let send = try await bench.submit(Self.draft("Where?") { $0.choices = ["Here", "There"] })
        guard case .message(let stored) = send.action else {
            Issue.record("not a message")
            return
        }
        #expect(stored.text == "Where?\n\n1. Here\n2. There")
        #expect(stored.choices.isEmpty)
        try await bench.work()
        #expect(try await bench.state(send) == .landed)
        let rich = RecordingTransport()
        let kept = try await Bench(transports: [rich]).submit(Self.draft("Where?") { $0.choices = ["Here", "There"] })
        #expect(kept.action == Self.draft("Where?") { $0.choices = ["Here", "There"] })
    }

    @Test func mentionsGoOutInTheOrderOfTheText() async throws {
        let bench = Bench()
        let action = Self.draft("Ana and Bo") {
            $0.mentions = [Self.mention(8, 2, Self.people[1]), Self.mention(0, 3)]
        }
        _ = try await bench.submit(action)
        try await bench.work()
        guard case .send(let sent, _) = bench.messages.intents.first else {
            Issue.record("nothing was sent")
            return
        }
        #expect(sent.mentions.map(\.range.location) == [0, 8])
    }

    // MARK: Times

    @Test func aScheduledSendWaitsForItsTimeAndHoldsNobody() async throws {
        let bench = Bench()
        let due = bench.clock.now + .seconds(48 * 3600)
        let later = try await bench.submit(.message(Draft(text: "later")), at: due)
        let now = try await bench.submit(.message(Draft(text: "now")))
        #expect(later.scheduledAt == due)
        try await bench.work()
        #expect(try await bench.state(now) == .landed)
        #expect(try await bench.state(later) == .queued)
        bench.clock.set(due - .seconds(1))
        try await bench.work()
        #expect(try await bench.state(later) == .queued)
        bench.clock.set(due)
        try await bench.work()
        #expect(try await bench.state(later) == .landed)
    }

    @Test func sendsOfAChatGoOutInTheOrderTheyAreDue() async throws {
        let down = RecordingTransport()
        let bench = Bench(transports: [down])
        let start = bench.clock.now
        _ = try await bench.submit(.message(Draft(text: "third")), at: start + .seconds(20))
        _ = try await bench.submit(.message(Draft(text: "second")), at: start + .seconds(10))
        bench.clock.advance(by: .seconds(30))
        _ = try await bench.submit(.message(Draft(text: "fourth")))
        _ = try await bench.submit(.message(Draft(text: "first")), at: start)
        // No row comes, so each one holds the next for a while.
        for _ in 0..<8 {
            try await bench.work()
            bench.clock.advance(by: .seconds(60))
        }
        #expect(down.texts == ["first", "second", "third", "fourth"])
    }

    @Test func aScheduledSendExpiresADayAfterItsTimeNotBefore() async throws {
        let down = RecordingTransport()
        down.answer(.fail(.testUnreachable), .fail(.testUnreachable), .fail(.testUnreachable))
        let bench = Bench(transports: [down])
        let due = bench.clock.now + .seconds(72 * 3600)
        let send = try await bench.submit(.message(Draft(text: "x")), at: due)
        bench.clock.set(due - .seconds(1))
        try await bench.work()
        #expect(try await bench.state(send) == .queued)
        bench.clock.set(due + .seconds(3600))
        try await bench.work()
        #expect(try await bench.state(send) == .queued)
        bench.clock.set(due + .seconds(24 * 3600))
        try await bench.work()
        #expect(try await bench.outbox.send(send.id)?.failure?.code == "expired")
    }

    @Test func aScheduledSendCanBeCancelledAndItsTimeIsChecked() async throws {
        let bench = Bench()
        let now = bench.clock.now
        let send = try await bench.submit(.message(Draft(text: "x")), at: now + .seconds(60))
        #expect(try await bench.outbox.cancel(send.id).state == .cancelled)
        for time in [now - .seconds(61), now + .seconds(367 * 24 * 3600)] {
            let error = await bench.refusal(.message(Draft(text: "x")), at: time)
            #expect(error?.code == .invalid)
            #expect(error?.member == "sendAt")
        }
        bench.clock.advance(by: .seconds(120))
        try await bench.work()
        #expect(bench.messages.intents.isEmpty)
    }

    @Test func aRepeatedScheduledRequestIsTheFirstOneEvenWhenItsTimeHasPassed() async throws {
        let bench = Bench()
        let request = SendRequest(
            recipient: .chat(Self.group), action: .message(Draft(text: "x")), notBefore: bench.clock.now + .seconds(60),
            key: "k", origin: "token")
        let first = try await bench.gate.submit(request)
        bench.clock.advance(by: .seconds(600))
        #expect(try await bench.gate.submit(request).id == first.id)
        var other = request
        other.notBefore = bench.clock.now
        let error = await #expect(throws: OutboundError.self) { try await bench.gate.submit(other) }
        #expect(error?.code == .keyReused)
    }
}
