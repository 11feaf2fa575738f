//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireEvents
import BluewireModel
import BluewireSimulator
import BluewireState
import BluewireStore
import BluewireTesting
import BluewireTransport
import Foundation
import Testing

/// Gate, outbox, transport, simulated Messages and store together: what is asked lands once, or is honestly unknown.
@Suite
struct SimulatedActionsTests {
    private static let line = LineID(rawValue: "sim")
    private static let people = ["+12025550101", "+12025550102", "+12025550103"]

    /// What Messages does to a change of a group, and what must come of it.
    enum Mishap: CaseIterable, CustomTestStringConvertible {
        case none, answerLost, requestLost, takenAndForgotten, joinedLate, downAtFirst

        var testDescription: String { "\(self)" }

        var faults: FaultChange {
            var faults = FaultChange()
            switch self {
            case .none: break
            case .answerLost: faults.failAfterAccept = true
            case .requestLost: faults.loseAfterAccept = true
            case .takenAndForgotten: faults.ghost = true
            case .joinedLate: faults.lateJoinMs = 1500
            case .downAtFirst: faults.failBefore = true
            }
            return faults
        }

        /// Whether the change takes place in the end.
        var takesPlace: Bool { self != .requestLost && self != .takenAndForgotten }
    }

    private struct Bench: Sendable {
        let client: SimulatorClient
        let store: MessageStore
        let clock: ManualClock
        let outbox: Outbox
        let gate: OutboundGate

        init(_ client: SimulatorClient, _ store: MessageStore, _ clock: ManualClock) {
            self.client = client
            self.store = store
            self.clock = clock
            let line = Line(id: line, kind: "simulator", transports: [SimulatorTransport(client: client)])
            outbox = Outbox(
                store: MemorySendStore(), log: nil, resolver: store, clock: clock, configuration: .init(lines: [line]))
            gate = OutboundGate(outbox: outbox, reader: store)
        }

        func submit(_ action: Send.Action, to recipient: Recipient) async throws(OutboundError) -> Send {
            try await gate.submit(SendRequest(recipient: recipient, action: action, origin: "token"))
        }

        /// Lets `seconds` pass in steps, for Messages and for the outbox.
        func pass(_ seconds: Int) async throws {
            for _ in 0..<seconds {
                var due: [SendRecord] = []
                _ = try await outbox.step { due.append($0) }
                for record in due { try await outbox.dispatch(record) }
                clock.advance(by: .seconds(1))
                _ = try await client.state()
            }
        }

        func group() async throws -> Chat {
            let first = try await submit(
                .message(Draft(text: "Welcome")), to: .group(SimulatedActionsTests.people, name: "Trip"))
            try await pass(3)
            let send = try #require(try await outbox.send(first.id))
            #expect(send.state == .landed)
            let id = try #require(send.chat)
            return try #require(try await store.chat(id))
        }

        func events(in chat: ChatID) async throws -> [GroupEvent.Kind] {
            try await store.recentMessages(in: chat, limit: 50).compactMap(\.event?.kind)
        }
    }

    private static let changes: [ChatChange] = [
        .rename("Lisbon"), .addParticipant("tom@morgan.example"), .removeParticipant("+12025550102"), .leave,
    ]

    @Test(arguments: Mishap.allCases)
    func everyChangeTakesPlaceOnceOrIsUnknown(_ mishap: Mishap) async throws {
        for change in Self.changes {
            try await withSimulatedStore(.tahoe) { client, store, clock in
                let bench = Bench(client, store, clock)
                let chat = try await bench.group()
                try await client.set(mishap.faults)
                let send = try await bench.submit(.chat(change), to: .chat(chat.id))
                try await bench.pass(4)
                if mishap == .downAtFirst {
                    #expect(try await bench.outbox.send(send.id)?.state == .queued)
                    var healthy = FaultChange()
                    healthy.failBefore = false
                    try await client.set(healthy)
                }
                try await bench.pass(100)
                let state = try await bench.outbox.send(send.id)?.state
                #expect(state == (mishap.takesPlace ? .landed : .unknown), "\(change.name)")
                #expect(try await bench.events(in: chat.id).count == (mishap.takesPlace ? 1 : 0), "\(change.name)")
            }
        }
    }

    @Test func whatTheStoreContradictsIsRefusedBeforeAnythingIsSent() async throws {
        try await withSimulatedStore(.tahoe) { client, store, clock in
            let bench = Bench(client, store, clock)
            let chat = try await bench.group()
            let direct = try #require(try await store.chats().elements.first { !$0.isGroup && $0.channel == .iMessage })
            let refusals: [(Send.Action, ChatID, OutboundError.Code)] = [
                (.chat(.rename("Trip")), chat.id, .conflict), (.chat(.icon(nil)), chat.id, .conflict),
                (.chat(.addParticipant(Self.people[0])), chat.id, .conflict),
                (.chat(.removeParticipant("tom@morgan.example")), chat.id, .conflict),
                (.chat(.rename("Us")), direct.id, .unsupported), (.chat(.leave), direct.id, .unsupported),
            ]
            for (action, chat, code) in refusals {
                let error = await #expect(throws: OutboundError.self) {
                    try await bench.submit(action, to: .chat(chat))
                }
                #expect(error?.code == code)
            }
            #expect(try await bench.events(in: chat.id).isEmpty)
        }
    }

    @Test func aMessageWithFilesInItsTextLandsAsOneRow() async throws {
        try await withSimulatedStore(.tahoe) { client, store, clock in
            let bench = Bench(client, store, clock)
            let chat = try await bench.group()
            let folder = try TemporaryFolder()
            for name in ["a.png", "b.txt"] {
                try Data("x".utf8).write(to: URL(fileURLWithPath: folder.file(name)))
            }
            var draft = Draft(text: "Look here Ana", files: [folder.file("a.png"), folder.file("b.txt")])
            draft.fileOffsets = [5, 13]
            draft.mentions = [Mention(range: UTF16Range(10, 3), address: Self.people[0])]
            let send = try await bench.submit(.message(draft), to: .chat(chat.id))
            try await bench.pass(3)
            let landed = try #require(try await bench.outbox.send(send.id))
            #expect(landed.state == .landed)
            let message = try #require(try await store.recentMessages(in: chat.id, limit: 1).last)
            #expect(message.id == landed.message)
            #expect(message.body.string == "Look \u{FFFC}here Ana\u{FFFC}")
            #expect(message.attachments.map(\.name) == ["a.png", "b.txt"])
        }
    }
}
