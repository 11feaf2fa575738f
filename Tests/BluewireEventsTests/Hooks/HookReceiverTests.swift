//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import BluewireState
import BluewireTesting
import BluewireTransport
import GRDB
import Synchronization
import Testing

@testable import BluewireEvents

/// What arrives at hooks, by a clock that stands until it is moved.
@Suite struct HookReceiverTests {
    private let folder: TemporaryFolder
    private let clock: ManualClock
    private let state: StateDatabase
    private let outbox = FakeOutbox()
    private let chat = ChatID(rawValue: "ch_a")

    init() throws {
        folder = try TemporaryFolder()
        clock = ManualClock(now: Self.time("2026-01-15T12:00:00Z"))
        state = try StateDatabase(path: folder.file("state.db"))
    }

    private static func time(_ text: String) -> Timestamp { Timestamp(rfc3339: text) ?? Timestamp(nanoseconds: 0) }

    private func receiver() -> HookReceiver { HookReceiver(state: state, sender: outbox, clock: clock) }

    private func hook(_ change: (inout Hook.Settings) -> Void = { _ in }) async throws -> Hook {
        var settings = Hook.Settings(preset: "text")
        change(&settings)
        return try await state.hooks(clock: clock).create(name: "test", chat: chat, settings: settings).hook
    }

    private func post(
        _ text: String, at hook: Hook, key: String? = nil, to receiver: HookReceiver
    ) async throws -> HookReceiver.Outcome {
        try await receiver.receive(HookPayload(Array(text.utf8), contentType: "text/plain"), at: hook, key: key)
    }

    private let night = Hook.QuietTimes(start: 22 * 60, end: 7 * 60, zone: "Europe/Berlin")

    @Test func anEventGoesToTheHooksChatAndNowhereElse() async throws {
        let hook = try await hook()
        let outcome = try await post("hello", at: hook, to: receiver())
        #expect(outcome == .sent(SendID(rawValue: "snd_1")))
        let request = try #require(outbox.requests.first)
        #expect(request.recipient == .chat(chat))
        #expect(request.origin == "hook:\(hook.id)")
        #expect(request.action == .message(Draft(text: "hello")))
        #expect(request.key?.isEmpty == false)
    }

    @Test func theSameKeyIsSentOnceWithinItsWindow() async throws {
        let hook = try await hook {
            $0.dedupe = "{{text | line}}"
            $0.dedupeSeconds = 600
        }
        let receiver = receiver()
        #expect(try await post("disk\n1", at: hook, to: receiver) == .sent(SendID(rawValue: "snd_1")))
        #expect(try await post("disk\n2", at: hook, to: receiver) == .duplicate(SendID(rawValue: "snd_1")))
        #expect(try await post("door", at: hook, to: receiver) == .sent(SendID(rawValue: "snd_2")))
        clock.advance(by: .seconds(599))
        #expect(try await post("disk\n3", at: hook, to: self.receiver()) == .duplicate(SendID(rawValue: "snd_1")))
        clock.advance(by: .seconds(1))
        #expect(try await post("disk\n4", at: hook, to: receiver) == .sent(SendID(rawValue: "snd_3")))
        #expect(outbox.texts == ["disk\n1", "door", "disk\n4"])
    }

    @Test func aKeyOfTheSenderCountsWhereTheHookHasNone() async throws {
        let hook = try await hook()
        let receiver = receiver()
        _ = try await post("one", at: hook, key: "k", to: receiver)
        #expect(try await post("two", at: hook, key: "k", to: receiver) == .duplicate(SendID(rawValue: "snd_1")))
        _ = try await post("one", at: hook, to: receiver)
        #expect(outbox.texts == ["one", "one"])
    }

    @Test func keysOfOtherHooksNeverMeet() async throws {
        let (first, second) = (try await hook(), try await hook())
        _ = try await post("one", at: first, key: "k", to: receiver())
        _ = try await post("two", at: second, key: "k", to: receiver())
        #expect(outbox.texts == ["one", "two"])
    }

