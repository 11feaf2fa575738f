//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireAgent
import BluewireModel
import BluewireState
import BluewireTesting
import BluewireTransport
import Synchronization
import Testing

@Suite struct AgentRuntimeTests {
    private static let hello: ScriptedProvider.Step = .reply(ModelReply(text: "Hello there, nice to meet you."))
    private static let three = """
        This is the first paragraph.

        This is the second paragraph.

        This is the third paragraph.
        """

    @Test func aReminderIsAcknowledgedTypedAnsweredAndKept() async throws {
        let bench = try AgentBench()
        defer { bench.remove() }
        try await bench.live(AgentBench.agent { $0.ack = .always }, ConciergeProvider()) { runtime in
            let event = bench.gateway.say("remind me tomorrow at 9 to call the dentist", id: "m1")
            try await runtime.receive([event])
            await bench.gateway.wait { $0.texts.count == 1 }
        }
        let state = bench.gateway.state.withLock { $0 }
        guard case .tapback(let target, _, let kind, _, _)? = state.requests.first?.action else {
            Issue.record("the first request is no tapback")
            return
        }
        #expect(target.rawValue == "m1")
        #expect(kind == .like)
        #expect(state.signals.starts(with: [.read, .typing(isOn: true)]))
        #expect(state.signals.last == .typing(isOn: false))
        #expect(
            state.texts == [
                "OK, I will remind you on Friday, 16 January 2026 at 09:00 (Europe/Berlin): call the dentist"
            ])
        #expect(state.requests.allSatisfy { $0.recipient == .chat(FakeGateway.chat) && $0.key != nil })
        let tasks = try await bench.database.tasks(clock: bench.clock).list(chat: FakeGateway.chat)
        #expect(tasks.map(\.text) == ["call the dentist"])
        #expect(tasks.first?.dueAt == Timestamp(rfc3339: "2026-01-16T08:00:00Z"))
        let turns = try await bench.database.agents(clock: bench.clock).turns(about: MessageID(rawValue: "m1"))
        #expect(turns.count == 1)
        #expect(turns.first?.steps.map(\.step).contains("tool.call") == true)
    }

    @Test func whomItAnswersCanChangeWhileItRuns() async throws {
        let bench = try AgentBench()
        defer { bench.remove() }
        let provider = ScriptedProvider(Self.hello, Self.hello)
        let nobody = AgentBench.agent { $0.allow = [] }
        try await bench.live(nobody, provider) { runtime in
            try await runtime.receive([bench.gateway.say("refused", id: "m1")])
            runtime.replaceAdmission(by: AgentBench.agent())
            try await runtime.receive([bench.gateway.say("answered", id: "m2", sequence: 2)])
            await bench.gateway.wait { $0.texts.count == 1 }
            try await bench.turnEnds(about: "m2")
            runtime.replaceAdmission(by: nobody)
            try await runtime.receive([bench.gateway.say("refused again", id: "m3", sequence: 3)])
        }
        #expect(provider.requests.withLock { $0 }.map { $0.messages.last?.plainText } == ["answered"])
        let records = bench.database.agents(clock: bench.clock)
        for (message, isKnown) in [("m1", false), ("m2", true), ("m3", false)] {
            let isProcessed = try await records.isProcessed(agent: "demo", event: message)
            #expect(isProcessed == isKnown)
        }
    }

    @Test func aLateBodyIsAnsweredOnlyWhenItsMessageIsNews() async throws {
        let bench = try AgentBench()
        defer { bench.remove() }
        let provider = ScriptedProvider(Self.hello)
        let folder = try TemporaryFolder()
        let journal = try Journal(path: folder.file("journal.db"), clock: bench.clock)
        try await bench.live(AgentBench.agent(), provider) { runtime in
            for (id, arrival) in [("m1", Arrival.backfill), ("m2", .duplicate), ("m3", nil), ("m4", .new)] {
                let said = bench.gateway.say("the body of \(id)", id: id)
                guard case .message(let message, _, _) = said.snapshot else { continue }
                var empty = message
                empty.body = MessageBody()
                let batches: [[Observation]] = [
                    arrival.map { [.created(empty, arrival: $0)] } ?? [],
                    [.updated(message, changed: ["body"], discriminator: .fingerprint(1))],
                ]
                // What arrives without a body is looked at when the body is there.
                var events: [GatewayEvent] = []
                for batch in batches {
                    events = try await journal.commit(
                        SourceBatch(observations: batch, checkpoint: [1]), source: "a", line: said.line,
                        now: bench.clock.now)
                }
                #expect(events.map(\.kind) == [.messageUpdated])
                try await runtime.receive(events)
            }
            await bench.gateway.wait { $0.texts.count == 1 }
            try await bench.turnEnds(about: "m4")
        }
        #expect(provider.requests.withLock { $0 }.map { $0.messages.last?.plainText } == ["the body of m4"])
        let records = bench.database.agents(clock: bench.clock)
        for (message, isKnown) in [("m1", false), ("m2", false), ("m3", false), ("m4", true)] {
            let isProcessed = try await records.isProcessed(agent: "demo", event: message)
            #expect(isProcessed == isKnown)
        }
    }

    @Test func aBurstIsOneTurn() async throws {
        let bench = try AgentBench()
        defer { bench.remove() }
        let provider = ScriptedProvider(Self.hello)
        try await bench.live(AgentBench.agent { $0.debounce = 2.5 }, provider) { runtime in
            for number in 1...4 {
                try await runtime.receive([
                    bench.gateway.say("part \(number)", id: "m\(number)", sequence: Int64(number))
                ])
                // The reminders nap and the session waits.
                await bench.clock.waitForSleepers(2)
                bench.clock.advance(by: .seconds(1))
            }
            await bench.clock.waitForSleepers(2)
            bench.clock.advance(by: .seconds(1))
            await bench.clock.waitForSleepers(2)
            #expect(provider.requests.withLock { $0.isEmpty })
            bench.clock.advance(by: .seconds(1))
            await bench.gateway.wait { $0.texts.count == 1 }
        }
        let requests = provider.requests.withLock { $0 }
        #expect(requests.count == 1)
        #expect(requests.first?.messages.map(\.plainText) == ["part 1", "part 2", "part 3", "part 4"])
    }

    @Test func aMessageWhileThinkingRestartsTheThoughtWithBoth() async throws {
        let bench = try AgentBench()
        defer { bench.remove() }
        let provider = ScriptedProvider(.hang, Self.hello)
        try await bench.live(AgentBench.agent(), provider) { runtime in
            try await runtime.receive([bench.gateway.say("first", id: "m1")])
            await bench.gateway.wait { $0.signals.contains(.typing(isOn: true)) }
            try await runtime.receive([bench.gateway.say("second", id: "m2", sequence: 2)])
            await bench.gateway.wait { $0.texts.count == 1 }
        }
        #expect(bench.gateway.state.withLock { $0.texts } == ["Hello there, nice to meet you."])
        #expect(provider.requests.withLock { $0.last?.messages.map(\.plainText) } == ["first", "second"])
    }

    @Test func aMessageBetweenBubblesWithholdsTheRest() async throws {
        let bench = try AgentBench()
        defer { bench.remove() }
        let provider = ScriptedProvider(.reply(ModelReply(text: Self.three)), Self.hello)
        try await bench.live(AgentBench.agent { $0.pause = 1 }, provider) { runtime in
            try await runtime.receive([bench.gateway.say("first", id: "m1")])
            await bench.gateway.wait { $0.texts.count == 1 }
            await bench.clock.waitForSleepers(2)
            try await runtime.receive([bench.gateway.say("wait", id: "m2", sequence: 2)])
            bench.clock.advance(by: .seconds(1))
            await bench.gateway.wait { $0.texts.count == 2 }
        }
        let texts = bench.gateway.state.withLock { $0.texts }
        #expect(texts == ["This is the first paragraph.", "Hello there, nice to meet you."])
    }

    @Test func anAnswerKilledHalfwayIsFinishedOnceAfterARestart() async throws {
        let bench = try AgentBench()
        defer { bench.remove() }
        let provider = ScriptedProvider(.reply(ModelReply(text: Self.three)))
        let event = bench.gateway.say("first", id: "m1")
        try await bench.live(AgentBench.agent { $0.pause = 1 }, provider) { runtime in
            try await runtime.receive([event])
            await bench.gateway.wait { $0.texts.count == 1 }
            await bench.clock.waitForSleepers(2)
        }
        try await bench.live(AgentBench.agent { $0.pause = 1 }, ScriptedProvider(Self.hello)) { runtime in
            try await runtime.receive([event])
            await bench.gateway.wait { $0.texts.count == 3 }
        }
        #expect(
            bench.gateway.state.withLock { $0.texts }.map { $0.split(separator: " ")[3] } == [
                "first", "second", "third",
            ])
        #expect(bench.gateway.state.withLock { Set($0.requests.map(\.key)).count } == 3)
    }

    @Test func aMessageAdmittedBeforeAKillIsAnsweredAfterIt() async throws {
        let bench = try AgentBench()
        defer { bench.remove() }
        let event = bench.gateway.say("first", id: "m1")
        try await bench.live(AgentBench.agent(), ScriptedProvider(.hang)) { runtime in
            try await runtime.receive([event])
            await bench.gateway.wait { $0.signals.contains(.typing(isOn: true)) }
        }
        #expect(bench.gateway.state.withLock { $0.signals.last } == .typing(isOn: false))
        let provider = ScriptedProvider(Self.hello)
        try await bench.live(AgentBench.agent(), provider) { runtime in
            try await runtime.receive([event])
            await bench.gateway.wait { $0.texts.count == 1 }
            try await runtime.receive([event])
            try await runtime.receive([bench.gateway.say("next", id: "m2", sequence: 2)])
            await bench.gateway.wait { $0.texts.count == 2 }
        }
        #expect(provider.requests.withLock { $0.count } == 2)
    }

    @Test func failuresAreOneSentenceForOwnersAndSilenceForOthers() async throws {
        let failing = ScriptedProvider.Step.fail(ModelError(.truncated, "broke off"))
        let bench = try AgentBench()
        defer { bench.remove() }
        try await bench.live(AgentBench.agent(), ScriptedProvider(failing)) { runtime in
            try await runtime.receive([bench.gateway.say("hi", id: "m1")])
            await bench.gateway.wait { $0.texts.count == 1 }
        }
        #expect(
            bench.gateway.state.withLock { $0.texts } == ["I cannot answer just now. Please try again in a moment."])
        let other = try AgentBench()
        defer { other.remove() }
        try await other.live(AgentBench.agent { $0.owners = [] }, ScriptedProvider(failing, Self.hello)) { runtime in
            try await runtime.receive([other.gateway.say("hi", id: "m1")])
            await other.gateway.wait { $0.signals.last == .typing(isOn: false) }
            try await runtime.receive([other.gateway.say("still there?", id: "m2", sequence: 2)])
            await other.gateway.wait { $0.texts.count == 1 }
        }
        #expect(other.gateway.state.withLock { $0.texts } == ["Hello there, nice to meet you."])
    }

    @Test(arguments: [
        (ModelReply(text: "One sentence is done. The other is cut", finish: .length), "One sentence is done."),
        (ModelReply(text: "Half of something bad", finish: .contentFilter), "I can't help with that."),
        (ModelReply(text: "", finish: .refusal), "I can't help with that."),
        (
            ModelReply(text: "no end in sight", finish: .length),
            "I cannot answer just now. Please try again in a moment."
        ),
    ])
    func neverHalfASentence(_ reply: ModelReply, _ text: String) async throws {
        let bench = try AgentBench()
        defer { bench.remove() }
        try await bench.live(AgentBench.agent(), ScriptedProvider(.reply(reply))) { runtime in
            try await runtime.receive([bench.gateway.say("hi", id: "m1")])
            await bench.gateway.wait { $0.texts.count == 1 }
        }
        #expect(bench.gateway.state.withLock { $0.texts } == [text])
    }

    @Test func inShadowModeNothingLeaves() async throws {
        let bench = try AgentBench()
        defer { bench.remove() }
        let records = bench.database.agents(clock: bench.clock)
        try await bench.live(
            AgentBench.agent {
                $0.shadow = true; $0.ack = .always
            }, ScriptedProvider(Self.hello)
        ) { runtime in
            try await runtime.receive([bench.gateway.say("hi", id: "m1")])
            while try await records.drafts().isEmpty { await Task.yield() }
        }
        #expect(bench.gateway.state.withLock { $0.requests.isEmpty && $0.signals.isEmpty })
        #expect(try await records.drafts().map(\.action) == [.message(Draft(text: "Hello there, nice to meet you."))])
    }

    @Test func ownEchoesAndOwnMessagesAreNotAnswered() async throws {
        let bench = try AgentBench()
        defer { bench.remove() }
        let provider = ScriptedProvider(Self.hello)
        try await bench.live(AgentBench.agent(), provider) { runtime in
            let echo = bench.gateway.say("echo", id: "m1")
            bench.gateway.state.withLock { state in state.echoes = [MessageID(rawValue: "m1")] }
            let own = bench.gateway.say("mine", id: "m2", isFromMe: true, sequence: 2)
            // Journalled as incoming, but the row says by now that it is ours.
            let flipped = bench.gateway.say("flips", id: "m3", sequence: 3)
            bench.gateway.state.withLock { state in
                for index in state.messages.indices where state.messages[index].id.rawValue == "m3" {
                    state.messages[index].isFromMe = true
                }
            }
            try await runtime.receive([echo, own, flipped, bench.gateway.say("hi", id: "m4", sequence: 4)])
            await bench.gateway.wait { $0.texts.count == 1 }
        }
        #expect(provider.requests.withLock { $0.count } == 1)
    }

    @Test func aMessageToOneselfIsAnsweredOnceThoughItHasTwoRows() async throws {
        let bench = try AgentBench()
        defer { bench.remove() }
        let provider = ScriptedProvider(Self.hello)
        try await bench.live(AgentBench.agent { $0.debounce = 1 }, provider) { runtime in
            let first = bench.gateway.say("note to self", id: "m1", isFromMe: true)
            let second = bench.gateway.say("note to self", id: "m2", sequence: 2)
            bench.gateway.state.withLock { $0.chats[FakeGateway.chat]?.isSelf = true }
            try await runtime.receive([first, second])
            await bench.clock.waitForSleepers(2)
            bench.clock.advance(by: .seconds(1))
            await bench.gateway.wait { $0.texts.count == 1 }
        }
        #expect(provider.requests.withLock { $0.count } == 1)
    }

    @Test func fiveTurnsAMinuteAreTheLimit() async throws {
        let bench = try AgentBench()
        defer { bench.remove() }
        let provider = ScriptedProvider(Self.hello)
        try await bench.live(AgentBench.agent(), provider) { runtime in
            for number in 1...7 {
                try await runtime.receive([bench.gateway.say("n\(number)", id: "m\(number)", sequence: Int64(number))])
                let records = bench.database.agents(clock: bench.clock)
                let id = MessageID(rawValue: "m\(number)")
                while try await records.turns(about: id).first?.endedAt == nil { await Task.yield() }
            }
        }
        #expect(bench.gateway.state.withLock { $0.texts.count } == 5)
    }

    @Test func theKillSwitchStopsEverything() async throws {
        let bench = try AgentBench()
        defer { bench.remove() }
        let provider = ScriptedProvider(Self.hello)
        try await bench.live(AgentBench.agent(), provider, isStopped: { true }) { runtime in
            try await runtime.receive([bench.gateway.say("hi", id: "m1")])
            try await bench.turnEnds(about: "m1")
        }
        #expect(provider.requests.withLock { $0.isEmpty })
        #expect(bench.gateway.state.withLock { $0.requests.isEmpty && $0.signals.isEmpty })
    }

    @Test func aMessageThatComesWhileStoppedIsRecordedAndTheNextOneAnswered() async throws {
        let bench = try AgentBench()
        defer { bench.remove() }
        let isStopped = Mutex(true)
        let provider = ScriptedProvider(Self.hello)
        try await bench.live(AgentBench.agent(), provider, isStopped: { isStopped.withLock { $0 } }) { runtime in
            try await runtime.receive([bench.gateway.say("hi", id: "m1")])
            let skipped = try await bench.turnEnds(about: "m1")
            #expect(skipped.outcome == "withheld")
            #expect(skipped.steps.last?.detail == "the kill switch is on")
            isStopped.withLock { $0 = false }
            try await runtime.receive([bench.gateway.say("still there?", id: "m2", sequence: 2)])
            #expect(try await bench.turnEnds(about: "m2").outcome == "answered")
        }
        #expect(bench.gateway.state.withLock { $0.texts.count } == 1)
    }

    @Test func theKillSwitchWithholdsTheRestOfAnAnswer() async throws {
        let bench = try AgentBench()
        defer { bench.remove() }
        let isStopped = Mutex(false)
        let provider = SwitchingProvider { isStopped.withLock { $0 = true } }
        try await bench.live(AgentBench.agent(), provider, isStopped: { isStopped.withLock { $0 } }) { runtime in
            try await runtime.receive([bench.gateway.say("hi", id: "m1")])
            #expect(try await bench.turnEnds(about: "m1").outcome == "withheld")
        }
        #expect(bench.gateway.state.withLock { $0.texts.isEmpty })
    }

    @Test func badCallsAreRepairedAndEndlessOnesEnd() async throws {
        func call(_ name: String, _ arguments: String) -> ScriptedProvider.Step {
            .reply(
                ModelReply(text: "", toolCalls: [ToolCall(id: "c", name: name, arguments: arguments)], finish: .toolUse)
            )
        }
        let bench = try AgentBench()
        defer { bench.remove() }
        let provider = ScriptedProvider(
            call("react", #"{"kind":"heart"}"#), call("shell", "{}"), call("react", #"{"kind":"love","to":"+1555"}"#),
            call("react", #"{"kind":"love"}"#), Self.hello
        )
        try await bench.live(AgentBench.agent(), provider) { runtime in
            try await runtime.receive([bench.gateway.say("hi", id: "m1")])
            await bench.gateway.wait { $0.texts.count == 1 }
        }
        let results = provider.requests.withLock { $0.last?.messages.filter { $0.role == .tool } ?? [] }
        let failed = results.flatMap(\.parts).map {
            if case .toolResult(let result) = $0 { result.isError } else { true }
        }
        #expect(failed == [true, true, true, false])
        #expect(bench.gateway.state.withLock { $0.requests.count } == 2)
        let endless = ScriptedProvider(call("list_tasks", "{}"))
        try await bench.live(AgentBench.agent(), endless) { runtime in
            try await runtime.receive([bench.gateway.say("again", id: "m2", sequence: 2)])
            await bench.gateway.wait { $0.texts.count == 2 }
        }
        #expect(endless.requests.withLock { $0.count } == 3)
    }

    @Test func remindersRingOnceAlsoAfterARestart() async throws {
        let bench = try AgentBench()
        defer { bench.remove() }
        let tasks = bench.database.tasks(clock: bench.clock)
        _ = bench.gateway.say("hi", id: "m0")
        let soon = bench.clock.now + .seconds(90)
        _ = try await tasks.create(agent: "demo", chat: FakeGateway.chat, text: "stretch", dueAt: soon, zone: "UTC")
        try await bench.live(AgentBench.agent(), ConciergeProvider()) { _ in
            await bench.clock.waitForSleepers(1)
            bench.clock.advance(by: .seconds(60))
        }
        #expect(bench.gateway.state.withLock { $0.texts.isEmpty })
        bench.clock.advance(by: .seconds(3600))
        for _ in 1...2 {
            try await bench.live(AgentBench.agent(), ConciergeProvider()) { _ in
                await bench.clock.waitForSleepers(1)
                bench.clock.advance(by: .seconds(3))
                await bench.gateway.wait { $0.texts.count == 1 }
                await bench.clock.waitForSleepers(1)
            }
        }
        #expect(bench.gateway.state.withLock { $0.texts } == ["⏰ stretch"])
    }
}

/// Answers, and calls back just before it does.
private struct SwitchingProvider: ModelProvider {
    let name = "switching"
    let beforeAnswering: @Sendable () -> Void

    func respond(to request: ModelRequest) async throws(ModelError) -> ModelReply {
        beforeAnswering()
        return ModelReply(text: "Hello!", toolCalls: [], finish: .stop)
    }
}
