//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireEvents
import BluewireModel
import Testing

@Suite struct WebhookEndpointStateMachineTests {
    typealias Machine = WebhookEndpointStateMachine

    /// A receiver and a machine on a clock of their own; every step goes to the next thing that happens.
    struct World {
        var machine: Machine
        var now = Timestamp(seconds: 0)
        var answer: (Machine.Item, Duration) -> Machine.Outcome
        var delivered: [Int64] = []
        var posts: [(sequence: Int64, at: Duration)] = []
        var setAside: [Int64: Duration] = [:]
        var dead: [Int64: Duration] = [:]
        var pauses: [String] = []

        init(_ machine: Machine = Machine(after: 0), answer: @escaping (Machine.Item, Duration) -> Machine.Outcome) {
            self.machine = machine
            self.answer = answer
        }

        var elapsed: Duration { now - Timestamp(seconds: 0) }

        mutating func take(_ actions: [Machine.Action]) {
            for action in actions {
                switch action {
                case .post(let item):
                    posts.append((item.sequence, elapsed))
                    take(machine.finished(item.sequence, lane: item.lane, answer(item, elapsed), at: now))
                case .delivered(let item): delivered.append(item.sequence)
                case .setAside(let item): if setAside[item.sequence] == nil { setAside[item.sequence] = elapsed }
                case .giveUp(let item): dead[item.sequence] = elapsed
                case .pause(let reason): pauses.append(reason)
                case .retry: break
                }
            }
        }

        mutating func run(for duration: Duration) {
            let end = now + duration
            for _ in 0..<100_000 {
                let actions = machine.next(at: now)
                take(actions)
                guard let wake = machine.nextWake(at: now), wake <= end else { break }
                if actions.isEmpty, wake <= now { break }
                now = max(now, wake)
            }
            now = end
        }
    }

    private static let ok = Machine.Outcome.delivered(status: 200)
    private static let down = Machine.Outcome.unavailable(reason: "unreachable", status: nil, retryAfter: nil)

    private func item(_ sequence: Int64, _ lane: String = "a") -> Machine.Item {
        Machine.Item(sequence: sequence, lane: lane)
    }

    @Test func eventsOfOneChatGoOneByOneInOrder() {
        var machine = Machine(after: 0)
        let now = Timestamp(seconds: 0)
        for sequence in Int64(1)...3 { machine.enqueue(item(sequence)) }
        #expect(machine.next(at: now) == [.post(item(1))])
        #expect(machine.next(at: now).isEmpty)
        _ = machine.finished(1, lane: "a", Self.ok, at: now)
        #expect(machine.next(at: now) == [.post(item(2))])
    }

    @Test func atMostFourChatsAreInFlight() {
        var machine = Machine(after: 0)
        for sequence in Int64(1)...6 { machine.enqueue(item(sequence, "\(sequence)")) }
        #expect(machine.next(at: Timestamp(seconds: 0)).count == 4)
        _ = machine.finished(2, lane: "2", Self.ok, at: Timestamp(seconds: 0))
        #expect(machine.next(at: Timestamp(seconds: 0)) == [.post(item(5, "5"))])
    }

    @Test func cursorWaitsForTheOldestEvent() {
        var machine = Machine(after: 0)
        let now = Timestamp(seconds: 0)
        machine.enqueue(item(1, "a"))
        machine.enqueue(item(2, "b"))
        machine.skip(through: 9)
        _ = machine.next(at: now)
        _ = machine.finished(2, lane: "b", Self.ok, at: now)
        #expect(machine.cursor == 0)
        _ = machine.finished(1, lane: "a", Self.ok, at: now)
        #expect(machine.cursor == 9)
        #expect(machine.isIdle)
        #expect(machine.nextWake(at: now) == nil)
    }

    @Test func windowIsBounded() {
        var machine = Machine(after: 0)
        for sequence in 1...Int64(256) { machine.enqueue(item(sequence)) }
        #expect(machine.room == 0)
    }