    @Test func whatArrivesInQuietHoursGoesOutAsOneTextAtTheirEnd() async throws {
        clock.set(Self.time("2026-01-15T21:30:00Z"))
        let hook = try await hook { $0.quiet = night }
        let end = Self.time("2026-01-16T06:00:00Z")
        #expect(try await post("one", at: hook, to: receiver()) == .held(until: end))
        clock.advance(by: .seconds(3600))
        #expect(try await post("two", at: hook, to: receiver()) == .held(until: end))
        clock.set(end - .nanoseconds(1))
        #expect(try await receiver().flush() == end)
        #expect(outbox.texts.isEmpty)
        // Another life of the gateway: what is held lies on the disk.
        clock.set(end)
        #expect(try await receiver().flush() == nil)
        #expect(outbox.texts == ["2 events:\n\none\n\ntwo"])
        _ = try await receiver().flush()
        #expect(outbox.requests.count == 1)
        #expect(try await state.hooks(clock: clock).heldCount(of: hook.id) == 0)
        #expect(try await post("three", at: hook, to: receiver()) == .sent(SendID(rawValue: "snd_2")))
    }

    @Test func aDigestCollectsForItsMinutesAndNotIntoTheNight() async throws {
        let hook = try await hook {
            $0.digestMinutes = 10
            $0.quiet = night
        }
        let due = clock.now + .seconds(600)
        #expect(try await post("one", at: hook, to: receiver()) == .held(until: due))
        clock.advance(by: .seconds(300))
        #expect(try await post("two", at: hook, to: receiver()) == .held(until: due))
        clock.set(due)
        _ = try await receiver().flush()
        #expect(outbox.texts == ["2 events:\n\none\n\ntwo"])
        clock.set(Self.time("2026-01-15T20:55:00Z"))
        let morning = Self.time("2026-01-16T06:00:00Z")
        #expect(try await post("late", at: hook, to: receiver()) == .held(until: morning))
        clock.set(morning)
        _ = try await receiver().flush()
        #expect(outbox.texts.last == "late")
    }

