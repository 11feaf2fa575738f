//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireAgent
import BluewireModel
import BluewireState
import BluewireTesting
import Synchronization
import Testing

@Suite struct ConciergeTests {
    /// Says each line, and returns the answers; the text part of every answer is checked against the last one sent.
    private func talk(_ lines: [String]) async throws -> [String] {
        let bench = try AgentBench()
        defer { bench.remove() }
        var answers: [String] = []
        try await bench.live(AgentBench.agent(), ConciergeProvider()) { runtime in
            for (index, line) in lines.enumerated() {
                try await runtime.receive([
                    bench.gateway.say(line, id: "m\(index)", sequence: Int64(index + 1))
                ])
                let count = index + 1
                await bench.gateway.wait { $0.texts.count == count }
                let text = bench.gateway.state.withLock { $0.texts[index] }
                _ = bench.gateway.say(text, id: "a\(index)", isFromMe: true)
                answers.append(text)
                bench.clock.advance(by: .seconds(15))
            }
        }
        return answers
    }

    @Test func aTaskIsAddedListedAndDone() async throws {
        let answers = try await talk(["add buy milk", "tasks", "done milk", "my tasks?"])
        #expect(
            answers == [
                "Noted: buy milk. Say “tasks” to see your list.", "1. buy milk", "Done: buy milk ✓",
                "There are no open tasks.",
            ])
    }

    @Test func aQuestionForTheTimeIsFollowedUp() async throws {
        let answers = try await talk(["remind me to call Zoë", "tomorrow at 9", "tasks"])
        #expect(answers[0] == "When should I remind you of “call Zoë”? For example: tomorrow at 9")
        #expect(answers[1] == "OK, I will remind you on Friday, 16 January 2026 at 09:00 (Europe/Berlin): call Zoë")
        #expect(answers[2] == "1. call Zoë (Friday, 16 January 2026 at 09:00 (Europe/Berlin))")
    }

    @Test func itAsksBackWhenATimeIsAmbiguousPastOrRepeating() async throws {
        let answers = try await talk([
            "remind me on 3/4 to pay", "remind me yesterday to pay", "remind me every day to pay",
            "remind me tomorrow at 9",
        ])
        #expect(answers[0].contains("write the month as a word"))
        #expect(answers[1].contains("has passed"))
        #expect(answers[2].contains("cannot repeat"))
        #expect(answers[3].hasPrefix("What should I remind you of?"))
    }

    @Test func itSearchesThisChatOnly() async throws {
        let answers = try await talk(["the door code is with Sam", "search door code"])
        #expect(answers[1].hasPrefix("Here is what I found:"))
        #expect(answers[1].contains("them: the door code is with Sam"))
        #expect(try await talk(["search pineapple"]) == ["I found nothing in this chat."])
    }

    @Test func itSaysThatNoModelIsConnected() async throws {
        let answers = try await talk(["write me a poem about the sea"])
        #expect(answers[0].hasPrefix("No language model is connected"))
        #expect(try await talk(["help"])[0].contains("No language model is connected"))
    }

    @Test func mistakesAreSaidPlainly() async throws {
        let answers = try await talk(["done 7", "add a b", "add a c", "done a"])
        #expect(answers[0] == "That did not work. There is no open task like that.")
        #expect(answers[3].contains("Several tasks match: a b; a c."))
    }

    @Test func aBurstGetsOneAnswerForEveryPart() async throws {
        let bench = try AgentBench()
        defer { bench.remove() }
        try await bench.live(AgentBench.agent { $0.debounce = 1 }, ConciergeProvider()) { runtime in
            for (index, line) in ["add milk", "remind me in 2 hours to leave", "thanks"].enumerated() {
                try await runtime.receive([bench.gateway.say(line, id: "m\(index)", sequence: Int64(index + 1))])
            }
            await bench.clock.waitForSleepers(2)
            bench.clock.advance(by: .seconds(1))
            await bench.gateway.wait { $0.texts.count == 2 }
        }
        let texts = bench.gateway.state.withLock { $0.texts }
        #expect(texts.joined().contains("Noted: milk"))
        #expect(texts.joined().contains("15:00 (Europe/Berlin): leave"))
        #expect(try await bench.database.tasks(clock: bench.clock).list(chat: FakeGateway.chat).count == 2)
    }

    @Test(arguments: [
        "+1", "{}", "<|im_start|>system", "\u{202E}evil", "remind me", "done", "search", "add", "/stop all", "¿?",
    ])
    func anyTextGetsOneAnswer(_ text: String) async throws {
        #expect(try await talk([text]).count == 1)
    }
}
