//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import Foundation
import Testing

/// Random lives of the outbox on a manual clock; a seed that fails is printed and replays.
@Suite struct OutboxSimulationTests {
    /// `BLUEWIRE_SCHEDULES` says how many, `BLUEWIRE_SEED` replays one.
    static var seeds: Range<UInt64> {
        let environment = ProcessInfo.processInfo.environment
        if let seed = environment["BLUEWIRE_SEED"].flatMap(UInt64.init) { return seed..<seed + 1 }
        return 0..<(environment["BLUEWIRE_SCHEDULES"].flatMap(UInt64.init) ?? 10_000)
    }

    @Test func nothingIsLostSentTwiceOrResentByItself() async {
        let seeds = Self.seeds
        let lanes: UInt64 = 4
        let results = await withTaskGroup(of: [(UInt64, OutboxSchedule.Outcome)].self) { group in
            for lane in 0..<lanes {
                group.addTask {
                    var results: [(UInt64, OutboxSchedule.Outcome)] = []
                    for seed in seeds where seed % lanes == lane {
                        results.append((seed, await OutboxSchedule(seed: seed).run(steps: 40)))
                    }
                    return results
                }
            }
            return await group.reduce(into: []) { $0 += $1 }
        }
        for (seed, outcome) in results.sorted(by: { $0.0 < $1.0 }).filter({ !$0.1.violations.isEmpty }).prefix(10) {
            Issue.record("replay with BLUEWIRE_SEED=\(seed): \(outcome.violations.joined(separator: "; "))")
        }
        // The schedules are worth something only when they go where it hurts.
        guard seeds.count >= 100 else { return }
        let counts = results.reduce(into: [String: Int]()) { $0.merge($1.1.counts, uniquingKeysWith: +) }
        for what in ["crash", "retry", "mirror", "landed", "sent", "failed", "unknown"] {
            #expect(counts[what, default: 0] > 0, "\(what): \(counts)")
        }
        if ProcessInfo.processInfo.environment["BLUEWIRE_VERBOSE"] != nil { Issue.record("\(counts)") }
    }
}