    @Test func receiverDownForTwentySecondsGetsEverythingInOrder() {
        var world = World { _, elapsed in elapsed < .seconds(20) ? Self.down : Self.ok }
        for sequence in Int64(1)...50 { world.machine.enqueue(item(sequence, "\(sequence % 5)")) }
        world.run(for: .seconds(60))
        #expect(world.delivered.sorted() == Array(1...50))
        for lane in 0..<5 {
            let mine = world.delivered.filter { $0 % 5 == lane }
            #expect(mine == mine.sorted())
        }
        // The breaker probed once after 1, 2, 4, 8, 16 s.
        let probes = world.posts.filter { $0.at > .zero && $0.at < .seconds(20) }.map(\.at)
        #expect(probes == [1, 3, 7, 15].map { .seconds($0) })
        #expect(world.setAside.isEmpty)
    }

    /// Whatever failed first is not taken for poison when another chat's event finds the receiver back.
    @Test(arguments: [301, 3600, 40_000])
    func receiverDownForLongGetsEverythingInOrderOfItsChat(_ seconds: Int) {
        var world = World { _, elapsed in elapsed < .seconds(seconds) ? Self.down : Self.ok }
        for sequence in Int64(1)...50 { world.machine.enqueue(item(sequence, "\(sequence % 5)")) }
        world.run(for: .seconds(seconds + 200))
        #expect(world.setAside.isEmpty)
        #expect(world.dead.isEmpty)
        #expect(world.delivered.sorted() == Array(1...50))
        for lane in 0..<5 {
            let mine = world.delivered.filter { $0 % 5 == lane }
            #expect(mine == mine.sorted())
        }
    }

    /// An event that failed for another reason just before is not blamed for what the outage does to all.
    @Test func eventThatFailedBeforeTheReceiverWentDownKeepsItsOrder() {
        var world = World { item, elapsed in
            if elapsed >= .seconds(3600) { return Self.ok }
            return item.sequence == 1 || elapsed >= .seconds(2) ? Self.down : Self.ok
        }
        world.machine.enqueue(item(1))
        world.machine.enqueue(item(2))
        world.machine.enqueue(item(3, "b"))
        world.run(for: .seconds(5))
        for sequence in Int64(4)...9 { world.machine.enqueue(item(sequence, "c\(sequence)")) }
        world.run(for: .seconds(4000))
        #expect(world.setAside.isEmpty)
        #expect(world.delivered.filter { $0 < 3 } == [1, 2])
        #expect(Set(world.delivered) == Set(1...9))
    }

    @Test func receiverDownForADayLosesOnlyWhatWasTriedForADay() {
        var world = World { _, elapsed in elapsed < .seconds(90_000) ? Self.down : Self.ok }
        for sequence in Int64(1)...3 { world.machine.enqueue(item(sequence)) }
        world.run(for: .seconds(100_000))
        #expect(world.dead.keys.sorted() == [1])
        #expect(world.dead[1].map { $0 >= .seconds(86_400) && $0 < .seconds(86_500) } == true)
        #expect(world.delivered == [2, 3])
        // Never more often than once a minute in the end.
        let late = world.posts.map(\.at).filter { $0 > .seconds(200) && $0 < .seconds(80_000) }
        #expect(zip(late, late.dropFirst()).allSatisfy { $1 - $0 >= .seconds(60) })
    }

    /// The same pauses, whether the receiver refuses or is not there.
    @Test(arguments: [Machine.Outcome.rejected(status: 500, retryAfter: nil), Self.down])
    func pausesDoubleFromOneSecondToAMinute(_ outcome: Machine.Outcome) {
        var world = World { _, _ in outcome }
        world.machine.enqueue(item(1))
        world.run(for: .seconds(250))
        let pauses = zip(world.posts, world.posts.dropFirst()).map { $1.at - $0.at }
        #expect(pauses == [1, 2, 4, 8, 16, 32, 60, 60, 60].map { .seconds($0) })
    }

    @Test func poisonEventIsSetAsideAfterFiveMinutesAndLaterOnesPass() {
        var world = World { item, _ in item.sequence == 1 ? .rejected(status: 500, retryAfter: nil) : Self.ok }
        world.machine.enqueue(item(1))
        world.machine.enqueue(item(2))
        world.machine.enqueue(item(3, "b"))
        world.run(for: .seconds(299))
        #expect(world.delivered == [3])
        world.run(for: .seconds(2))
        #expect(world.delivered == [3, 2])
        #expect(world.setAside == [1: .seconds(300)])
        #expect(world.machine.cursor == 3)
        world.run(for: .seconds(90_000))
        #expect(world.dead == [1: .seconds(86_400)])
        #expect(world.machine.isIdle)
        #expect(world.posts.count < 40)
    }

