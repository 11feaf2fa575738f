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

/// What the gate refuses, before anything is stored.
@Suite struct OutboundGateTests {
    struct Bench {
        let store = MemorySendStore()
        let outbox: Outbox
        let gate: OutboundGate

        init(lines: [Line]? = nil, defaultLine: LineID? = nil) {
            let clock = ManualClock()
            let messages = SimulatedMessages(clock: clock) { .init(answer: .taken, rows: .now) }
            let only = Line(id: SimulatedMessages.line, kind: "simulator", transports: [RecordingTransport()])
            outbox = Outbox(
                store: store, log: nil, resolver: messages, clock: clock, configuration: .init(lines: lines ?? [only]))
            gate = OutboundGate(outbox: outbox, defaultLine: defaultLine)
        }

        func refusal(_ action: Send.Action, line: LineID? = nil, chat: String = "ch_a") async -> OutboundError.Code? {
            do {
                _ = try await gate.submit(
                    SendRequest(recipient: .chat(ChatID(rawValue: chat)), line: line, action: action, origin: "test"))
                return nil
            } catch {
                return error.remedy.isEmpty ? nil : error.code
            }
        }
    }

    static let target = MessageID(rawValue: "M1")

    @Test(arguments: [
        Send.Action.message(Draft(text: "")), .message(Draft(text: " \n\u{FFFC}")),
        .message(Draft(text: String(repeating: "x", count: 20_001))), .message(Draft(text: "nul \0")),
        .message(Draft(text: "", files: ["relative.png"])), .message(Draft(text: "", files: ["/no/such/file"])),
        .message(Draft(text: "", files: ["/"])), .message(Draft(text: "", files: ["/dev/null"])),
        .tapback(target: target, part: 0, kind: .emoji, emoji: nil, isRemoval: false),
        .tapback(target: target, part: 0, kind: .emoji, emoji: "ab", isRemoval: false),
        .tapback(target: target, part: 0, kind: .like, emoji: "🎉", isRemoval: false),
        .tapback(target: target, part: 0, kind: .sticker, emoji: nil, isRemoval: false),
        .edit(target: target, part: 0, text: "  "), .edit(target: target, part: -1, text: "x"),
        .unsend(target: target, part: -1),
    ])
    func badInputIsInvalidAndStoresNothing(_ action: Send.Action) async {
        let bench = Bench()
        #expect(await bench.refusal(action) == .invalid)
        #expect(bench.store.records.isEmpty)
    }

    @Test func longestAllowedTextPasses() async {
        let bench = Bench()
        #expect(await bench.refusal(.message(Draft(text: String(repeating: "é", count: 20_000)))) == nil)
        #expect(bench.store.records.count == 1)
    }

    @Test func whatNoTransportCanDoIsUnsupportedAndNeverReplaced() async {
        let poor = RecordingTransport(capabilities: TransportCapabilities(supported: [.text]))
        let bench = Bench(lines: [Line(id: SimulatedMessages.line, kind: "poor", transports: [poor])])
        let actions: [Send.Action] = [
            .tapback(target: Self.target, part: 0, kind: .like, emoji: nil, isRemoval: false),
            .edit(target: Self.target, part: 0, text: "new"), .unsend(target: Self.target, part: 0),
            .message(Draft(text: "x", replyTo: Self.target)), .message(Draft(text: "x", effect: "confetti")),
        ]
        for action in actions { #expect(await bench.refusal(action) == .unsupported) }
        #expect(bench.store.records.isEmpty)
        #expect(poor.intents.isEmpty)
    }

    @Test func lineIsTheOneAskedForElseTheDefaultElseAnError() async {
        let lines = ["one", "two"].map {
            Line(id: LineID(rawValue: $0), kind: "simulator", transports: [RecordingTransport()])
        }
        let hello = Send.Action.message(Draft(text: "hello"))
        #expect(await Bench(lines: lines).refusal(hello) == .ambiguous)
        #expect(await Bench(lines: lines).refusal(hello, line: LineID(rawValue: "three")) == .notFound)
        let chosen = Bench(lines: lines)
        #expect(await chosen.refusal(hello, line: LineID(rawValue: "two")) == nil)
        #expect(chosen.store.records.map(\.line.rawValue) == ["two"])
        #expect(await chosen.refusal(hello) == nil)
        #expect(chosen.store.records.map(\.line.rawValue) == ["two", "two"])
        let fallback = Bench(lines: lines, defaultLine: LineID(rawValue: "one"))
        #expect(await fallback.refusal(hello) == nil)
        #expect(fallback.store.records.map(\.line.rawValue) == ["one"])
    }

    @Test func signalsReachATransportWithoutTheOutboxUnlessSwitchedOff() async throws {
        let transport = RecordingTransport()
        let bench = Bench(lines: [Line(id: SimulatedMessages.line, kind: "simulator", transports: [transport])])
        let chat = ChatID(rawValue: "ch_a")
        await bench.gate.signal(.typing(isOn: true), in: chat)
        #expect(transport.intents.count == 1)
        await bench.gate.signal(.unread, in: chat)
        #expect(transport.intents.last?.required == [.markUnread])
        try await bench.outbox.stop(reason: "quiet")
        await bench.gate.signal(.read, in: chat)
        #expect(transport.intents.count == 2)
        #expect(bench.store.records.isEmpty)
    }

    @Test func aKeyGoesWithTheRecipientAsWrittenNotWithWhatItStandsForNow() async throws {
        let bench = Bench()
        func submit(_ chat: ChatID, _ written: String) async throws(OutboundError) -> Send {
            try await bench.gate.submit(
                SendRequest(
                    recipient: .chat(chat), recipientAsWritten: written, action: .message(Draft(text: "hi")), key: "k",
                    origin: "test"))
        }
        let first = try await submit(SimulatedMessages.chats[0], "+15550001")
        let again = try await submit(SimulatedMessages.chats[1], "+15550001")
        #expect(again.id == first.id)
        let error = await #expect(throws: OutboundError.self) {
            _ = try await submit(SimulatedMessages.chats[0], "+15550002")
        }
        #expect(error?.code == .keyReused)
    }

    @Test func aKeyGoesWithWhatAFileIsNotWithWhereItLies() async throws {
        let bench = Bench()
        let folder = try TemporaryFolder()
        for name in ["one", "two"] { try Data("x".utf8).write(to: URL(fileURLWithPath: folder.file(name))) }
        func submit(_ file: String, _ identity: String) async throws(OutboundError) -> Send {
            var request = SendRequest(
                recipient: .chat(SimulatedMessages.chats[0]),
                action: .message(Draft(text: "", files: [folder.file(file)])), key: "k", origin: "test")
            request.fileIdentities = [identity]
            return try await bench.gate.submit(request)
        }
        let first = try await submit("one", "abc cat.jpg")
        #expect(try await submit("two", "abc cat.jpg").id == first.id)
        // Also when the file was removed after it was sent.
        #expect(try await submit("gone", "abc cat.jpg").id == first.id)
        let error = await #expect(throws: OutboundError.self) { _ = try await submit("one", "def cat.jpg") }
        #expect(error?.code == .keyReused)
    }

    @Test func crashHookIsInertUnlessAPointIsNamed() {
        for name in [nil, "", "nowhere"] as [String?] {
            let hook = OutboxCrashPoint.hook(fatalAt: name)
            for point in OutboxCrashPoint.allCases { hook(point) }
        }
    }
}