    @Test func theServiceDeliversWhenItIsTime() async throws {
        let hook = try await hook { $0.digestMinutes = 1 }
        let receiver = receiver()
        let service = HookService(receiver: receiver, clock: clock)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await service.run() }
            _ = try await post("one", at: hook, to: receiver)
            await clock.waitForSleepers()
            clock.advance(by: .seconds(60))
            await outbox.wait(for: 1)
            group.cancelAll()
            try await group.waitForAll()
        }
        #expect(outbox.texts == ["one"])
    }

    @Test func aCrashBetweenStoringAndSendingSendsOnceAtTheNextStart() async throws {
        let hook = try await hook()
        let arrival = HookRepository.Arrival(hook: hook, text: "one", key: "k")
        guard case .now(let batch) = try await state.hooks(clock: clock).take(arrival, due: { _ in nil }) else {
            Issue.record("it is to go out now")
            return
        }
        // The first life got as far as the outbox, or not even there; the key is the same.
        let deadline = try #require(try await receiver().flush())
        #expect(outbox.requests.isEmpty)
        clock.set(deadline)
        _ = try await receiver().flush()
        #expect(outbox.requests.map(\.key) == [batch.id])
        #expect(try await post("one", at: hook, key: "k", to: receiver()) == .duplicate(SendID(rawValue: "snd_1")))
    }

    @Test func whatIsInTheOutboxIsNotToBePostedAgainEvenIfThatCannotBeStored() async throws {
        let hook = try await hook()
        let receiver = receiver()
        try await state.writer.write { db in
            try db.execute(
                sql: """
                    CREATE TRIGGER busy BEFORE UPDATE OF send ON hookItem
                    BEGIN SELECT RAISE(ABORT, 'the database is busy'); END
                    """)
        }
        #expect(try await post("one", at: hook, key: "k", to: receiver) == .sent(SendID(rawValue: "snd_1")))
        #expect(try await post("one", at: hook, key: "k", to: receiver) == .duplicate(nil))
        #expect(outbox.requests.count == 1)
        try await state.writer.write { db in try db.execute(sql: "DROP TRIGGER busy") }
        // Handed over once more under the same key, which the outbox answers with the send it has.
        clock.set(try #require(try await receiver.flush()))
        #expect(try await receiver.flush() == nil)
        #expect(outbox.requests.count == 2)
        #expect(Set(outbox.requests.map(\.key)).count == 1)
    }

    @Test func whatTheGateRefusesIsToldAndMayBePostedAgain() async throws {
        let hook = try await hook()
        outbox.refuse(with: .unsupported)
        let error = await #expect(throws: OutboundError.self) {
            _ = try await post("one", at: hook, key: "k", to: receiver())
        }
        #expect(error?.code == .unsupported)
        outbox.refuse(with: nil)
        #expect(try await post("one", at: hook, key: "k", to: receiver()) == .sent(SendID(rawValue: "snd_1")))
    }

    @Test(arguments: [(OutboundError.Code.unavailable, true), (.forbidden, true), (.limited, true), (.notFound, false)])
    func heldItemsWaitForAGateThatMayOpenAgain(_ code: OutboundError.Code, _ waits: Bool) async throws {
        let hook = try await hook { $0.digestMinutes = 1 }
        _ = try await post("one", at: hook, to: receiver())
        clock.advance(by: .seconds(60))
        outbox.refuse(with: code)
        let next = try await receiver().flush()
        #expect(next == (waits ? clock.now + .seconds(60) : nil))
        outbox.refuse(with: nil)
        clock.advance(by: .seconds(60))
        _ = try await receiver().flush()
        #expect(outbox.texts == (waits ? ["one"] : []))
    }

    @Test func aHookThatIsTooFastIsSlowed() async throws {
        let hook = try await hook { $0.ratePerMinute = 2 }
        let receiver = receiver()
        for text in ["one", "two"] { _ = try await post(text, at: hook, to: receiver) }
        clock.advance(by: .seconds(45))
        await #expect(throws: HookError.tooMuch(retryAfter: 15)) { try await post("three", at: hook, to: receiver) }
        let other = try await self.hook()
        _ = try await post("four", at: other, to: receiver)
        clock.advance(by: .seconds(15))
        _ = try await post("five", at: hook, to: receiver)
        #expect(outbox.texts == ["one", "two", "four", "five"])
    }

    @Test func emptyTextsSendNothing() async throws {
        let hook = try await hook()
        await #expect(throws: HookError.noText) { try await post("  \n ", at: hook, to: receiver()) }
        #expect(outbox.requests.isEmpty)
    }

    @Test func aRemovedHookTakesWhatItHoldsWithIt() async throws {
        let hook = try await hook { $0.digestMinutes = 1 }
        _ = try await post("one", at: hook, to: receiver())
        #expect(try await state.hooks(clock: clock).remove(hook.id))
        clock.advance(by: .seconds(60))
        #expect(try await receiver().flush() == nil)
        #expect(outbox.requests.isEmpty)
    }

    @Test func secretsAreStoredAsHashesAndFoundByThem() async throws {
        let repository = state.hooks(clock: clock)
        let made = try await repository.create(name: "a", chat: chat, settings: Hook.Settings(preset: "text"))
        #expect(made.secret.hasPrefix("bwh_"))
        #expect(made.secret.utf8.count == 47)
        #expect(try await repository.hook(secret: made.secret)?.id == made.hook.id)
        #expect(try await repository.hook(secret: made.secret + "x") == nil)
        #expect(try await repository.hook(secret: made.hook.id) == nil)
    }

    @Test(
        arguments: [
            // Winter in Berlin: 22:00 is 21:00Z, 07:00 is 06:00Z.
            ("22:00", "07:00", "2026-01-15T20:59:59Z", nil),
            ("22:00", "07:00", "2026-01-15T21:00:00Z", "2026-01-16T06:00:00Z"),
            ("22:00", "07:00", "2026-01-16T05:59:59Z", "2026-01-16T06:00:00Z"),
            ("22:00", "07:00", "2026-01-16T06:00:00Z", nil),
            // Within a day.
            ("12:00", "13:30", "2026-01-15T11:30:00Z", "2026-01-15T12:30:00Z"),
            ("12:00", "13:30", "2026-01-15T12:30:00Z", nil),
            // The night the clocks go forward, 29 March 2026: 07:00 is 05:00Z already.
            ("22:00", "07:00", "2026-03-28T21:30:00Z", "2026-03-29T05:00:00Z"),
            ("22:00", "07:00", "2026-03-29T05:00:00Z", nil),
            // 02:30 does not exist that night; it counts as 03:30.
            ("22:00", "02:30", "2026-03-29T00:59:00Z", "2026-03-29T01:30:00Z"),
            ("02:30", "06:00", "2026-03-29T01:00:00Z", nil),
            // The night they go back, 25 October 2026: 02:30 comes at 00:30Z and again at 01:30Z.
            ("22:00", "07:00", "2026-10-24T20:30:00Z", "2026-10-25T06:00:00Z"),
            ("22:00", "02:30", "2026-10-25T00:29:59Z", "2026-10-25T00:30:00Z"),
            ("22:00", "02:30", "2026-10-25T01:10:00Z", nil),
            ("02:30", "06:00", "2026-10-25T00:45:00Z", "2026-10-25T05:00:00Z"),
        ] as [(String, String, String, String?)])
    func quietHoursFollowTheClocksOfThePlace(_ start: String, _ end: String, _ now: String, _ until: String?) throws {
        func minute(_ text: String) -> Int { (Int(text.prefix(2)) ?? 0) * 60 + (Int(text.suffix(2)) ?? 0) }
        let hours = try #require(
            QuietHours(Hook.QuietTimes(start: minute(start), end: minute(end), zone: "Europe/Berlin")))
        #expect(hours.end(around: Self.time(now)) == until.map(Self.time))
    }

    @Test(arguments: [
        Hook.QuietTimes(start: 60, end: 60, zone: "UTC"), Hook.QuietTimes(start: 60, end: 120, zone: "Mars/Base"),
        Hook.QuietTimes(start: -1, end: 120, zone: "UTC"), Hook.QuietTimes(start: 0, end: 1440, zone: "UTC"),
    ])
    func quietHoursThatMakeNoSenseAreRefused(_ times: Hook.QuietTimes) {
        var settings = Hook.Settings(preset: "text")
        settings.quiet = times
        #expect(throws: HookError.self) { try HookRules(settings) }
    }

    @Test func longDigestsSayHowManyAreMissing() {
        let texts = (0..<10).map { String(repeating: "\($0)", count: 1000) }
        let digest = HookDigest.text(of: texts)
        #expect(digest.count <= 4000)
        #expect(digest.hasPrefix("10 events:\n\n000"))
        #expect(digest.hasSuffix("… and 7 more"))
    }
}