    @Test func eventThatHangsTheReceiverIsPoisonWhenOthersPass() {
        var world = World { item, _ in item.sequence == 1 ? Self.down : Self.ok }
        world.machine.enqueue(item(1))
        world.machine.enqueue(item(2))
        for sequence in Int64(3)...6 { world.machine.enqueue(item(sequence, "b\(sequence)")) }
        world.run(for: .seconds(60))
        // So far the receiver may just be down; this one shows that it is alive.
        world.machine.enqueue(item(7, "c"))
        world.run(for: .seconds(400))
        #expect(Set(world.delivered) == [2, 3, 4, 5, 6, 7])
        #expect(world.setAside[1] != nil)
    }

    @Test func setAsideEventIsDeliveredWhenTheReceiverIsMended() {
        var world = World { item, elapsed in
            item.sequence == 1 && elapsed < .seconds(1000) ? .rejected(status: 400, retryAfter: nil) : Self.ok
        }
        world.machine.enqueue(item(1))
        world.machine.enqueue(item(2))
        world.run(for: .seconds(4000))
        #expect(world.delivered == [2, 1])
    }

    @Test func breakerOpensOnceForFourFailuresInFlight() {
        var machine = Machine(after: 0)
        let now = Timestamp(seconds: 0)
        for sequence in Int64(1)...4 { machine.enqueue(item(sequence, "\(sequence)")) }
        _ = machine.next(at: now)
        for sequence in Int64(1)...4 { _ = machine.finished(sequence, lane: "\(sequence)", Self.down, at: now) }
        #expect(machine.nextWake(at: now) == now + .seconds(1))
        #expect(machine.next(at: now + .seconds(1)).count == 1)
    }

    @Test func requestedPauseIsHonouredAndCapped() {
        for (asked, expected) in [(30, 30), (100_000, 3600)] {
            var machine = Machine(after: 0)
            let now = Timestamp(seconds: 0)
            machine.enqueue(item(1))
            _ = machine.next(at: now)
            _ = machine.finished(
                1, lane: "a", .unavailable(reason: "http_429", status: 429, retryAfter: .seconds(asked)), at: now)
            #expect(machine.nextWake(at: now) == now + .seconds(expected))
        }
    }

    @Test func goneReceiverIsPausedAndKeepsItsPlace() {
        var world = World { _, _ in .gone }
        world.machine.enqueue(item(1))
        world.machine.enqueue(item(2))
        world.run(for: .seconds(100))
        #expect(world.pauses == ["gone"])
        #expect(world.posts.count == 1)
        #expect(world.machine.cursor == 0)
    }

    @Test func eventSetAsideBeforeARestartGoesOn() {
        var world = World { _, _ in Self.ok }
        var old = item(1)
        old.attempts = 9
        old.firstFailedAt = Timestamp(seconds: 0)
        old.nextAt = Timestamp(seconds: 100)
        world.machine = Machine(after: 5)
        world.machine.enqueueAside(old)
        #expect(world.machine.cursor == 5)
        world.run(for: .seconds(200))
        #expect(world.posts.map(\.at) == [.seconds(100)])
        #expect(world.delivered == [1])
    }

    /// Random receivers: nothing is lost, nothing is delivered twice, every chat keeps its order.
    @Test(arguments: 0..<50)
    func nothingIsLostOrReordered(_ seed: Int) {
        var random = UInt64(seed) &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        func roll(_ sides: UInt64) -> UInt64 {
            random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return (random >> 33) % sides
        }
        var world = World { _, elapsed in
            guard elapsed < .seconds(200) else { return Self.ok }
            return switch roll(4) {
            case 0: Self.down
            case 1: .rejected(status: 500, retryAfter: nil)
            default: Self.ok
            }
        }
        let lanes = Dictionary(uniqueKeysWithValues: (Int64(1)...60).map { ($0, roll(6)) })
        for sequence in Int64(1)...60 { world.machine.enqueue(item(sequence, "\(lanes[sequence, default: 0])")) }
        world.run(for: .seconds(2000))
        #expect(world.delivered.sorted() == Array(1...60))
        #expect(world.machine.cursor == 60)
        for lane in 0..<UInt64(6) {
            let mine = world.delivered.filter { lanes[$0] == lane }
            #expect(mine == mine.sorted())
        }
    }
}
