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
        let failing = await withTaskGroup(of: [(UInt64, [String])].self) { group in
            let lanes: UInt64 = 4
            for lane in 0..<lanes {
                group.addTask {
                    var failing: [(UInt64, [String])] = []
                    for seed in seeds where seed % lanes == lane && failing.count < 3 {
                        let violations = await OutboxSchedule(seed: seed).run(steps: 16)
                        if !violations.isEmpty { failing.append((seed, violations)) }
                    }
                    return failing
                }
            }
            return await group.reduce(into: []) { $0 += $1 }
        }
        for (seed, violations) in failing.sorted(by: { $0.0 < $1.0 }) {
            Issue.record("replay with BLUEWIRE_SEED=\(seed): \(violations.joined(separator: "; "))")
        }
    }
}
