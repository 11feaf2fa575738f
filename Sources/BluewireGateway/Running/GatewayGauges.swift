//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import BluewireState
import BluewireStore
import BluewireTransport
// Foundation: sizes of files.
import Foundation

/// Looks at what nobody counts as it happens, whenever the metrics are asked for.
struct GatewayGauges: Sendable {
    /// The longest lag that is counted exactly.
    static let longestLag = 10_000

    let journal: Journal
    let state: StateDatabase
    let source: ChatDatabaseSource
    let directory: StateDirectory

    private static let name = "gateway"

    /// Has the gauges of this process brought up to date before each look at them.
    func register(startedAt now: Timestamp) {
        GatewayMetrics.startTime.set(now.seconds)
        GatewayMetrics.registry.register(Self.name) { await collect() }
    }

    /// Lets go of the databases, so that they are closed with their gateway.
    static func unregister() { GatewayMetrics.registry.unregister(name) }

    func collect() async {
        let status = source.status
        GatewayMetrics.parkedRows.set(Int64(status.parkedCount))
        GatewayMetrics.watcherWakeUps.set(Int64(status.wakeUps))
        GatewayMetrics.databaseBytes.set(Self.size(of: directory.journalPath), "journal")
        GatewayMetrics.databaseBytes.set(Self.size(of: directory.statePath), "state")
        let figures = ProcessFigures.now
        GatewayMetrics.residentBytes.set(figures.residentBytes)
        GatewayMetrics.processorSeconds.set(figures.processorNanoseconds)
        GatewayMetrics.openFiles.set(figures.openFiles)
        // A database that cannot be read leaves what was seen last; its own failure is told elsewhere.
        try? await collectSends()
        try? await collectLags()
    }

    private func collectSends() async throws {
        let counts = try await state.sendCounts()
        for name in GatewayMetrics.sendStates { GatewayMetrics.sends.set(Int64(counts[name] ?? 0), name) }
    }

    private func collectLags() async throws {
        var slowest: [String: Cursor] = [:]
        for (name, cursor) in try await state.sinkCursors.all() {
            let type = name.split(separator: ":").first.map(String.init) ?? name
            slowest[type] = min(slowest[type] ?? cursor, cursor)
        }
        for type in ["webhook", "agent", "outbox"] {
            var lag = 0
            if let cursor = slowest[type] {
                lag = try await journal.unreadCount(after: cursor, limit: Self.longestLag)
            }
            GatewayMetrics.sinkLag.set(Int64(lag), type)
        }
    }

    private static func size(of path: String) -> Int64 {
        ["", "-wal"].reduce(0) { sum, suffix in
            let attributes = try? FileManager.default.attributesOfItem(atPath: path + suffix)
            return sum + (attributes?[.size] as? Int64 ?? 0)
        }
    }
}
