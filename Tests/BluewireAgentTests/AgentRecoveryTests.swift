//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import BluewireState
import BluewireTesting
import BluewireTransport
import Synchronization
import Testing

@testable import BluewireAgent

@Suite struct AgentRecoveryTests {
    private static let hello: ScriptedProvider.Step = .reply(ModelReply(text: "Hello there, nice to meet you."))
    private static let two = "This is the first paragraph.\n\nThis is the second paragraph."
    private static let unavailable = OutboundError(.unavailable, message: "The state is full.", remedy: "Wait.")

    @Test func aBurstThatWaitedTooLongIsRecordedAndNotAnswered() async throws {
        let bench = try AgentBench()
        defer { bench.remove() }
        try await bench.live(AgentBench.agent(), ScriptedProvider(.hang)) { runtime in
            try await runtime.receive([bench.gateway.say("first", id: "m1")])
            await bench.gateway.wait { $0.signals.contains(.typing(isOn: true)) }
        }
        bench.clock.advance(by: .seconds(7 * 86_400))
        let records = bench.database.agents(clock: bench.clock)
        try await bench.live(AgentBench.agent(), ScriptedProvider(Self.hello)) { runtime in
            while try await !records.turns(about: MessageID(rawValue: "m1")).contains(where: {
                $0.outcome == "withheld" && $0.steps.last?.step == "stale"
            }) { await Task.yield() }
            try await runtime.receive([bench.gateway.say("next", id: "m2", sequence: 2)])
            #expect(try await bench.turnEnds(about: "m2").messages.map(\.rawValue) == ["m2"])
        }
        #expect(bench.gateway.state.withLock { $0.texts.count } == 1)
    }

    @Test func anAnswerSaidHalfwayLongAgoIsNotFinished() async throws {
        let bench = try AgentBench()
        defer { bench.remove() }
        let agent = AgentBench.agent { $0.pause = 1 }
        try await bench.live(agent, ScriptedProvider(.reply(ModelReply(text: Self.two)))) { runtime in
            try await runtime.receive([bench.gateway.say("first", id: "m1")])
            await bench.gateway.wait { $0.texts.count == 1 }
            await bench.clock.waitForSleepers(2)
        }
        bench.clock.advance(by: Admission.patience + .seconds(1))
        try await bench.live(agent, ScriptedProvider(Self.hello)) { _ in
            let turn = try await bench.turnEnds(about: "m1")
            #expect(turn.outcome == "withheld")
            #expect(turn.steps.last?.step == "stale")
        }
        #expect(bench.gateway.state.withLock { $0.texts } == ["This is the first paragraph."])
    }

    @Test func anAnswerThatCouldNotBeStoredIsSaidAfterARest() async throws {
        let bench = try AgentBench()
        defer { bench.remove() }
        bench.gateway.state.withLock { $0.failure = Self.unavailable }
        try await bench.live(AgentBench.agent(), ScriptedProvider(Self.hello)) { runtime in
            try await runtime.receive([bench.gateway.say("first", id: "m1")])
            // The reminders nap and the session rests.
            await bench.clock.waitForSleepers(2)
            bench.gateway.state.withLock { $0.failure = nil }
            bench.clock.advance(by: .seconds(15))
            await bench.gateway.wait { $0.texts.count == 1 }
        }
        #expect(bench.gateway.state.withLock { $0.texts } == ["Hello there, nice to meet you."])
    }

    @Test func inShadowModeAnAnswerGivenTwiceIsOneDraft() async throws {
        let bench = try AgentBench()
        defer { bench.remove() }
        let records = bench.database.agents(clock: bench.clock)
        let sender = ChatBoundSender(
            chat: FakeGateway.chat, line: FakeGateway.line, agent: "demo", sender: bench.gateway, drafts: records)
        for _ in 1...2 {
            _ = try await sender.submit(.message(Draft(text: "answer")), key: "reminder:1", answering: nil)
        }
        #expect(try await records.drafts().count == 1)
    }
}