/// An outbox in memory that can refuse.
private final class FakeOutbox: OutboundSending {
    private struct Content {
        var requests: [SendRequest] = []
        var refusal: OutboundError.Code?
    }

    private let state = Mutex(Content())
    private let (arrivals, arrival) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))

    var requests: [SendRequest] { state.withLock { $0.requests } }

    var texts: [String] {
        requests.map { if case .message(let draft) = $0.action { draft.text } else { "" } }
    }

    func refuse(with code: OutboundError.Code?) { state.withLock { $0.refusal = code } }

    func wait(for count: Int) async {
        for await _ in arrivals where requests.count >= count { return }
    }

    func submit(_ request: SendRequest) async throws(OutboundError) -> Send {
        let (refusal, send) = state.withLock { content -> (OutboundError.Code?, Send) in
            if content.refusal == nil { content.requests.append(request) }
            let send = Send(
                id: SendID(rawValue: "snd_\(content.requests.count)"), recipient: request.recipient,
                line: Samples.line, action: request.action, createdAt: Timestamp(seconds: 0))
            return (content.refusal, send)
        }
        if let refusal { throw OutboundError(refusal, message: "No.", remedy: "Wait.") }
        arrival.yield()
        return send
    }

    func signal(_ signal: Signal, in chat: ChatID) async {}

    func send(_ id: SendID) async throws -> Send? { nil }
}
