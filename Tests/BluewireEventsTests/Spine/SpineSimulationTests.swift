//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireEvents
import Foundation
import Testing

/// Random lives of the whole spine on a manual clock; a seed that fails is printed and replays alone.
@Suite struct SpineSimulationTests {
    /// `BLUEWIRE_SCHEDULES` says how many, `BLUEWIRE_SEED` replays one.
    static var seeds: Range<UInt64> {
        let environment = ProcessInfo.processInfo.environment
        if let seed = environment["BLUEWIRE_SEED"].flatMap(UInt64.init) { return seed..<seed + 1 }
        return 0..<(environment["BLUEWIRE_SCHEDULES"].flatMap(UInt64.init) ?? 10_000)
    }

    /// How many schedules share one pair of databases.
    static let schedulesPerLane: UInt64 = 100

    @Test func nothingIsLostDoubledOrSentTwice() async throws {
        let seeds = Self.seeds
        let chunks = stride(from: seeds.lowerBound, to: seeds.upperBound, by: Int(Self.schedulesPerLane)).map {
            $0..<min($0 + Self.schedulesPerLane, seeds.upperBound)
        }
        let workers = 2
        let results = try await withThrowingTaskGroup(of: [(UInt64, SpineSchedule.Outcome)].self) { group in
            for worker in 0..<workers {
                group.addTask {
                    var results: [(UInt64, SpineSchedule.Outcome)] = []
                    for index in stride(from: worker, to: chunks.count, by: workers) {
                        results += try await Self.run(chunks[index])
                    }
                    return results
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        for (seed, outcome) in results.sorted(by: { $0.0 < $1.0 }).filter({ !$0.1.violations.isEmpty }).prefix(10) {
            Issue.record("replay with BLUEWIRE_SEED=\(seed): \(outcome.violations.joined(separator: "; "))")
        }
        #expect(results.count == seeds.count)
        // The schedules are worth something only when they go where it hurts.
        let counts = results.reduce(into: [String: Int]()) { $0.merge($1.1.counts, uniquingKeysWith: +) }
        if ProcessInfo.processInfo.environment["BLUEWIRE_VERBOSE"] != nil { Issue.record("\(counts)") }
        guard seeds.count >= 10_000 else { return }
        for what in Self.expected { #expect(counts[what, default: 0] > 0, "\(what): \(counts)") }
    }

    private static func run(_ seeds: Range<UInt64>) async throws -> [(UInt64, SpineSchedule.Outcome)] {
        var results: [(UInt64, SpineSchedule.Outcome)] = []
        var lane = try await SpineLane()
        for seed in seeds {
            let outcome = try await SpineSchedule(seed: seed, lane: lane).run(steps: 6 + 5 * Int(seed % 5))
            results.append((seed, outcome))
            // What went wrong must not reach the next schedule.
            if !outcome.violations.isEmpty { lane = try await SpineLane() }
        }
        return results
    }

    /// Everything that has to occur in ten thousand schedules.
    private static let expected =
        OutboxCrashPoint.allCases.map { "crash.\($0.rawValue)" }
        + ["beforeCommit", "afterCommit", "afterPost", "beforeSave", "afterSave"].map { "crash.\($0)" }
        + ["cut", "reopen", "connect", "repeat", "retry", "mirror", "heard", "late", "history", "change", "delete"]
        + ["renumber", "snapshot", "sent", "delivered", "read", "failed", "unknown"]
}
